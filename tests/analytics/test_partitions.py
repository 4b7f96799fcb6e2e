"""Partitions of raw scans on PostgreSQL: made ahead, removed when their day is over, and carried over to."""

import importlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from analytics import partitions, retention
from analytics.ingest import Counted, ingest
from analytics.models import Scan, SetAsideRecord
from links.models import Code, Segment
from links.scan_events import EventIds
from tests.links.factories import a_block, an_event

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no partitions")


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def days() -> list[date]:
    with connection.cursor() as cursor:
        return sorted(partitions.attached(cursor))


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith(f"{partitions.TABLE}_")}


@pytest.fixture
def only_days(db: None) -> None:
    """As in production: no partition for any other time."""
    run("DROP TABLE any_earlier_scan, any_later_scan")


@pytest.fixture
def before_and_after(transactional_db: None) -> Iterator[None]:
    """Partitions are removed outside of transactions: what a test has done to them is undone by hand."""
    run("ALTER TABLE analytics_scan DETACH PARTITION any_earlier_scan")
    yield
    for old in days():
        if old < retention.first_day_kept(timezone.now()):
            run(f"DROP TABLE {partitions.name_of(old)}")
    retention.prepare_days()
    first = partitions.first_id(partitions.midnight(days()[0]))
    run(f"ALTER TABLE analytics_scan ATTACH PARTITION any_earlier_scan FOR VALUES FROM (MINVALUE) TO ('{first}')")


@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_an_id_lies_between_the_first_ids_of_its_day_and_the_next(at: datetime) -> None:
    event_id = UUID(hex=EventIds().new(int(at.timestamp() * 1000)))
    today = partitions.midnight(at.date())
    assert partitions.first_id(today) <= event_id < partitions.first_id(today + timedelta(days=1))
    assert partitions.first_id(at) <= event_id


@on_postgresql
def test_every_day_from_the_horizon_to_a_week_ahead_has_a_partition(only_days: None, settings: Settings) -> None:
    today = timezone.now().date()
    assert set(partitions.days_wanted(today, settings.RAW_SCAN_DAYS)) <= set(days())
    assert partitions.days_ahead(today) >= 6, "seven, unless the database was made just before midnight"


@on_postgresql
def test_missing_partitions_are_made_and_those_that_are_there_are_left_alone(only_days: None) -> None:
    run(f"DROP TABLE {partitions.name_of(timezone.now().date() + timedelta(days=2))}")
    assert partitions.days_ahead(timezone.now().date()) == 1
    later = timezone.now() + timedelta(days=1)
    assert len(retention.prepare_days(later)) == 2, "the one that was lost, and one more day"
    assert retention.prepare_days(later) == []
    assert partitions.days_ahead(later.date()) == 7


@on_postgresql
def test_a_longer_retention_makes_earlier_partitions(only_days: None, settings: Settings) -> None:
    settings.RAW_SCAN_DAYS += 3
    assert len(retention.prepare_days()) == 3


@on_postgresql
def test_a_scan_lies_in_the_partition_of_its_day(only_days: None, code: Code) -> None:
    at = timezone.now() - timedelta(days=40)
    ingest([a_block(an_event(code, at_ms=int(at.timestamp() * 1000)), an_event(code))])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {partitions.name_of(at.date())}")  # noqa: S608 - a name of ours
        assert cursor.fetchone() == (1,)
    assert Scan.objects.count() == 2


@on_postgresql
def test_a_scan_without_a_partition_is_set_aside_and_blocks_nothing(only_days: None, code: Code) -> None:
    """Nobody has made partitions for a week."""
    run(f"DROP TABLE {partitions.name_of(timezone.now().date())}")
    yesterday = int((timezone.now() - timedelta(days=1)).timestamp() * 1000)
    blocks = [a_block(an_event(code), an_event(code, at_ms=yesterday))]
    assert ingest(blocks) == Counted(ingested=1, set_aside=1)
    assert "no partition" in SetAsideRecord.objects.get().reason
    assert (Segment.objects.get().ingested, Segment.objects.get().set_aside) == (1, 1)
    retention.prepare_days()
    assert ingest(blocks) == Counted(ingested=1, duplicate=1), "once there is one, it is counted"


@on_postgresql
def test_days_that_are_over_go_while_others_read(before_and_after: None, code: Code, settings: Settings) -> None:
    earlier = [retention.first_day_kept(timezone.now()) - timedelta(days=n) for n in (1, 2)]
    partitions.make(earlier)
    at_ms = int(partitions.midnight(earlier[0]).timestamp() * 1000)
    settings.RAW_SCAN_DAYS += 2
    ingest([a_block(an_event(code, at_ms=at_ms), an_event(code))])
    settings.RAW_SCAN_DAYS -= 2
    retention.forget_old_scans()
    assert Scan.objects.count() == 1
    assert not {partitions.name_of(day) for day in earlier} & tables(), "dropped, not only detached"
    retention.forget_old_scans()


@on_postgresql
def test_what_an_interrupted_removal_left_is_removed(before_and_after: None) -> None:
    kept = retention.first_day_kept(timezone.now())
    detached, pending = kept - timedelta(days=1), kept - timedelta(days=2)
    partitions.make([detached, pending])
    run(f"ALTER TABLE analytics_scan DETACH PARTITION {partitions.name_of(detached)}")
    with connection.cursor() as cursor:
        name = partitions.name_of(pending)
        cursor.execute("UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = %s::regclass", [name])
    assert partitions.remove_before(kept) == [pending, detached]
    assert not {partitions.name_of(day) for day in (detached, pending)} & tables()


@on_postgresql
def test_whoever_comes_second_leaves_the_removal_to_the_first(before_and_after: None) -> None:
    kept = retention.first_day_kept(timezone.now())
    partitions.make([kept - timedelta(days=1)])
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [partitions.REMOVING])
        assert partitions.remove_before(kept) == []
        cursor.execute("SELECT pg_advisory_unlock(%s)", [partitions.REMOVING])
    other.close()
    assert partitions.remove_before(kept) == [kept - timedelta(days=1)]


@on_postgresql
def test_what_asks_for_some_time_reads_the_partitions_of_that_time(code: Code) -> None:
    noon = partitions.midnight(timezone.now().date()) + timedelta(hours=12)
    scans = partitions.between(Scan.objects.filter(link_id=code.link_id), noon - timedelta(days=1), noon)
    wanted = {partitions.name_of(noon.date() - timedelta(days=n)) for n in (0, 1)}
    assert set(re.findall(rf"{partitions.TABLE}_\d{{8}}(?!_)", scans.order_by("-at").explain())) == wanted


@pytest.mark.parametrize("before_end", [0, 1])
def test_the_time_asked_for_begins_and_ends_to_the_microsecond(code: Code, before_end: int) -> None:
    now = timezone.now()
    ingest([a_block(an_event(code))])
    Scan.objects.update(at=now)
    of_link, least = Scan.objects.filter(link_id=code.link_id), timedelta(microseconds=1)
    assert partitions.between(of_link, now, now + before_end * least).count() == before_end
    assert partitions.between(of_link, now + (1 - before_end) * least, now + least).count() == before_end


@on_postgresql
def test_the_migration_carries_scans_over(code: Code, only_days: None) -> None:
    migration = importlib.import_module("analytics.migrations.0005_scans_by_day")
    ingest([a_block(an_event(code), an_event(code))])
    before = list(Scan.objects.order_by("pk").values())
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("CREATE TABLE plain (LIKE analytics_scan INCLUDING DEFAULTS)")
        cursor.execute("INSERT INTO plain SELECT * FROM analytics_scan")
        # One that was due to go.
        old = partitions.first_id(timezone.now() - timedelta(days=500))
        cursor.execute("CREATE TABLE old AS SELECT * FROM plain LIMIT 1")
        cursor.execute("UPDATE old SET event_id = %s", [old])
        cursor.execute("INSERT INTO plain SELECT * FROM old")
        cursor.execute("DROP TABLE analytics_scan")
        cursor.execute("ALTER TABLE plain RENAME TO analytics_scan")
    with connection.schema_editor() as editor:
        editor.deferred_sql = []
        migration.partition_scans(apps, editor)
    assert list(Scan.objects.order_by("pk").values()) == before
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, partitions.TABLE)
    assert {name for name, one in found.items() if one["primary_key"]} == {"analytics_scan_pkey"}
    assert {"recent_scans_of_a_link", "recent_scans_of_a_workspace"} <= found.keys()
    assert ingest([a_block(an_event(code))]).ingested == 1
