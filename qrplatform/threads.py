"""Runs the WSGI application under an ASGI server, in a few threads of its own, which no slow connection can hold.

A request's body is read before a thread is asked, and an answer of known, moderate length is whole before it leaves.
Only streams (exports) keep their thread until the last of them is sent.
"""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import Future
from io import BytesIO
from queue import SimpleQueue
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from links.admission import Application, Environ

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Coroutine[Any, Any, None]]

# Larger bodies wait on disk.
SPOOL_BYTES = 65_536
# So many of those may be on their way to one worker or wait in it, and each may take so long to come.
MOST_LARGE_BODIES = 64
BODY_SECONDS = 120.0
# So many requests wait for a thread.
MOST_WAITING = 1000
# Longer answers are sent as they come; the largest of the files that everybody may ask for has 1.6 MB.
WHOLE_BYTES = 2_000_000
BUSY = (503, b"The server is busy. Please try again in a minute.\n")
UNREADABLE = (400, b"The body of this request is not as long as it says. Please send it again.\n")
TOO_SLOW = (408, b"The rest of this request did not come in time. Please send it again.\n")


class ClientGone(Exception):
    """Nobody waits for the answer any longer."""


class InThreads:
    """An ASGI application. `most_bytes` is the largest body that is read; of a larger one Django sees the length.

    `destination_of` is for the server's protocol: see links/protocol.py.
    """

    def __init__(
        self,
        application: Application,
        threads: int,
        most_bytes: int,
        destination_of: Callable[[Environ], str] | None = None,
    ) -> None:
        self._application = application
        self._most_bytes = most_bytes
        self._large_bodies = 0
        self._calls: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        self.destination_of = destination_of
        for number in range(threads):
            # Daemons: one that waits for a frozen database must not keep a worker from ending.
            threading.Thread(target=self._work, name=f"wsgi-{number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            call, answer = self._calls.get()
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(call())
                except BaseException as error:
                    answer.set_exception(error)
            del call, answer  # not to be kept until the next one comes

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        length = _length_of(scope)
        is_large = SPOOL_BYTES < length <= self._most_bytes
        if self._calls.qsize() >= MOST_WAITING or (is_large and self._large_bodies >= MOST_LARGE_BODIES):
            await _send_plain(send, *BUSY)
            return
        self._large_bodies += is_large
        try:
            with SpooledTemporaryFile(SPOOL_BYTES) if length else BytesIO() as body:
                await self._answer(scope, length, body, receive, send)
        except ClientGone:
            pass
        finally:
            self._large_bodies -= is_large

    async def _answer(self, scope: Message, length: int, body: IO[bytes], receive: Receive, send: Send) -> None:
        refused = await _read(receive, body, length) if 0 < length <= self._most_bytes else None
        if refused is not None:
            await _send_plain(send, *refused)
            return
        stream = _Stream(asyncio.get_running_loop(), receive, send)
        answer: Future[list[Message]] = Future()
        self._calls.put((lambda: self._ask(_environ_of(scope, body), stream), answer))
        for message in await asyncio.wrap_future(answer):
            await send(message)

    def _ask(self, environ: Environ, stream: "_Stream") -> list[Message]:
        """In a thread: ask, and return what is still to be sent."""
        start: Message = {"type": "http.response.start"}

        def start_response(status: str, headers: Iterable[tuple[str, str]], exc_info: Any = None) -> None:
            start["status"] = int(status[:3])
            start["headers"] = [(name.encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]

        response = self._application(environ, start_response)
        try:
            if isinstance(response, list) or _answer_length(start) <= WHOLE_BYTES:
                return _whole(start, b"".join(response))
            stream.send(start)
            for chunk in response:
                stream.send({"type": "http.response.body", "body": chunk, "more_body": True})
            return [{"type": "http.response.body", "body": b""}]
        finally:
            if close := getattr(response, "close", None):
                close()


class _Stream:
    """Sends parts of an answer from a thread, no faster than they are taken."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, send: Send) -> None:
        self._loop, self._receive, self._send = loop, receive, send
        self._gone: Future[None] | None = None

    def send(self, message: Message) -> None:
        """Raises ClientGone: nobody should make the rest of a long answer for nobody."""
        if self._gone is None:
            self._gone = asyncio.run_coroutine_threadsafe(self._until_gone(), self._loop)
        if self._gone.done():
            raise ClientGone
        asyncio.run_coroutine_threadsafe(self._send(message), self._loop).result()

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _read(receive: Receive, body: IO[bytes], length: int) -> tuple[int, bytes] | None:
    """The whole body, or why it is refused; raises ClientGone."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise ClientGone
                body.write(message["body"])
                if not message["more_body"]:
                    break
    except TimeoutError:
        return TOO_SLOW
    if body.tell() != length:
        return UNREADABLE
    body.seek(0)
    return None


def _length_of(scope: Message) -> int:
    """What Content-Length says; the parser has seen to it that it is a number."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)


def _answer_length(start: Message) -> float:
    return next((int(value) for name, value in start["headers"] if name.lower() == b"content-length"), float("inf"))


def _whole(start: Message, body: bytes) -> list[Message]:
    """Said in so many bytes, where the application does not say it: a chunk for nothing is more to read for a phone."""
    if _answer_length(start) == float("inf") and start["status"] not in (204, 304):
        start["headers"].append((b"content-length", str(len(body)).encode()))
    return [start, {"type": "http.response.body", "body": body}]


def _environ_of(scope: Message, body: IO[bytes]) -> Environ:
    """PEP 3333's, of an ASGI scope."""
    host, port = scope["server"] or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


async def _send_plain(send: Send, status: int, text: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"retry-after", b"1"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
