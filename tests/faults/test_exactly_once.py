"""Sent = counted, while the ingest worker is killed ten times and a web worker twice."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from links.counters import totals
from tests.faults.scanning import Counting, Scans, wait_until_counted
from tests.http import Api
from tests.services import new_database
from tests.stack import BASE_DIR, Stack, running_stack

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]

SCANS = 10_000
INGEST_KILLS = 10
WEB_KILLS = 2
# Of the control: long enough to look into the books before the journal refills what was lost.
RESHIP_SECONDS = 25


@pytest.fixture(params=["sqlite", "postgresql"])
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    extra = {}
    if request.param == "postgresql":
        extra["DATABASE_URL"] = new_database(request.getfixturevalue("postgresql_url"))
        extra["REDIS_URL"] = request.getfixturevalue("real_redis_url")
    with running_stack(**extra) as stack:
        yield stack


@pytest.fixture
def sqlite_stack() -> Iterator[Stack]:
    with running_stack(RESHIP_SECONDS=str(RESHIP_SECONDS)) as stack:
        yield stack


def a_printed_link(stack: Stack) -> tuple[int, str]:
    """A new link's id and the address that its code carries."""
    link = Api(stack.base_url, stack.api_key())("POST", "links", {"destination": "https://example.com/"}).json()
    return link["id"], link["codes"][0]["url"]


class Killer(threading.Thread):
    """Kills the ingest worker as soon as it has counted something since its last death; web workers now and then."""

    def __init__(self, stack: Stack, seed: int) -> None:
        super().__init__(daemon=True)
        self.stack = stack
        self.random = random.Random(seed)
        self.ingest_kills = self.web_kills = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            for n in range(INGEST_KILLS):
                self.kill_ingest()
                if n in (3, 6):
                    os.kill(self.random.choice(self.stack.children("web")), signal.SIGKILL)
                    self.web_kills += 1
        except BaseException as error:  # told to the test, which would otherwise wait for nothing
            self.failure = error

    def ingested(self) -> int:
        return totals(self.stack.data_dir / "counters")["ingested"]

    def kill_ingest(self) -> None:
        before = self.ingested()
        deadline = time.monotonic() + 10
        while self.ingested() == before and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(self.random.random() * 0.3)
        killed = self.stack.kill("ingest")
        self.ingest_kills += 1
        while self.stack.pid("ingest") == killed and time.monotonic() < deadline + 20:
            time.sleep(0.05)


def test_every_answered_scan_is_counted_exactly_once(stack: Stack) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    link_id, address = a_printed_link(stack)
    killer, scans = Killer(stack, seed), Scans(address, rate=200)
    killer.start()
    scans.send(range(SCANS))
    killer.join(200)
    assert killer.failure is None, killer.failure
    assert (killer.ingest_kills, killer.web_kills) == (INGEST_KILLS, WEB_KILLS)
    # A worker killed with a batch in hand leaves it to its successor, which has its name; else it takes a minute.
    stages = wait_until_counted(stack, 90)
    Counting.of(stack, link_id).check(scans)
    assert len(scans.answered) > SCANS * 0.99, "workers were killed, the service was not"
    assert stages["lost"] == 0


def test_acknowledging_first_loses_scans_until_the_journal_refills_them(sqlite_stack: Stack) -> None:
    """The negative control, and what segments are kept for."""
    stack = sqlite_stack
    link_id, address = a_printed_link(stack)
    scans = Scans(address, rate=200)
    os.kill(stack.pid("ingest"), signal.SIGSTOP)
    for part in range(3):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.careless"],
            cwd=BASE_DIR,
            env=stack.environment | {"DJANGO_SETTINGS_MODULE": "qrplatform.settings"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        scans.send(range(part * 200, (part + 1) * 200))
        assert worker.wait(60) == -signal.SIGKILL
    stack.kill("ingest")
    time.sleep(12)
    with pytest.raises(AssertionError, match="lost"):
        Counting.of(stack, link_id).check(scans)
    wait_until_counted(stack, 120)
    Counting.of(stack, link_id).check(scans)
