"""Recounts from raw scans what rollups say, tells where the two differ, and puts it right when asked to.

Only whole days inside raw retention can be recounted. Ingestion goes on meanwhile.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractMinute, TruncHour
from django.utils import timezone

from accounts.models import Workspace
from analytics.models import LocalDay, QuarterHour, Scan, ScanClass, Scope
from analytics.periods import QUARTER
from analytics.rollups.days import recount_visitors as recount_days
from analytics.rollups.scopes import COLUMN_OF
from analytics.upserts import add_up
from links.models import Code, Link, LinkCounter


class Drift(NamedTuple):
    """One number that is not what a recount says. `start` is a quarter of an hour (UTC), a local day, or None: all."""

    scope: Scope
    scope_id: int
    start: datetime | date | None
    name: str  # a class, "visitors", or "other"
    shown: int
    recounted: int

    def __str__(self) -> str:
        when = self.start.isoformat() if self.start else "ever"
        return (
            f"{self.scope.label} {self.scope_id}, {when}, {self.name}: {self.shown} shown, {self.recounted} recounted"
        )


class Span(NamedTuple):
    """Whole days: in UTC for scans, in each workspace's zone for visitors, of which a day less at both ends is sure."""

    first: date
    last: date

    @classmethod
    def of_days(cls, days: int) -> "Span":
        """So many days up to today, as far as raw scans go back."""
        today = timezone.now().date()
        return cls(today - timedelta(days=min(days, settings.RAW_SCAN_DAYS - 1)), today)

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)


Subject = tuple[Scope, int]


def some_subjects(links: int) -> Iterator[Subject]:
    """Every workspace, and so many links, picked at random, with their codes."""
    for pk in Workspace.objects.values_list("pk", flat=True):
        yield Scope.WORKSPACE, pk
    chosen = list(Link.objects.order_by("?").values_list("pk", flat=True)[:links])
    for pk in chosen:
        yield Scope.LINK, pk
    for pk in Code.objects.filter(link__in=chosen).values_list("pk", flat=True):
        yield Scope.CODE, pk


def audit(subjects: Iterable[Subject], span: Span) -> Iterator[Drift]:
    """Every number of the subjects that differs from a recount."""
    for scope, scope_id in subjects:
        with transaction.atomic():
            _see_one_moment()
            yield from [
                *_drift_of_quarters(scope, scope_id, span),
                *_drift_of_uniques(scope, scope_id, span),
                *(_drift_of_counter(scope_id) if scope is Scope.LINK else ()),
            ]


def repair(drifts: Iterable[Drift]) -> None:
    """Set what was found to what a recount says now, each subject in a transaction of its own."""
    by_subject: dict[Subject, list[Drift]] = {}
    for drift in drifts:
        by_subject.setdefault((drift.scope, drift.scope_id), []).append(drift)
    for (scope, scope_id), found in by_subject.items():
        with transaction.atomic():
            _set_quarters(scope, scope_id, {drift.start for drift in found if isinstance(drift.start, datetime)})
            recount_days({(scope.value, scope_id, day) for day in _days_of(found)})
            if scope is Scope.LINK:
                _set_counter(scope_id)


def _days_of(drifts: Iterable[Drift]) -> Iterator[date]:
    for drift in drifts:
        if drift.start is not None and not isinstance(drift.start, datetime):
            yield drift.start


def _see_one_moment() -> None:
    """Scans ingested between two questions would look like drift; SQLite's transactions see one moment anyway."""
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


# --- Quarters of an hour -----------------------------------------------------------------------------


def _drift_of_quarters(scope: Scope, scope_id: int, span: Span) -> Iterator[Drift]:
    rows = QuarterHour.objects.filter(scope=scope, scope_id=scope_id, start__gte=span.since, start__lt=span.until)
    by_start = rows.values_list("start", *ScanClass.values)
    shown = {start: dict(zip(ScanClass.values, counts, strict=True)) for start, *counts in by_start}
    recounted = _recounted_quarters(_scans_of(scope, scope_id).filter(at__gte=span.since, at__lt=span.until))
    for start in sorted(shown.keys() | recounted.keys()):
        for name in ScanClass.values:
            numbers = shown.get(start, {}).get(name, 0), recounted.get(start, {}).get(name, 0)
            if numbers[0] != numbers[1]:
                yield Drift(scope, scope_id, start, name, *numbers)


def _recounted_quarters(scans: QuerySet[Scan]) -> dict[datetime, dict[str, int]]:
    """Scans by quarter of an hour and class."""
    by_minute = scans.annotate(hour=TruncHour("at", tzinfo=UTC), minute=ExtractMinute("at", tzinfo=UTC))
    counts: dict[datetime, dict[str, int]] = {}
    for hour, minute, name, n in by_minute.values_list("hour", "minute", "scan_class").annotate(n=Count("*")):
        quarter = counts.setdefault(hour + minute // 15 * QUARTER, {})
        quarter[name] = quarter.get(name, 0) + n
    return counts


def _set_quarters(scope: Scope, scope_id: int, starts: set[datetime]) -> None:
    key = ("scope", "scope_id", "start")
    # Adding nothing makes and locks the rows: who ingests meanwhile adds to what is set here.
    nothing = dict.fromkeys(ScanClass.values, 0)
    add_up(QuarterHour, [{"scope": scope, "scope_id": scope_id, "start": start} | nothing for start in starts], key=key)
    for start in sorted(starts):
        scans = _scans_of(scope, scope_id).filter(at__gte=start, at__lt=start + QUARTER)
        counts = _recounted_quarters(scans).get(start, {})
        QuarterHour.objects.filter(scope=scope, scope_id=scope_id, start=start).update(**nothing | counts)


# --- Unique visitors ---------------------------------------------------------------------------------


def _drift_of_uniques(scope: Scope, scope_id: int, span: Span) -> Iterator[Drift]:
    rows = LocalDay.objects.filter(scope=scope, scope_id=scope_id, date__range=(span.first, span.last))
    shown = dict(rows.values_list("date", "visitors"))
    humans = _scans_of(scope, scope_id).filter(
        # No zone's day begins or ends further from UTC's.
        at__range=(span.since - timedelta(hours=14), span.until + timedelta(hours=14)),
        local_date__range=(span.first, span.last),
        scan_class=ScanClass.HUMAN,
    )
    recounted = dict(humans.exclude(visitor="").values_list("local_date").annotate(n=Count("visitor", distinct=True)))
    for day in sorted(shown.keys() | recounted.keys()):
        if (numbers := (shown.get(day, 0), recounted.get(day, 0)))[0] != numbers[1]:
            yield Drift(scope, scope_id, day, "visitors", *numbers)


# --- Totals of links ---------------------------------------------------------------------------------


def _drift_of_counter(link_id: int) -> Iterator[Drift]:
    """Totals reach back beyond raw scans: they are compared with the quarters that they are the sum of."""
    counter = LinkCounter.objects.filter(link=link_id).first()
    for name, total in _totals_of(link_id).items():
        shown = getattr(counter, name) if counter else 0
        if shown != total:
            yield Drift(Scope.LINK, link_id, None, name, shown, total)


def _totals_of(link_id: int) -> dict[str, int]:
    sums = QuarterHour.objects.filter(scope=Scope.LINK, scope_id=link_id).aggregate(
        **{name: Sum(name, default=0) for name in ScanClass.values}
    )
    human = sums.pop(ScanClass.HUMAN)
    return {"human": human, "other": sum(sums.values())}


def _set_counter(link_id: int) -> None:
    # Locked before the sums are read: who ingests adds to quarters first and to the counter last.
    locked = LinkCounter.objects.select_for_update().filter(link=link_id)
    for _ in locked:
        locked.update(**_totals_of(link_id))


def _scans_of(scope: Scope, scope_id: int) -> QuerySet[Scan]:
    """Raw scans of one subject; those of a code by way of its link, which has an index."""
    scans = Scan.objects.filter(**{COLUMN_OF[scope]: scope_id})
    if scope is Scope.CODE:
        scans = scans.filter(link_id__in=Code.objects.filter(pk=scope_id).values("link_id"))
    return scans
