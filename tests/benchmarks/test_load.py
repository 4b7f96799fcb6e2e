"""Load generators: a stall is seen by everybody it met, and what is no rate of redirects is refused."""

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.load import Unfit, load_of, open_loop

ANSWER = b"HTTP/1.1 302 Found\r\nContent-Length: 2\r\nLocation: https://a.example/\r\n\r\nok"
FOUND = {"answered": 100, "microseconds": 1_000_000, "errors": 0, "refused": 0, "p50": 1000, "p99": 2000}


def test_what_a_generator_says_is_read() -> None:
    load = load_of("noise\n" + json.dumps(FOUND | {"late_p99": 500}))
    assert (load.answered, load.per_second, load.p50_ms, load.p99_ms, load.late_p99_ms) == (100, 100.0, 1.0, 2.0, 0.5)


@pytest.mark.parametrize("wrong", [{"errors": 1}, {"refused": 1}, {"answered": 0}])
def test_errors_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(Unfit, match="no rate of redirects"):
        load_of(json.dumps(FOUND | wrong))


@contextmanager
def server(stall_at: float = -1.0, stall: float = 0.0, answer: bytes = ANSWER) -> Iterator[int]:
    """Answers one request after the other on a few connections, and once does nothing for a while."""
    lock, began = threading.Lock(), time.monotonic()
    stalled = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection:
            while connection.recv(4096):
                with lock:
                    if stall and not stalled.is_set() and time.monotonic() - began > stall_at:
                        stalled.set()
                        time.sleep(stall)
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection = listener.accept()[0]
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    if not shutil.which("luajit"):
        pytest.skip("luajit is not installed")
    path = tmp_path / "requests"
    path.write_bytes(b"GET /A HTTP/1.1\r\nHost: h\r\n\r\nGET /BB HTTP/1.1\r\nHost: h\r\n\r\n")
    return path


def test_the_open_loop_counts_a_stall_for_every_request_that_was_due_in_it(requests: Path) -> None:
    """Half a second of three: a closed loop with four connections would count four slow answers of hundreds."""
    with server(stall_at=1.0, stall=0.5) as port:
        load = open_loop(port, requests, per_second=300, seconds=3, connections=4, cores=frozenset())
    assert 750 < load.answered < 1200
    assert load.p50_ms < load.p99_ms / 2
    assert load.p99_ms > 350
    assert load.late_p99_ms > 350  # they waited for a connection, and that is said


def test_a_rate_that_cannot_be_reached_is_refused(requests: Path) -> None:
    with server(stall_at=0.0, stall=3.0) as port, pytest.raises(Unfit, match="were meant"):
        open_loop(port, requests, per_second=300, seconds=2, connections=2, cores=frozenset())


def test_other_answers_than_redirects_are_refused(requests: Path) -> None:
    with (
        server(answer=b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") as port,
        pytest.raises(Unfit, match="no rate of redirects"),
    ):
        open_loop(port, requests, per_second=100, seconds=1, connections=2, cores=frozenset())
