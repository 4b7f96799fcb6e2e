"""Redis frozen and Redis stopped, on the real stack: scans and edits do not wait for it, and counting comes back."""

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from links.counters import totals
from qrplatform.stack.embedded_redis import find_server
from tests.faults.scanning import Counting, Scans, wait_until_counted
from tests.http import Api, request
from tests.services import free_port, frozen
from tests.stack import Stack, running_stack

pytestmark = [pytest.mark.fault, pytest.mark.timeout(200)]

EDITS = 20
BACK_WITHIN = 5.0


class OwnRedis:
    """A Redis that can be stopped and started again where it was, with its data."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        self._command = [find_server(), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
        self.start()

    def start(self) -> None:
        options = ["--appendonly", "yes", "--save", ""]
        self.process = subprocess.Popen([*self._command, *options], stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            deadline = time.monotonic() + 20
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    assert time.monotonic() < deadline, "Redis did not start"
                    time.sleep(0.05)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    own = OwnRedis(tmp_path)
    yield own
    own.stop()


@pytest.fixture
def stack(own_redis: OwnRedis) -> Iterator[Stack]:
    with running_stack(REDIS_URL=own_redis.url) as stack:
        yield stack


def edit(api: Api, link_id: int, number: int, seconds: list[float]) -> None:
    """One edit as a patient client does it: told that the dashboard is busy, it comes again."""
    while True:
        began = time.monotonic()
        answer = api("PATCH", f"links/{link_id}", {"destination": f"https://example.com/{number}"})
        seconds.append(time.monotonic() - began)
        if answer.status != 503:
            assert answer.status == 200, answer.body
            return
        time.sleep(0.2)


def a_counted_link(stack: Stack) -> tuple[Api, int, Scans]:
    """A link whose first scans are counted, so that every process is at work."""
    api = Api(stack.base_url, stack.api_key())
    link = api("POST", "links", {"destination": "https://example.com/"}).json()
    scans = Scans(link["codes"][0]["url"], rate=100)
    scans.send(range(20))
    assert wait_until_counted(stack, 60)["ingested"] >= 20
    return api, link["id"], scans


def test_edits_and_scans_do_not_wait_for_a_frozen_redis(stack: Stack, own_redis: OwnRedis) -> None:
    api, link_id, scans = a_counted_link(stack)
    seconds: list[float] = []
    landed: list[float] = []
    with frozen(own_redis.url):
        crowd = [threading.Thread(target=edit, args=(api, link_id, number, seconds)) for number in range(EDITS)]
        for one in crowd:
            one.start()
        for number in range(100, 400):
            began = time.monotonic()
            scans._send(range(number, number + 1), 0)
            landed.append(time.monotonic() - began)
        for one in crowd:
            one.join()
        began = time.monotonic()
        health = request(f"{stack.base_url}/readyz")
        assert time.monotonic() - began < 3
        metrics = request(f"{stack.base_url}/metrics")
        assert b"qrplatform_redis_up 0.0" in metrics.body
        assert (health.status, health.json()["status"]) == (200, "degraded")
        link = api("GET", f"links/{link_id}").json()
        assert (link["revision"], link["verdict"]["state"]) == (1 + EDITS, "unchecked"), "every edit is kept"
    print(f"slowest edit {max(seconds):.2f} s, slowest scan {max(landed) * 1000:.0f} ms")
    assert max(seconds) < 2
    assert sorted(landed)[-4] < 0.25, "a scan waited for edits that wait for Redis"
    back = time.monotonic()
    wait_until_counted(stack, BACK_WITHIN)
    Counting.of(stack, link_id).check(scans)
    while api("GET", f"links/{link_id}").json()["verdict"]["state"] != "safe":
        assert time.monotonic() - back < 60, "the check was not made up for"
        time.sleep(0.5)


def test_counting_goes_on_within_seconds_of_a_stopped_redis(stack: Stack, own_redis: OwnRedis) -> None:
    _, link_id, scans = a_counted_link(stack)
    own_redis.stop()
    # Left alone, Celery would by now pause for ten seconds and more between its tries.
    for part in range(3):
        scans.send(range(100 + part * 20, 120 + part * 20))
        time.sleep(10)
    own_redis.start()
    began = time.monotonic()
    wait_until_counted(stack, 30)
    took = time.monotonic() - began
    print(f"counting was complete {took:.1f} s after Redis came back")
    Counting.of(stack, link_id).check(scans)
    assert took < BACK_WITHIN
    assert totals(stack.data_dir / "counters")["lost"] == 0
