"""The gate between RedirectFront and Django: one thread of every worker always belongs to scans."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

BUSY = b"The dashboard is busy. Please try again in a second.\n"


class Admission:
    """Lets at most `places` requests into Django at once and answers 503 to more, without waiting.

    Unfinished uploads and slow views hold a thread each; without the gate they would hold up every scan.
    """

    def __init__(self, django: Application, places: int) -> None:
        self._django = django
        self._gate = threading.BoundedSemaphore(places)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not self._gate.acquire(blocking=False):
            start_response(
                "503 Service Unavailable",
                [
                    ("Content-Type", "text/plain; charset=utf-8"),
                    ("Content-Length", str(len(BUSY))),
                    ("Retry-After", "1"),
                ],
            )
            return (BUSY,)
        try:
            return _Admitted(self._django(environ, start_response), self._gate)
        except BaseException:
            self._gate.release()
            raise


class _Admitted:
    """A response of Django's that gives its place back when the server closes it."""

    def __init__(self, response: Iterable[bytes], gate: threading.BoundedSemaphore) -> None:
        self._response = response
        self._gate = gate
        self._is_closed = False

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
