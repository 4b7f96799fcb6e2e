"""Partitions of raw scans on PostgreSQL: a table a day, by the moment that an event id (UUIDv7) begins with.

There is no default partition: an event of a day without one is refused by the database, and set aside by ingestion.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

TABLE = "analytics_scan"
DAYS_AHEAD = 7
# A scan whose event id is of a moment further from its own is not counted.
MAX_APART = timedelta(minutes=1)
# The keys of PostgreSQL's advisory locks: numbers nobody else uses.
MAKING, REMOVING = 4_711_001, 4_711_002
Scans = TypeVar("Scans", bound=QuerySet[Any])
_NAME = re.compile(rf"{TABLE}_(\d{{8}})")


def first_id(at: datetime) -> UUID:
    """The least event id of a moment: ids of scans before it are smaller, those of later ones are not."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def between(scans: Scans, start: datetime, end: datetime) -> Scans:
    """Those at start ≤ at < end; PostgreSQL is told by event ids which partitions they can be in."""
    if connection.vendor == "postgresql":
        scans = scans.filter(event_id__gte=first_id(start - MAX_APART), event_id__lt=first_id(end + MAX_APART))
    return scans.filter(at__gte=start, at__lt=end)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def name_of(day: date) -> str:
    return f"{TABLE}_{day:%Y%m%d}"


def days_wanted(today: date, raw_days: int) -> list[date]:
    """The days that scans can be of: as far back as they are kept, and a week ahead."""
    return [today + timedelta(days=n) for n in range(-raw_days, DAYS_AHEAD + 1)]


def make(days: Iterable[date]) -> list[date]:
    """Make the partitions that are not there yet; returns their days. Scans are ingested meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        missing = sorted(set(days) - attached(cursor).keys())
        for day in missing:
            _make(cursor, day)
    return missing


def _make(cursor: CursorWrapper, day: date) -> None:
    """Attached when it is made: CREATE TABLE … PARTITION OF would lock the whole table, this does not."""
    name, start, end = name_of(day), first_id(midnight(day)), first_id(midnight(day + timedelta(days=1)))
    # One that was detached and not dropped, in a day that is wanted again: what it holds was due to go.
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING ALL)")
    cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')")


def attached(cursor: CursorWrapper) -> dict[date, bool]:
    """The days that have a partition, and whether its removal was begun and not finished."""
    cursor.execute(
        "SELECT relname, inhdetachpending FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
        "WHERE inhparent = %s::regclass",
        [TABLE],
    )
    return {_day_of(name): pending for name, pending in cursor.fetchall() if _NAME.fullmatch(name)}


def days_ahead(today: date) -> int:
    """How many days after today have their partition, without a gap."""
    with connection.cursor() as cursor:
        days = attached(cursor)
    ahead = 0
    while today + timedelta(days=ahead + 1) in days:
        ahead += 1
    return ahead


def remove_before(day: date) -> list[date]:
    """Remove the partitions of earlier days while scans are ingested and read; returns their days.

    Not in a transaction: DETACH CONCURRENTLY waits for those that may still read the partition. Whatever interrupted
    an earlier run, this one finishes it.
    """
    with connection.cursor() as cursor, _alone(cursor) as is_alone:
        if not is_alone:
            return []
        for old, is_pending in sorted(attached(cursor).items()):
            if old < day:
                how = "FINALIZE" if is_pending else "CONCURRENTLY"
                cursor.execute(f"ALTER TABLE {TABLE} DETACH PARTITION {name_of(old)} {how}")
        gone = [old for old in _detached(cursor) if old < day]
        for old in gone:
            cursor.execute(f"DROP TABLE {name_of(old)}")
    return gone


def _detached(cursor: CursorWrapper) -> list[date]:
    """Days whose tables are no partitions any more."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND relname LIKE %s "
        "AND pg_table_is_visible(oid)",
        [f"{TABLE}\\_%"],
    )
    return sorted(_day_of(name) for (name,) in cursor.fetchall() if _NAME.fullmatch(name))


@contextlib.contextmanager
def _alone(cursor: CursorWrapper) -> Iterator[bool]:
    """Whether nobody else removes partitions just now, and nobody does until this is over."""
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [REMOVING])
    (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [REMOVING])


def _day_of(name: str) -> date:
    return date.fromisoformat(name.removeprefix(f"{TABLE}_"))
