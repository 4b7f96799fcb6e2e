"""A real web server on loopback, in a thread, whose application says what it was asked; and who asks it."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import uvloop
from uvicorn import Server

from links import protocol
from qrplatform.server import configuration
from qrplatform.threads import InThreads

DESTINATION = "https://example.com/menu?a=1"
SCAN = b"GET /CODE HTTP/1.1\r\nHost: q.example.com\r\n\r\n"


class House:
    """A real server on loopback, whose application says what it was asked."""

    def __init__(self, threads: int = 2) -> None:
        self.destination = DESTINATION
        self.destination_fails = False
        self.scans: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.held = threading.Event()
        self.held.set()
        application = InThreads(self.answer, threads, 1000, destination_of=self.destination_of)
        self.config = configuration("127.0.0.1", 0, 1)
        self.config.app = application
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.server = Server(self.config)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self.server.serve(sockets=[self.socket]))

    def destination_of(self, environ: dict[str, Any]) -> str:
        self.scans.append(environ)
        if self.destination_fails:
            raise LookupError("planted")
        return self.destination if environ["PATH_INFO"] == "/CODE" else ""

    def answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ)
        assert self.held.wait(10)
        if environ["PATH_INFO"] == "/fails":
            raise LookupError("planted")
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"path": environ["PATH_INFO"], "body": len(environ["wsgi.input"].read())}).encode()]

    @contextmanager
    def connected(self) -> Iterator["Client"]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            yield Client(connection)

    def connections(self) -> list[protocol.ScanProtocol]:
        """The server's side of them."""
        return [each for each in self.server.server_state.connections if isinstance(each, protocol.ScanProtocol)]

    def ask(self, request: bytes) -> "Answer":
        with self.connected() as client:
            client.send(request)
            return client.read()


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


class Client:
    """One connection, whose answers are read one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.buffer = b""

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def read(self, method: str = "GET") -> Answer:
        head = self._until(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = 0 if method == "HEAD" else int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            self.read_more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return Answer(int(status_line.split()[1]), headers, body)

    def is_closed(self, within: float = 5) -> bool:
        """Whether the server closes it in so many seconds; nothing else may come."""
        self.connection.settimeout(within)
        try:
            return not self.connection.recv(1)
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def _until(self, end: bytes) -> bytes:
        while end not in self.buffer:
            self.read_more()
        found, _, self.buffer = self.buffer.partition(end)
        return found

    def read_more(self) -> None:
        data = self.connection.recv(65536)
        assert data, f"closed after {self.buffer!r}"
        self.buffer += data


@contextmanager
def running(house: House) -> Iterator[House]:
    house.thread.start()
    while not house.server.started:
        time.sleep(0.01)
    try:
        yield house
    finally:
        house.held.set()
        house.server.should_exit = True
        house.thread.join(10)
        assert not house.thread.is_alive()
