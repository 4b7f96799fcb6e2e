"""Retention: single scans and orphan scans go when their time is over, rollups stay; ids tell the truth about time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from analytics import retention
from analytics.ingest import Counted, ingest
from analytics.models import Erasure, OrphanScan, QuarterHour, Scan, SetAsideRecord
from analytics.tasks import forget_old_scans, prepare_days
from links.models import Code, LinkCounter
from tests.links.factories import a_block, an_event

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL removes partitions")
DAYS = 90


def ms_ago(days: float) -> int:
    return int((timezone.now() - timedelta(days=days)).timestamp() * 1000)


@on_sqlite
def test_scans_go_at_most_a_day_late_and_rollups_stay(
    code: Code, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    settings.RAW_SCAN_DAYS = DAYS + 10
    ages = [0, 1, DAYS - 1, DAYS - 0.01, *(DAYS + 1 + n / 10 for n in range(1, 11))]
    ingest([a_block(*(an_event(code, at_ms=ms_ago(age)) for age in ages))])
    settings.RAW_SCAN_DAYS = DAYS
    forget_old_scans()
    left = [(timezone.now() - at).total_seconds() / 86_400 for at in Scan.objects.values_list("at", flat=True)]
    assert len(left) == 4, "nothing that is younger went"
    assert max(left) < DAYS + 1
    assert LinkCounter.objects.get().human == len(ages)
    assert sum(QuarterHour.objects.filter(scope=1).values_list("human", flat=True)) == len(ages)


@on_sqlite
def test_ingestion_gets_its_turn_between_chunks(
    code: Code, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chunk is a transaction of its own: none holds more than so many rows."""
    monkeypatch.setattr(retention, "AT_ONCE", 4)
    settings.RAW_SCAN_DAYS = DAYS + 10
    ingest([a_block(*(an_event(code, at_ms=ms_ago(DAYS + 5)) for _ in range(10)))])
    settings.RAW_SCAN_DAYS = DAYS
    left = []
    monkeypatch.setattr("analytics.retention.time.sleep", lambda _: left.append(Scan.objects.count()))
    retention.forget_old_scans()
    assert left == [6, 2, 0]


def test_orphan_scans_go_too(settings: Settings) -> None:
    settings.RAW_SCAN_DAYS = DAYS + 10
    ingest([a_block(*(an_event(host="q.example.com", path="NOPE99", at_ms=ms_ago(n)) for n in (1, DAYS + 2)))])
    settings.RAW_SCAN_DAYS = DAYS
    retention.forget_in_chunks(OrphanScan.objects.filter(at__lt=timezone.now() - timedelta(days=DAYS)), "at")
    assert OrphanScan.objects.count() == 1


def test_erasures_are_forgotten_once_nothing_of_their_time_can_come(workspace: object) -> None:
    now = timezone.now()

    def an_erasure(until_days_ago: float, made_days_ago: float, *, done: bool = True) -> int:
        until = now - timedelta(days=until_days_ago)
        made = Erasure.objects.create(
            workspace_id=1, since=until - timedelta(days=1), until=until, first_day=until, last_day=until,
            done_at=now if done else None,
        )  # fmt: skip
        Erasure.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=made_days_ago))
        return made.pk

    an_erasure(until_days_ago=DAYS + 5, made_days_ago=DAYS + 1)
    kept = {an_erasure(DAYS - 1, DAYS - 1), an_erasure(DAYS + 300, 1), an_erasure(DAYS + 300, DAYS + 1, done=False)}
    retention.forget_old_erasures(now)
    assert set(Erasure.objects.values_list("pk", flat=True)) == kept


@pytest.mark.parametrize(("seconds", "set_aside"), [(59, 0), (-59, 0), (61, 1), (-61, 1), (-86_400 * 200, 1)])
def test_an_id_of_another_time_is_set_aside(code: Code, seconds: int, set_aside: int) -> None:
    """Retention goes by ids: one that lies would outlive its time, or have no partition."""
    at_ms = ms_ago(2)
    lying = an_event(code, at_ms=at_ms + seconds * 1000)._replace(at_ms=at_ms)
    assert ingest([a_block(lying, an_event(code))]) == Counted(ingested=2 - set_aside, set_aside=set_aside)
    assert all("another time" in aside.reason for aside in SetAsideRecord.objects.all())


@on_sqlite
def test_without_partitions_there_is_nothing_to_prepare() -> None:
    prepare_days()
    assert retention.prepare_days() == []
