"""Erasing while scans come in: none slips through, none comes back from its segment, every segment goes."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Workspace
from analytics.erasure import job
from analytics.erasure.requests import Days, request_erasure
from analytics.ingest import Counted, drain, ingest
from analytics.locks import count_beside_others
from analytics.models import ErasedScan, Erasure, QuarterHour, Scan
from links.counters import StageCounters
from links.frames import scan
from links.journal import Journal
from links.models import Domain, LinkCounter, Segment
from links.shipper import Shipper
from links.stream import ScanStream
from tests.links.factories import a_block, a_code, an_event

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def erase_today(workspace: Workspace) -> None:
    today = timezone.now().astimezone(Days.parse(workspace, *[timezone.now().date()] * 2).zone).date()
    request_erasure(workspace, None, Days.parse(workspace, today - timedelta(days=1), today))


class Host:
    """A journal, the shipper of its segments, and a clock for both."""

    def __init__(self, folder: Path, stream: ScanStream) -> None:
        self.folder, self.stream, self.now = folder, stream, 0.0
        self.counters = StageCounters(folder)
        self.journal = Journal(folder, self.counters, durability="os")
        self.shipper = Shipper(folder, stream, self.counters, lambda: self.now)
        self.counted: list[Counted] = []

    def drain(self) -> Counted:
        """Ship what there is, count what has arrived, and say what that came to."""
        self.shipper.turn()
        self.counted.clear()
        drain(self.stream, seconds=0.05, count=self.counted.append)
        return Counted(*(sum(column) for column in zip(*self.counted, strict=True)))

    def ship_again(self) -> None:
        """As a host does that was restarted, or that misses something."""
        self.shipper = Shipper(self.folder, self.stream, self.counters, lambda: self.now)

    def segments(self) -> int:
        self.shipper.settle()
        return len(list(self.folder.glob("*.seg")))


@pytest.fixture
def host(tmp_path: Path, scan_stream: ScanStream) -> Host:
    return Host(tmp_path, scan_stream)


@pytest.mark.django_db
def test_erased_scans_do_not_come_back_from_segments_that_are_shipped_again(
    workspace: Workspace, site: Domain, host: Host
) -> None:
    code = a_code(workspace)
    for _ in range(5):
        host.journal.append(an_event(code).encode())
    assert host.drain() == Counted(ingested=5)
    late = [an_event(code).encode() for _ in range(3)]
    erase_today(workspace)
    job.work_off(60)
    for record in late:  # scanned before the erasure, written down before, shipped only now
        host.journal.append(record)
    assert host.drain() == Counted(erased=3)
    host.ship_again()
    assert host.drain() == Counted(duplicate=8), "those counted before and those dropped alike"
    host.journal.append(an_event(code).encode())
    assert host.drain() == Counted(ingested=1), "what is scanned after it is new"
    assert host.segments() == 1, "its writer has not let go of it"
    host.journal.close()
    host.drain()
    assert host.segments() == 0, "accounted for to the last record"
    assert not Segment.objects.exists()
    assert (Scan.objects.count(), LinkCounter.objects.get().human) == (1, 1)


@pytest.mark.django_db
def test_a_segment_with_scans_that_were_never_counted_is_kept(workspace: Workspace, site: Domain, host: Host) -> None:
    """The control: were erased scans accounted for twice, a record that is missing would go unnoticed."""
    code = a_code(workspace)
    for _ in range(3):
        host.journal.append(an_event(code).encode())
    host.drain()
    erase_today(workspace)
    job.work_off(60)
    host.journal.append(an_event(code).encode())
    host.shipper.turn()
    host.stream.acknowledge(host.stream.read(10, block_ms=10))  # Redis has lost the last one
    host.journal.close()
    host.ship_again()
    ingest([a_block(*records_on(host)[:3], segment=next(host.folder.glob("*.seg")).stem)])
    host.shipper.turn()
    assert host.segments() == 1, "one record is missing"
    assert host.drain() == Counted(ingested=1, duplicate=3)
    assert host.segments() == 0


def records_on(host: Host) -> list[bytes]:
    (path,) = host.folder.glob("*.seg")
    content = path.read_bytes()
    return [frame.payload(content) for frame in scan(content, finished=True).frames]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_erasure_waits_for_ingesters_that_do_not_know_of_it(workspace: Workspace, site: Domain) -> None:
    code = a_code(workspace)
    asked = threading.Event()

    def ask() -> None:
        try:
            erase_today(workspace)
            asked.set()
        finally:
            connection.close()

    with transaction.atomic():
        count_beside_others()
        event = an_event(code)
        other = threading.Thread(target=ask)
        other.start()
        assert not asked.wait(0.5), "it waits for this transaction"
        assert ingest([a_block(event)]) == Counted(ingested=1)
    other.join(10)
    assert asked.is_set()
    job.work_off(60)
    assert not Scan.objects.exists(), "what was committed meanwhile is found"


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_slips_through_while_others_ingest(workspace: Workspace, site: Domain) -> None:
    """Two ingesters with the same blocks in different order, an erasure in between, and the job beside them."""
    code, other = a_code(workspace), a_code(workspace)
    blocks = [
        a_block(*(an_event(one) for one in (code, other) for _ in range(5)), segment=f"segment-{n}") for n in range(30)
    ]
    failed: list[BaseException] = []

    def ingest_all(order: list[int]) -> None:
        try:
            for n in order:
                ingest([blocks[n]])
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    orders = [list(range(30)), list(range(29, -1, -1))]
    threads = [threading.Thread(target=ingest_all, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    days = Days.parse(workspace, *[timezone.now().date()] * 2)
    today = timezone.now().astimezone(days.zone).date()
    erasure = request_erasure(workspace, code.link, Days.parse(workspace, today - timedelta(days=1), today))
    while any(thread.is_alive() for thread in threads):
        job.work_off(0.1)
    for thread in threads:
        thread.join()
    assert failed == []
    Erasure.objects.filter(pk=erasure.pk).update(done_at=None)  # whatever the job has left would be found now
    before = list(Scan.objects.order_by("pk").values_list("pk", flat=True))
    job.work_off(60)
    assert list(Scan.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert not Scan.objects.filter(link_id=code.link_id).exists()
    assert Scan.objects.filter(link_id=other.link_id).count() == 150
    assert {(row.ingested + row.set_aside) for row in Segment.objects.all()} == {10}, "no more, no less"
    assert ErasedScan.objects.count() == 150
    humans = QuarterHour.objects.filter(human__gt=0).values_list("scope", "scope_id", "human")
    by_subject: dict[tuple[int, int], int] = {}
    for scope, scope_id, human in humans:
        by_subject[scope, scope_id] = by_subject.get((scope, scope_id), 0) + human
    assert by_subject == {(1, other.pk): 150, (2, other.link_id): 150, (3, workspace.pk): 150}
