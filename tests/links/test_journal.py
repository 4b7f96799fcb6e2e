"""The journal: framing, torn tails, full disks and death."""

import errno
import os
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.counters import StageCounters, totals
from links.frames import framed, scan
from links.journal import Journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def journal_in(folder: Path, **options: object) -> Journal:
    return Journal(folder, StageCounters(folder), **options)  # type: ignore[arg-type]  # options by name


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.seg"))


def payloads(buffer: bytes, *, finished: bool = True) -> list[bytes]:
    return [frame.payload(buffer) for frame in scan(buffer, finished=finished).frames]


def test_what_is_appended_is_read_back_and_counted(folder: Path) -> None:
    journal = journal_in(folder)
    wanted = [f"[{n}]".encode() for n in range(100)]
    assert all(journal.append(payload) for payload in wanted)
    (segment,) = segments(folder)
    assert payloads(segment.read_bytes()) == wanted
    assert totals(folder)["journalled"] == 100


def test_a_segment_is_closed_by_size_and_by_age(folder: Path) -> None:
    journal = journal_in(folder, max_bytes=120)
    for _ in range(10):
        journal.append(b"x" * 50)
    assert len(segments(folder)) == 5
    aged = journal_in(folder, max_age=0.0)
    aged.append(b"a")
    aged.append(b"b")
    assert len(segments(folder)) == 7


def test_unknown_durability_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="os, interval or always"):
        journal_in(folder, durability="sometimes")


@given(
    cut=st.integers(0, 200),
    records=st.lists(st.text(alphabet="abc[]", min_size=1, max_size=20), min_size=1, max_size=8),
)
def test_a_torn_tail_loses_only_itself(cut: int, records: list[str]) -> None:
    frames = [framed(record.encode()) for record in records]
    whole = b"".join(frames)
    torn = whole[: max(0, len(whole) - cut)]
    ends = list(accumulate(map(len, frames)))
    survivors = [record.encode() for record, end in zip(records, ends, strict=True) if end <= len(torn)]
    assert payloads(torn) == survivors
    assert payloads(torn, finished=False) == survivors


@settings(max_examples=500)
@given(data=st.data())
def test_a_corrupt_byte_loses_only_its_record(data: st.DataObject) -> None:
    wanted = [f'[{n},"{"x" * n}"]'.encode() for n in range(12)]
    frames = [framed(payload) for payload in wanted]
    buffer = bytearray(b"".join(frames))
    at = data.draw(st.integers(0, len(buffer) - 1))
    buffer[at] ^= data.draw(st.integers(1, 255))
    hit = next(n for n, end in enumerate(accumulate(map(len, frames))) if at < end)
    assert payloads(bytes(buffer)) == wanted[:hit] + wanted[hit + 1 :]


def test_an_incomplete_record_of_a_living_segment_waits(folder: Path) -> None:
    journal = journal_in(folder)
    journal.append(b"first")
    journal.append(b"second")
    buffer = segments(folder)[0].read_bytes().rstrip(b"\0")
    half = scan(buffer[:-3] + bytes(100), finished=False)
    assert len(half.frames) == 1
    assert half.torn == 0
    assert payloads(buffer[half.consumed :], finished=False) == [b"second"]


def in_a_child(work: "object") -> int:
    """Run work in a forked child; returns how it ended (os.waitpid's status)."""
    pid = os.fork()
    if pid == 0:
        try:
            work()  # type: ignore[operator]  # a callable
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def no_file_may_grow_beyond(size: int) -> None:
    """A full disk without a disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk_costs_no_scan_while_the_segment_has_room(folder: Path) -> None:
    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        journal = journal_in(folder, max_bytes=1_000, max_age=0.0)
        journal.append(b"y" * 90)
        no_file_may_grow_beyond(500)
        answers = [journal.append(b"y" * 90) for _ in range(15)]
        (folder / "answers").write_text(repr(answers))

    in_a_child(fill)
    assert (folder / "answers").read_text() == repr([True] * 9 + [False] * 6)
    (segment,) = segments(folder)
    assert len(payloads(segment.read_bytes())) == 10
    counted = totals(folder)
    assert (counted["journalled"], counted["lost"]) == (10, 6)
    assert not list(folder.glob("*.new"))


def test_a_nearly_full_disk_gives_a_small_segment(folder: Path) -> None:
    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        no_file_may_grow_beyond(200_000)
        journal_in(folder).append(b"fits")

    in_a_child(fill)
    assert [payloads(segment.read_bytes()) for segment in segments(folder)] == [[b"fits"]]


def test_a_disk_with_room_again_is_used_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = journal_in(folder, durability="os")
    refused = Mock(side_effect=OSError(errno.ENOSPC, "full"))
    with monkeypatch.context() as full:
        full.setattr(journal, "_open", refused)
        assert [journal.append(b"before"), journal.append(b"meanwhile")] == [False, False]
    assert refused.call_count == 1, "not every scan asks the disk again"
    journal._ask_again_at = 0.0
    assert journal.append(b"after")
    assert totals(folder)["lost"] == 2


def test_room_that_was_not_used_is_given_back(folder: Path) -> None:
    journal = journal_in(folder)
    journal.append(b"short")
    (segment,) = segments(folder)
    assert segment.stat().st_size == 8_000_000
    journal.close()
    journal._sync()
    journal._sync()
    assert segment.stat().st_size == len(framed(b"short"))


def test_many_threads_write_whole_records_and_leave_no_file_open(folder: Path) -> None:
    journal = journal_in(folder, durability="os", max_bytes=2_000)
    open_before = len(os.listdir("/proc/self/fd"))
    wanted = {f"{n}-{'x' * (n % 50)}".encode() for n in range(4_000)}
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(journal.append, wanted))
    found = [payload for segment in segments(folder) for payload in payloads(segment.read_bytes())]
    assert sorted(found) == sorted(wanted)
    assert len(segments(folder)) > 20
    assert totals(folder)["journalled"] == len(wanted)
    # Its segment and the counters' file, each opened and mapped.
    assert len(os.listdir("/proc/self/fd")) - open_before <= 4


def test_a_failed_fsync_loses_nothing_and_is_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = journal_in(folder, durability="always")
    monkeypatch.setattr(os, "fsync", Mock(side_effect=OSError(errno.EIO, "no")))
    assert journal.append(b"kept")
    assert totals(folder)["lost"] == 0
    assert journal._segment is not None
    assert journal._segment.is_dirty


def test_an_unwritable_folder_loses_scans_and_says_how_many(tmp_path: Path) -> None:
    counters = tmp_path / "counters"
    counters.mkdir()
    journal = Journal(tmp_path / "gone", StageCounters(counters))
    assert [journal.append(b"x") for _ in range(3)] == [False] * 3
    assert totals(counters)["lost"] == 3


def test_a_killed_process_leaves_everything_it_answered(folder: Path) -> None:
    def scan_and_die() -> None:
        journal = journal_in(folder)
        for n in range(500):
            journal.append(str(n).encode())
        os.kill(os.getpid(), signal.SIGKILL)

    assert os.WTERMSIG(in_a_child(scan_and_die)) == signal.SIGKILL
    assert payloads(segments(folder)[0].read_bytes()) == [str(n).encode() for n in range(500)]
    assert totals(folder)["journalled"] == 500


def test_a_forked_child_writes_to_its_own_segment(folder: Path) -> None:
    journal = journal_in(folder)
    journal.append(b"parent")
    in_a_child(lambda: journal.append(b"child"))
    journal.append(b"parent again")
    found = sorted(payloads(segment.read_bytes()) for segment in segments(folder))
    assert found == [[b"child"], [b"parent", b"parent again"]]
    assert totals(folder)["journalled"] == 3


def test_counters_have_real_blocks_so_that_a_full_disk_is_no_bus_error(folder: Path) -> None:
    StageCounters(folder).add("shipped")
    assert next(folder.glob("*.counters")).stat().st_blocks > 0


def test_a_segment_that_is_rolled_over_is_synced_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    really = os.fsync

    def fsync(fd: int) -> None:
        synced.append(os.fstat(fd).st_ino)
        really(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    journal = journal_in(folder, max_bytes=100, fsync_seconds=3600)
    for _ in range(6):
        journal.append(b"x" * 60)
    journal._sync()
    assert {segment.stat().st_ino for segment in segments(folder)} <= set(synced)
    journal._sync()
    assert journal._rolled == []  # and closed: only finished segments are deleted once they are counted


def test_counters_without_a_file_are_kept_and_added_to_it_later(tmp_path: Path) -> None:
    folder = tmp_path / "not yet"
    counters = StageCounters(folder)
    counters.add("lost", 3)
    counters.count_journalled()
    folder.mkdir()
    counters._claim_after = 0.0
    counters.add("lost")
    counters.count_journalled()
    assert (totals(folder)["lost"], totals(folder)["journalled"]) == (4, 2)


def test_what_is_journalled_is_counted_in_one_way_only(folder: Path) -> None:
    with pytest.raises(ValueError, match="count_journalled"):
        StageCounters(folder).add("journalled")


def test_the_counters_of_a_dead_process_are_taken_over(folder: Path) -> None:
    for _ in range(5):
        in_a_child(lambda: StageCounters(folder).add("shipped", 2))
        in_a_child(lambda: StageCounters(folder).count_journalled())
    assert (totals(folder)["shipped"], totals(folder)["journalled"]) == (10, 5)
    assert len(list(folder.glob("*.counters"))) == 1
