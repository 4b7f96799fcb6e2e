"""Negative controls: products with one mistake each. The books must say that scans are lost, or they prove nothing.

A third, acknowledging before the commit, is in test_exactly_once.py.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.faults.holding import hold, ingestion_held
from tests.faults.house import House, running_house, wait_until
from tests.stack import BASE_DIR

pytestmark = [pytest.mark.fault, pytest.mark.timeout(150)]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running_house("sqlite", 1) as house:
        yield house


def test_deleting_segments_once_they_are_shipped_loses_what_redis_loses(house: House) -> None:
    """The mistake is planted in tests.faults.forgetful; the stream is flushed before anybody has read it."""
    hold(house, house.stack.pid("ship"))
    load = house.load()
    with ingestion_held(house):
        with load.running() as scans:
            time.sleep(4)
        killed = house.stack.children("web")
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
        # Segments are finished once their writers are gone; one that is just writing through to the disk takes a while.
        wait_until(lambda: not {*killed} & {*house.stack.processes()}, 30, "Killed workers are still there.")
        shipped = subprocess.run(
            [sys.executable, "-m", "tests.faults.forgetful"],
            cwd=BASE_DIR,
            env=house.stack.environment | {"DJANGO_SETTINGS_MODULE": "qrplatform.settings"},
            capture_output=True,
            check=False,
        )
        assert shipped.returncode == 0, shipped.stderr.decode()
        with house.redis.client() as client:
            client.flushall()
    os.kill(house.stack.pid("ship"), signal.SIGCONT)
    balance, _ = house.books.settled(scans, 10)
    assert balance.missing > balance.sent / 2
    with pytest.raises(AssertionError, match="lost"):
        balance.check()
