"""The gate between RedirectFront and Django: one of a worker's threads always belongs to scans that need one."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

logger = logging.getLogger(__name__)

UNREADABLE = b"This request could not be read. Please check its headers.\n"
# Whoever asks these must hear that scans land also while everything else is stuck; one at a time, for half a second
# at most, because the thread that answers is the scans' own.
ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})
BUSY = b"The dashboard is busy. Please try again in a second.\n"


class Admission:
    """Lets at most `places` requests into Django at once and answers 503 to more, without waiting.

    Slow views and exports hold a thread each; without the gate they would hold up every scan of a code that is not in
    memory.
    """

    def __init__(self, django: Application, places: int) -> None:
        self._django = django
        self._gate = threading.BoundedSemaphore(places)
        self._side_gate = threading.BoundedSemaphore(1)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._gate.acquire(blocking=False):
            return self._admit(environ, start_response, self._gate)
        if environ.get("PATH_INFO") in ALWAYS and self._side_gate.acquire(blocking=False):
            return self._admit(environ, start_response, self._side_gate)
        return _plain(start_response, "503 Service Unavailable", BUSY, ("Retry-After", "1"))

    def _admit(
        self, environ: Environ, start_response: StartResponse, gate: threading.BoundedSemaphore
    ) -> Iterable[bytes]:
        """Ask Django, and give the place back whatever comes of it."""
        try:
            response = self._django(environ, start_response)
        except Exception:
            # Django answers for its views. What gets out is a request that it could not even read: a made-up charset.
            logger.warning("A request could not be read", exc_info=True)
            gate.release()
            return _plain(start_response, "400 Bad Request", UNREADABLE)
        except BaseException:
            gate.release()
            raise
        admitted = _Admitted(response, gate)
        if getattr(response, "streaming", True):
            return admitted
        # The place is given back before the answer leaves: whoever has it may ask again at once.
        with admitted:
            return [b"".join(admitted)]


def _plain(start_response: StartResponse, status: str, body: bytes, *headers: tuple[str, str]) -> Iterable[bytes]:
    length = ("Content-Length", str(len(body)))
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), length, *headers])
    return [body]


class _Admitted:
    """A response of Django's that gives its place back when it is closed."""

    def __init__(self, response: Iterable[bytes], gate: threading.BoundedSemaphore) -> None:
        self._response = response
        self._gate = gate
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._response)

    def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if close := getattr(self._response, "close", None):
                close()
        finally:
            self._gate.release()
