"""`make run` itself: it starts, refuses a second run, keeps its data, restarts what dies and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest

from tests.services import free_port
from tests.stack import BASE_DIR, PROGRAMS, Stack, data_folder, running_stack

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with running_stack() as stack:
        yield stack


@pytest.fixture
def started(stack: Stack) -> Stack:
    """The module's stack, started again when the test before has ended it."""
    if stack.process.poll() is not None:
        stack.start()
    return stack


def answers(stack: Stack) -> bool:
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return met


def codes_in(stack: Stack) -> str:
    return stack.manage(
        "shell", "-v0", "-c", "from links.models import Code; print(Code.objects.order_by('id').values())"
    )


def test_first_run_shows_a_login_and_links_that_lead_somewhere(started: Stack) -> None:
    email, password = started.owner()
    assert email == "owner@example.com"
    assert len(password) >= 12
    assert started.console.count(f"{started.base_url}/") >= 3, started.console
    assert started.api_key().startswith("qrp_")


def test_ctrl_c_leaves_no_process_and_the_next_start_keeps_the_data(started: Stack) -> None:
    codes = codes_in(started)
    before = started.processes()
    assert len(before) >= len(PROGRAMS)
    began = time.monotonic()
    assert started.stop(signal.SIGINT) == 0, started.console
    assert time.monotonic() - began < 10
    assert started.processes() == []
    assert not answers(started)
    printed_before = len(started.console)

    started.start()
    assert "Password" not in started.console[printed_before:]
    assert codes_in(started) == codes
    assert codes.count("'path'") == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_ways_to_end_it_leave_no_process(started: Stack, number: signal.Signals) -> None:
    assert started.stop(number) == 0, started.console
    assert started.processes() == []


def test_a_second_run_on_the_same_data_says_who_is_there(started: Stack) -> None:
    second = Stack(started.data_dir, port=free_port())
    refused = subprocess.run(
        [sys.executable, "-m", "qrplatform.stack"],
        cwd=BASE_DIR,
        env=second.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert f"process {started.process.pid}" in refused.stdout
    assert eventually(lambda: answers(started)), started.logs()  # each worker takes its own time to be there


def test_a_taken_port_is_refused_with_what_to_do(started: Stack) -> None:
    with data_folder() as folder:
        second = Stack(folder, port=started.port)
        folder.parent.mkdir(exist_ok=True)
        second.launch()
        assert second.process.wait(60) == 1
        assert f"port {started.port}" in second.console
        assert "PORT=" in second.console


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_killed_program_comes_back(started: Stack, program: str) -> None:
    workers = started.children(program)
    killed = started.kill(program)
    assert eventually(lambda: started.pid(program) != killed and started.pid(program) in started.processes())
    assert eventually(lambda: answers(started)), started.logs()
    assert set(workers).isdisjoint(started.processes())


def test_a_killed_web_worker_is_replaced_while_the_other_serves(started: Stack) -> None:
    assert eventually(lambda: len(started.children("web")) == 2)
    before = set(started.children("web"))
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: len(set(started.children("web")) - {victim}) == 2), started.logs()


def test_supervisord_killed_with_sigkill_takes_everything_with_it(started: Stack) -> None:
    started.kill("supervisord")
    assert started.process.wait(30) == 1
    assert started.processes() == []
    assert "supervisord was ended" in started.console


def test_what_make_run_leaves_when_it_is_killed_is_gone_before_the_next_start(started: Stack) -> None:
    """Both are frozen first, so that neither can end the others on its way out."""
    left = started.processes()
    os.kill(started.pid("supervisord"), signal.SIGSTOP)
    os.kill(started.process.pid, signal.SIGKILL)
    started.process.wait()
    assert started.pid("web") in started.processes()
    started.kill("supervisord")

    started.start()
    assert "Ended what an earlier run had left" in started.console
    assert set(left).isdisjoint(started.processes())
    assert eventually(lambda: answers(started)), started.logs()  # each worker takes its own time to be there


def test_killing_make_run_alone_stops_everything(started: Stack) -> None:
    """Even SIGKILL, which leaves it no chance to stop its children: the kernel tells supervisord."""
    assert started.processes() != []
    started.process.kill()
    started.process.wait()
    assert eventually(lambda: started.processes() == []), started.logs()
