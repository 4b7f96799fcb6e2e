"""The shipper: from segments to the stream, deletion only when everything is counted, shipping again when it is not."""

import os
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from links.counters import StageCounters, totals
from links.journal import Journal
from links.lookups import DatabaseAway
from links.models import Segment
from links.shipper import Shipper
from links.stream import ScanStream, records_of

pytestmark = pytest.mark.django_db


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Host:
    """A journal, its shipper and its clock."""

    def __init__(self, folder: Path, stream: ScanStream) -> None:
        self.folder = folder
        self.stream = stream
        self.counters = StageCounters(folder)
        self.journal = Journal(folder, self.counters, durability="os")
        self.clock = Clock()
        self.shipper = Shipper(folder, stream, self.counters, self.clock)

    def arrived(self) -> list[bytes]:
        entries = self.stream.read(100, block_ms=1)
        self.stream.acknowledge(entries)
        return [record for entry in entries for record in records_of(entry.block)]

    def segments(self) -> list[Path]:
        return sorted(self.folder.glob("*.seg"))


@pytest.fixture
def host(tmp_path: Path, scan_stream: ScanStream) -> Host:
    return Host(tmp_path, scan_stream)


def test_a_living_segment_is_shipped_as_it_grows(host: Host) -> None:
    host.journal.append(b"1")
    assert host.shipper.turn() == 1
    host.journal.append(b"2")
    host.journal.append(b"3")
    assert host.shipper.turn() == 2
    assert host.shipper.turn() == 0
    assert host.arrived() == [b"1", b"2", b"3"]
    assert totals(host.folder)["shipped"] == 3


def test_a_segment_goes_only_when_it_is_finished_and_all_of_it_is_counted(host: Host) -> None:
    for n in range(3):
        host.journal.append(str(n).encode())
    host.shipper.turn()
    row = Segment.objects.create(name=host.segments()[0].stem, ingested=2)
    host.journal.close()
    host.shipper.turn()
    host.shipper.settle()
    assert len(host.segments()) == 1, "one record is not counted yet"
    row.set_aside = 1
    row.save()
    host.shipper.settle()
    assert host.segments() == []
    assert not Segment.objects.exists()


def test_a_living_segment_is_never_deleted(host: Host) -> None:
    host.journal.append(b"1")
    host.shipper.turn()
    Segment.objects.create(name=host.segments()[0].stem, ingested=1)
    host.shipper.settle()
    assert len(host.segments()) == 1


def test_what_did_not_arrive_is_shipped_again_after_a_minute(host: Host) -> None:
    host.journal.append(b"1")
    host.shipper.turn()
    assert host.arrived() == [b"1"]
    host.clock.now = 59.0
    host.shipper.settle()
    assert host.shipper.turn() == 0
    host.clock.now = 61.0
    host.shipper.settle()
    assert host.shipper.turn() == 1
    assert host.arrived() == [b"1"]


def test_what_still_waits_in_the_stream_is_not_shipped_again(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.journal.append(b"1")
    host.shipper.turn()
    monkeypatch.setattr(host.stream, "oldest_age", lambda: host.clock.now)
    host.clock.now = 500.0
    host.shipper.settle()
    assert host.shipper.turn() == 0
    monkeypatch.setattr(host.stream, "oldest_age", lambda: 0.0)
    host.shipper.settle()
    assert host.shipper.turn() == 1, "the stream has lost it"


def test_what_is_counted_while_it_looks_is_not_shipped_again(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.journal.append(b"1")
    host.shipper.turn()

    def counted_a_moment_too_late() -> dict[str, int]:
        host.arrived()
        return {}

    monkeypatch.setattr(host.shipper, "_accounted_for", counted_a_moment_too_late)
    monkeypatch.setattr(host.stream, "oldest_age", lambda: host.clock.now if host.stream.length() else 0.0)
    host.clock.now = 500.0
    host.shipper.settle()
    assert host.shipper.turn() == 0


def test_a_segment_that_somebody_removed_is_forgotten(host: Host) -> None:
    host.journal.append(b"1")
    host.shipper.turn()
    (segment,) = host.segments()
    segment.unlink()
    with pytest.raises(FileNotFoundError) as gone:
        host.shipper.turn()
    host.shipper.forget(Path(gone.value.filename))
    assert host.shipper.turn() == 0


def test_the_shipper_says_when_it_has_caught_up(host: Host) -> None:
    before = int(time.time() * 1000)
    host.journal.append(b"1")
    host.shipper.turn()
    assert before <= totals(host.folder)["caught_up_at"] <= int(time.time() * 1000)


def test_a_new_shipper_takes_over_abandoned_segments(host: Host) -> None:
    host.journal.append(b"1")
    host.journal.close()
    successor = Shipper(host.folder, host.stream, host.counters, host.clock)
    assert successor.turn() == 1


def test_a_torn_tail_is_counted_and_does_not_keep_its_segment(host: Host) -> None:
    host.journal.append(b"1")
    host.journal.append(b"2")
    host.journal.close()
    (segment,) = host.segments()
    segment.write_bytes(segment.read_bytes()[:-1])
    assert host.shipper.turn() == 1
    Segment.objects.create(name=segment.stem, ingested=1)
    host.shipper.turn()
    host.shipper.settle()
    assert host.segments() == []
    assert totals(host.folder)["torn"] == 1


def test_room_that_a_killed_process_reserved_is_given_back(host: Host) -> None:
    abandoned, just_reserved = host.folder / "1.new", host.folder / "2.new"
    for path in (abandoned, just_reserved):
        path.write_bytes(bytes(100))
    os.utime(abandoned, (time.time() - 61,) * 2)
    host.shipper.settle()
    assert not abandoned.exists()
    assert just_reserved.exists()


def test_redis_is_not_filled_while_ingestion_is_behind(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("links.shipper.MAX_STREAM_LENGTH", 0)
    host.journal.append(b"1")
    host.shipper.turn()
    host.journal.append(b"2")
    assert host.shipper.turn() == 0
    assert host.arrived() == [b"1"]
    assert host.shipper.turn() == 1


def test_redis_keeps_room_for_others(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(10):
        host.journal.append(str(n).encode() * 90)
    host.journal.close()
    monkeypatch.setattr(host.stream, "room", lambda: 250)
    assert host.shipper.turn() == 10, "bit by bit, as long as there is room"
    assert host.arrived() == [str(n).encode() * 90 for n in range(10)]


def test_nothing_is_shipped_into_a_redis_without_room(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.journal.append(b"1")
    host.journal.close()
    monkeypatch.setattr(host.stream, "room", lambda: 0)
    assert host.shipper.turn() == 0
    assert totals(host.folder)["torn"] == 0
    monkeypatch.undo()
    assert host.shipper.turn() == 1
    assert host.arrived() == [b"1"]


def test_without_the_database_shipping_goes_on_and_segments_stay(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    host.journal.append(b"1")
    host.shipper.turn()
    host.journal.close()
    monkeypatch.setattr(host.shipper, "_accounted_for", away)
    monkeypatch.setattr(connections["default"], "close", lambda: None)  # the test's own transaction lives on it
    with pytest.raises(DatabaseAway):
        host.shipper.settle()
    assert len(host.segments()) == 1
    monkeypatch.undo()
    Segment.objects.create(name=host.segments()[0].stem, ingested=1)
    host.shipper.turn()
    host.shipper.settle()
    assert host.segments() == []
    assert not Segment.objects.exists()
