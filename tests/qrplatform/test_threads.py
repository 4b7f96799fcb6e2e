"""The WSGI application under an ASGI server: what may wait holds no thread, and streams end with their readers."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from links import protocol
from qrplatform import threads
from tests.served import House, running

UPLOAD = b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n"
PAGE = b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n"


class Streaming(House):
    """Has long answers as well, and knows whether they were closed."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.made = 0
        self.closed = threading.Event()

    def answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/large":
            start_response("200 OK", [("Content-Length", "900000")])
            return iter([b"a" * 450_000, b"b" * 450_000])
        if environ["PATH_INFO"] == "/stream":
            start_response("200 OK", [("X-Kind", "stream")])
            return self.stream()
        if environ["PATH_INFO"] == "/nothing":
            start_response("204 No Content", [])
            return []
        return super().answer(environ, start_response)

    def stream(self) -> Iterator[bytes]:
        try:
            while self.made < 20_000:
                self.made += 1
                yield b"x" * 10_000
                if self.made == 3:
                    return
        finally:
            self.closed.set()


@pytest.fixture
def house() -> Iterator[Streaming]:
    with running(Streaming()) as house:
        assert isinstance(house, Streaming)
        yield house


def test_an_unfinished_upload_holds_no_thread(house: Streaming) -> None:
    with house.connected() as upload:
        upload.send(UPLOAD + b"abc")
        assert house.ask(PAGE).status == 200
        upload.send(b"def")
        assert json.loads(upload.read().body) == {"path": "/upload", "body": 6}


def test_an_upload_that_is_broken_off_never_happened(house: Streaming) -> None:
    with house.connected() as upload:
        upload.send(UPLOAD + b"abc")
        time.sleep(0.1)
    assert house.ask(PAGE).status == 200
    assert [environ["PATH_INFO"] for environ in house.asked] == ["/page"]


def test_uploads_that_take_too_long_are_told_so(house: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "BODY_SECONDS", 0.3)
    with house.connected() as upload:
        upload.send(UPLOAD + b"abc")
        answer = upload.read()
        assert answer.status == 408
        assert b"send it again" in answer.body
        assert upload.is_closed()


def test_too_many_uploads_at_once_are_told_so(house: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MOST_LARGE_BODIES", 1)
    monkeypatch.setattr(threads, "SPOOL_BYTES", 5)
    with house.connected() as first:
        first.send(UPLOAD)
        time.sleep(0.1)
        assert house.ask(UPLOAD + b"abcdef").status == 503
        assert house.ask(UPLOAD.replace(b"6", b"5") + b"abcde").status == 200, "a small one"
        assert house.ask(PAGE).status == 200
        first.send(b"abcdef")
        assert first.read().status == 200
    assert house.ask(UPLOAD + b"abcdef").status == 200


def test_of_a_body_that_is_too_large_only_the_length_is_read(house: Streaming) -> None:
    answer = house.ask(b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + b"a" * 1001)
    assert json.loads(answer.body)["body"] == 0
    assert house.asked[0]["CONTENT_LENGTH"] == "1001"


def test_a_client_that_waits_for_leave_to_send_gets_it(house: Streaming) -> None:
    with house.connected() as upload:
        upload.send(UPLOAD[:-2] + b"Expect: 100-continue\r\n\r\n")
        assert upload.read().status == 100
        upload.send(b"abcdef")
        assert json.loads(upload.read().body)["body"] == 6


def test_too_many_waiting_requests_are_told_so(house: Streaming, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MOST_WAITING", 1)
    house.held.clear()
    with house.connected() as asked, house.connected() as waits:
        for client in (asked, waits):
            client.send(PAGE)
            time.sleep(0.1)
        assert house.ask(PAGE).status == 503
        house.held.set()
        assert [client.read().status for client in (asked, waits)] == [200, 200]


def test_who_never_reads_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "UNREAD_SECONDS", 0.5)
    monkeypatch.setattr(protocol, "IDLE_SECONDS", 0.5)
    with running(Streaming()) as house, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", house.port))
        for _ in range(20):
            reader.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        deadline = time.monotonic() + 5
        while house.connections() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not house.connections()


def test_a_slow_reader_of_a_moderate_answer_holds_no_thread(house: Streaming) -> None:
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", house.port))
        for _ in range(20):
            reader.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.2)
        assert house.ask(PAGE).status == 200


def test_a_stream_is_sent_in_parts_and_closed(house: Streaming) -> None:
    with house.connected() as client:
        client.send(b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = client.read()
        assert answer.headers["transfer-encoding"] == "chunked"
        assert answer.headers["x-kind"] == "stream"
        while not client.buffer.endswith(b"0\r\n\r\n"):
            client.read_more()
    assert client.buffer.count(b"x") == 30_000
    assert house.closed.is_set()


def test_nobody_makes_a_stream_for_nobody(house: Streaming) -> None:
    house.made = 10  # it does not end by itself any more
    with house.connected() as client:
        client.send(b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
        client.read()
        client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert house.closed.wait(5)
    assert house.made < 20_000
    assert house.ask(PAGE).status == 200


def test_an_answer_says_how_long_it_is(house: Streaming) -> None:
    assert int(house.ask(PAGE).headers["content-length"]) > 0
    nothing = house.ask(b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n")
    assert nothing.status == 204
    assert "content-length" not in nothing.headers


def test_an_application_that_fails_costs_no_thread(house: Streaming, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        assert house.ask(b"GET /fails HTTP/1.1\r\nHost: a\r\n\r\n").status == 500
    assert "planted" in caplog.text
    assert house.ask(PAGE).status == 200
