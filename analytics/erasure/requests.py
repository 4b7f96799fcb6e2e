"""Asking for scans to be erased: which days that is, what will go, and the row from which on they cannot come back."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import ApiKey, User, Workspace
from analytics.exports.erased import may_hold, take_away_exports
from analytics.exports.models import Export
from analytics.locks import count_alone
from analytics.models import Erasure, QuarterHour, Scan, ScanClass, Scope
from analytics.partitions import between, midnight
from analytics.retention import first_day_kept
from links.models import Link

# Before any code was ever scanned: a day that zones and databases can still calculate with.
EARLIEST = date(2000, 1, 1)


class ErasureRefused(ValueError):
    """Why these days cannot be erased, in words for whoever asked; `field` is what to change: "from" or "to"."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Days:
    """Whole days in a workspace's zone, both included; of today the part that is over."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def parse(cls, workspace: Workspace, first: date, last: date) -> "Days":
        """Raises ErasureRefused."""
        zone = ZoneInfo(workspace.current_timezone)
        if last > timezone.now().astimezone(zone).date():
            raise ErasureRefused("to", "The last day must not be in the future: scans that are to come are new ones.")
        if first > last:
            raise ErasureRefused("from", "The first day must not be after the last one.")
        return cls(max(first, EARLIEST), max(last, EARLIEST), zone)

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """When the last day is over, be it later than now."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)


@dataclass(frozen=True)
class Consequence:
    """What an erasure would take away, for whoever is about to confirm it."""

    raw_scans: int
    counted_scans: int
    export_files: int
    recounted_from: date

    @classmethod
    def of(cls, workspace: Workspace, link: Link | None, days: Days) -> "Consequence":
        scope, scope_id = (Scope.LINK, link.pk) if link else (Scope.WORKSPACE, workspace.pk)
        quarters = QuarterHour.objects.filter(scope=scope, scope_id=scope_id, start__gte=days.since, start__lt=days.end)
        sums = quarters.aggregate(**{name: Sum(name, default=0) for name in ScanClass.values})
        link_id = link.pk if link else None
        raw = scans_within(workspace.pk, link_id, days.since, days.end)
        exports = Export.objects.filter(workspace=workspace).exclude(done_at=None)
        files = sum(may_hold(export, link_id, days.since, days.end) for export in exports)
        # Of the first day that is kept a part may be gone in this zone.
        kept = midnight(first_day_kept(timezone.now())).astimezone(days.zone).date() + timedelta(days=1)
        return cls(raw.count(), sum(sums.values()), files, kept)


def scans_within(workspace_id: int, link_id: int | None, since: datetime, until: datetime) -> QuerySet[Scan]:
    """Raw scans of a workspace, or of one of its links."""
    of_link = Q(link_id=link_id) if link_id else Q()
    return between(Scan.objects.filter(of_link, workspace_id=workspace_id), since, until)


def request_erasure(
    workspace: Workspace, link: Link | None, days: Days, *, user: User | None = None, api_key: ApiKey | None = None
) -> Erasure:
    """Write the row; then export files go, which the job sees to where this is interrupted."""
    erasure = _write_row(workspace, link, days, user, api_key)
    take_away_exports(erasure)
    erasure.refresh_from_db()
    return erasure


@transaction.atomic
def _write_row(workspace: Workspace, link: Link | None, days: Days, user: User | None, key: ApiKey | None) -> Erasure:
    """Whatever falls into it is in the database by now, for the job to find, or will be dropped.

    Ingestion takes its lock before it asks for erasures, so there is nothing in between: an ingester that began before
    this one got the lock to itself has committed, and one that begins later sees the row.
    """
    count_alone()
    return Erasure.objects.create(
        workspace_id=workspace.pk,
        link_id=link.pk if link else None,
        first_day=days.first,
        last_day=days.last,
        since=days.since,
        until=min(days.end, timezone.now()),
        created_by=user,
        api_key=key,
    )
