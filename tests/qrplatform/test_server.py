"""The web server's first process; tests/faults/ kills, restarts and reloads it under load."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from qrplatform.server import Workers, configuration


@pytest.fixture
def workers() -> Iterator[Workers]:
    numbers = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
    before = {number: signal.getsignal(number) for number in numbers}
    yield Workers(configuration("127.0.0.1", 0, 2), sockets=[])
    for number, handler in before.items():
        if signal.getsignal(number) != handler:
            signal.signal(number, handler)


def test_it_hears_that_it_is_to_end_whatever_it_does(workers: Workers) -> None:
    """uvicorn's own notes the signal, and looks at its notes when it has replaced all workers."""
    os.kill(os.getpid(), signal.SIGTERM)
    assert workers.should_exit.is_set()


def test_a_dead_worker_is_replaced_whatever_others_do(workers: Workers) -> None:
    """uvicorn waits for the answer to a ping, which one that hangs, or is killed in that moment, never gives."""
    workers.init_processes()
    stopped, killed = workers.processes
    try:
        assert stopped.pid
        assert killed.pid
        os.kill(stopped.pid, signal.SIGSTOP)
        os.kill(killed.pid, signal.SIGKILL)
        killed.process.join(10)
        began = time.monotonic()
        workers.keep_subprocess_alive()
        assert time.monotonic() - began < 3
        assert workers.processes[0] is stopped
        assert workers.processes[1] is not killed
        assert workers.processes[1].process.is_alive()
    finally:
        for process in workers.processes:
            process.kill()
            process.join()


def test_a_reload_is_noted(workers: Workers) -> None:
    os.kill(os.getpid(), signal.SIGHUP)
    assert not workers.should_exit.is_set()
    assert workers.signal_queue == [signal.SIGHUP]
