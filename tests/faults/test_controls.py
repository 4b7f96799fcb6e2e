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
from tests.faults.house import House, running_house
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
        # Segments are finished once their writers are gone.
        for worker in house.stack.children("web"):
            os.kill(worker, signal.SIGKILL)
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
    assert balance.missing > 1000
    with pytest.raises(AssertionError, match="lost"):
        balance.check()
