"""What a power cut costs under each durability: the journal is replayed as of the last fsync of each segment."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from links.counters import StageCounters
from links.frames import scan
from links.journal import Journal

pytestmark = pytest.mark.timeout(60)

SCANS = 2000
SEGMENT_BYTES = 20_000
FSYNC_SECONDS = 0.2
# A commit that is under way promises nothing yet, and a busy machine wakes its thread late.
SLACK_SECONDS = 0.5


def keep_what_is_synced(disk: Path) -> Callable[[int], None]:
    """An os.fsync that copies what it was asked to sync to `disk`, which is what a power cut would leave."""
    really = os.fsync

    def fsync(fd: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{fd}"))
        content = path.read_bytes() if path.is_file() else b""
        really(fd)
        if content:
            (disk / path.stem).write_bytes(content)

    return fsync


def answered_until_the_power_went(folder: Path, disk: Path, durability: str) -> list[float]:
    """A child answers scans until it is killed; returns when it answered which, as it told through a pipe."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.fsync = keep_what_is_synced(disk)  # type: ignore[assignment]  # the journal passes numbers only
            journal = Journal(
                folder,
                StageCounters(folder),
                durability=durability,
                fsync_seconds=FSYNC_SECONDS,
                max_bytes=SEGMENT_BYTES,
            )
            for n in range(SCANS):
                assert journal.append(str(n).encode())
                os.write(writing, f"{time.monotonic()}\n".encode())
                time.sleep(0.0005)
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as told:
        answered = [float(line) for line in told]
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    return answered


def on_disk(disk: Path) -> set[int]:
    records: set[int] = set()
    for path in disk.iterdir():
        buffer = path.read_bytes()
        records |= {int(frame.payload(buffer)) for frame in scan(buffer, finished=True).frames}
    return records


@pytest.fixture
def lost(tmp_path: Path, request: pytest.FixtureRequest) -> list[float]:
    """How long before the power cut each lost scan was answered, in seconds."""
    folder, disk = tmp_path / "journal", tmp_path / "disk"
    folder.mkdir()
    disk.mkdir()
    answered = answered_until_the_power_went(folder, disk, request.param)
    assert len(answered) == SCANS
    kept = on_disk(disk)
    assert kept <= set(range(SCANS))
    return [answered[-1] - at for n, at in enumerate(answered) if n not in kept]


@pytest.mark.parametrize("lost", ["always"], indirect=True)
def test_always_loses_nothing_that_was_answered(lost: list[float]) -> None:
    assert lost == []


@pytest.mark.parametrize("lost", ["interval"], indirect=True)
def test_interval_loses_at_most_the_last_interval(lost: list[float]) -> None:
    assert max(lost, default=0.0) <= FSYNC_SECONDS + SLACK_SECONDS
    assert len(lost) < SCANS * 0.9, "group commits came in between"


@pytest.mark.parametrize("lost", ["os"], indirect=True)
def test_os_promises_nothing(lost: list[float]) -> None:
    """The control of this test: without an fsync nothing is known to be on the disk."""
    assert len(lost) == SCANS
