"""Retention: what is known of single scans goes when its time is over, at most a day late; rollups stay."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from analytics import partitions
from analytics.models import ErasedScan, Erasure, OrphanScan, Scan
from links.models import Segment

# A host's clock may be set back, and a block may wait in the stream after its segment is gone.
LATE = timedelta(days=1)
# SQLite has one writer: ingestion takes its turn between chunks, so each is a matter of milliseconds.
AT_ONCE = 500


def first_day_kept(now: datetime) -> date:
    """The first day (UTC) of which raw scans are kept; all of an earlier one are older than RAW_SCAN_DAYS."""
    return (now - timedelta(days=settings.RAW_SCAN_DAYS)).date()


def prepare_days(now: datetime | None = None) -> list[date]:
    """Make the partitions that the coming week needs, and any that a longer retention does; returns their days."""
    if connection.vendor != "postgresql":
        return []
    today = (now or timezone.now()).date()
    return partitions.make(partitions.days_wanted(today, settings.RAW_SCAN_DAYS))


def forget_old_scans(now: datetime | None = None) -> None:
    """Remove the days that are over: as partitions on PostgreSQL, in short transactions elsewhere."""
    moment = now or timezone.now()
    day = first_day_kept(moment)
    if connection.vendor == "postgresql":
        partitions.remove_before(day)
    else:
        # The order of the primary key: oldest first.
        forget_in_chunks(Scan.objects.filter(event_id__lt=partitions.first_id(partitions.midnight(day))), "event_id")
    forget_in_chunks(OrphanScan.objects.filter(at__lt=partitions.midnight(day)), "at")
    forget_in_chunks(ErasedScan.objects.filter(event_id__lt=partitions.first_id(may_come_since(moment))), "pk")
    forget_old_erasures(moment)


def may_come_since(now: datetime | None = None) -> datetime:
    """Scans of before cannot come again: their segments are gone, counted to the last record.

    Whoever counts a record adds to its segment's row in the same transaction, the row goes after the file, and a
    segment's name begins with the moment it was begun, which is before all that is in it.
    """
    moment = now or timezone.now()
    oldest = Segment.objects.order_by("name").values_list("name", flat=True).first()
    begun = moment if oldest is None else _begun(oldest)
    return max(min(begun, moment) - LATE, partitions.midnight(first_day_kept(moment)))


def _begun(segment: str) -> datetime:
    digits = segment.partition("-")[0]
    return datetime.fromtimestamp(int(digits) / 1000 if len(digits) == 13 and digits.isdecimal() else 0, UTC)


def forget_in_chunks(rows: models.QuerySet[Any], order: str) -> int:
    """Delete rows, some at a time, each time in a transaction of its own; returns how many."""
    deleted = 0
    while chunk := list(rows.order_by(order).values_list("pk", flat=True)[:AT_ONCE]):
        started = time.monotonic()
        deleted += rows.model._default_manager.filter(pk__in=chunk).delete()[0]
        # As long a rest as it took: whoever waits for SQLite's lock asks for it every so many milliseconds.
        time.sleep(time.monotonic() - started)
    return deleted


def forget_old_erasures(now: datetime) -> None:
    """Scans of before the horizon are set aside anyway; what was erased stays on the list as long as raw scans do."""
    horizon = now - timedelta(days=settings.RAW_SCAN_DAYS)
    Erasure.objects.filter(until__lt=horizon, created_at__lt=horizon).exclude(done_at=None).delete()
