"""Slow pages hold Django's places, unfinished uploads hold none, and neither holds up a scan."""

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.http import request
from tests.links.factories import IPHONE
from tests.stack import Stack, running_stack

pytestmark = [pytest.mark.fault, pytest.mark.timeout(200)]

UNFINISHED = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin="
)


@pytest.fixture
def stack() -> Iterator[Stack]:
    with running_stack(DJANGO_SETTINGS_MODULE="tests.faults.slow_settings") as stack:
        yield stack


def a_demo_code(stack: Stack) -> str:
    path = stack.manage("shell", "-v0", "-c", "from links.models import Code; print(Code.objects.first().path)")
    return f"{stack.base_url}/{path}"


def open_slow_page(stack: Stack, statuses: list[int]) -> None:
    statuses.append(request(f"{stack.base_url}/w/slow/page").status)


def test_every_scan_lands_meanwhile(stack: Stack) -> None:
    address = a_demo_code(stack)
    assert request(address, **{"User-Agent": IPHONE}).status == 302
    with ExitStack() as held:
        pages: list[int] = []
        readers = [threading.Thread(target=open_slow_page, args=(stack, pages), daemon=True) for _ in range(10)]
        for reader in readers:
            reader.start()
        time.sleep(1)
        for _ in range(10):
            upload = held.enter_context(socket.create_connection(("127.0.0.1", stack.port)))
            upload.sendall(UNFINISHED)
        seconds = []
        statuses = set()
        for _ in range(300):
            began = time.monotonic()
            statuses.add(request(address, **{"User-Agent": IPHONE}).status)
            seconds.append(time.monotonic() - began)
        assert any(reader.is_alive() for reader in readers), "the slow pages were over before the scans"
        for reader in readers:
            reader.join()
        assert request(f"{stack.base_url}/accounts/login/").status == 200, (
            "an upload that is not finished holds no place"
        )
    assert statuses == {302}
    print(f"median {statistics.median(seconds) * 1000:.1f} ms, longest {max(seconds) * 1000:.0f} ms")
    assert max(seconds) < 5, "a scan waited for a slow page"
    # Two workers with three places each: somebody was turned away, or the gate was never full.
    assert pages.count(503) >= 4
