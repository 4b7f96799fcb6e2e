"""Recounts from raw scans what rollups say, tells where the two differ, and puts it right when asked to.

Only whole days inside raw retention can be recounted. Ingestion goes on meanwhile, and waits while something is put
right.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Workspace
from analytics import recounts
from analytics.locks import count_alone
from analytics.models import Breakdown, Dimension, DimensionValue, LocalDay, QuarterHour, Scan, Scope
from analytics.partitions import between
from analytics.periods import QUARTER
from analytics.rebuild import refill_counters, refill_day, refill_quarters, refill_visitors, totals_of
from analytics.rollups.breakdowns import IDS
from analytics.rollups.days import around
from analytics.rollups.scopes import CLASSES, scans_of
from links.models import Campaign, Code, Link, LinkCounter

# SQLite takes 999 parameters and more.
IDS_AT_ONCE = 500
AnyStart = TypeVar("AnyStart", date, datetime)


class Drift(NamedTuple):
    """One number that is not what a recount says. `start` is a quarter of an hour (UTC), a local day, or None: all."""

    scope: Scope
    scope_id: int
    start: datetime | date | None
    name: str  # a class, "visitors", "other", or a class with a dimension and its value
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
    """Every workspace and campaign, and so many links, picked at random, with their codes."""
    for pk in Workspace.objects.values_list("pk", flat=True):
        yield Scope.WORKSPACE, pk
    for pk in Campaign.objects.values_list("pk", flat=True):
        yield Scope.CAMPAIGN, pk
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
                *_drift_of_days(scope, scope_id, span),
                *_drift_of_breakdowns(scope, scope_id, span),
                *(_drift_of_counter(scope_id) if scope is Scope.LINK else ()),
            ]


def repair(drifts: Iterable[Drift]) -> None:
    """Set what was found to what a recount says now, each subject in a transaction of its own."""
    by_subject: dict[Subject, list[Drift]] = {}
    for drift in drifts:
        by_subject.setdefault((drift.scope, drift.scope_id), []).append(drift)
    for (scope, scope_id), found in by_subject.items():
        with transaction.atomic():
            count_alone()
            scans = scans_of(scope, scope_id)
            for start in sorted({drift.start for drift in found if isinstance(drift.start, datetime)}):
                refill_quarters(scope, scans, [scope_id], start, start + QUARTER)
            for day in sorted(set(_days_of(found))):
                refill_day(scope, scans, [scope_id], day)
                refill_visitors(scope, scope_id, scans, day)
            if scope is Scope.LINK:
                refill_counters([scope_id])


def _days_of(drifts: Iterable[Drift]) -> Iterator[date]:
    for drift in drifts:
        if drift.start is not None and not isinstance(drift.start, datetime):
            yield drift.start


def _see_one_moment() -> None:
    """Scans ingested between two questions would look like drift; SQLite's transactions see one moment anyway."""
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


# --- Quarters of an hour and days --------------------------------------------------------------------


def _drift_of_quarters(scope: Scope, scope_id: int, span: Span) -> Iterator[Drift]:
    rows = QuarterHour.objects.filter(scope=scope, scope_id=scope_id, start__gte=span.since, start__lt=span.until)
    shown = {start: counts for start, *counts in rows.values_list("start", *CLASSES)}
    scans = between(scans_of(scope, scope_id), span.since, span.until)
    recounted = {start: counts for (_, _, start), counts in recounts.quarters(scans, scope).items()}
    yield from _drift_of_columns(scope, scope_id, CLASSES, shown, recounted)


def _drift_of_days(scope: Scope, scope_id: int, span: Span) -> Iterator[Drift]:
    rows = LocalDay.objects.filter(scope=scope, scope_id=scope_id, date__range=(span.first, span.last))
    shown = {day: counts for day, *counts in rows.values_list("date", *CLASSES, "visitors")}
    scans = _scans_of_days(scope, scope_id, span)
    uniques = recounts.uniques(scans, scope)
    recounted = {key[2]: [*counts, uniques.get(key, 0)] for key, counts in recounts.days(scans, scope).items()}
    yield from _drift_of_columns(scope, scope_id, (*CLASSES, "visitors"), shown, recounted)


def _drift_of_columns(
    scope: Scope,
    scope_id: int,
    names: Sequence[str],
    shown: Mapping[AnyStart, Sequence[int]],
    recounted: Mapping[AnyStart, Sequence[int]],
) -> Iterator[Drift]:
    nothing = [0] * len(names)
    for start in sorted(shown.keys() | recounted.keys()):
        pairs = zip(names, shown.get(start, nothing), recounted.get(start, nothing), strict=True)
        yield from (Drift(scope, scope_id, start, *numbers) for numbers in pairs if numbers[1] != numbers[2])


# --- Breakdowns --------------------------------------------------------------------------------------


def _drift_of_breakdowns(scope: Scope, scope_id: int, span: Span) -> Iterator[Drift]:
    rows = Breakdown.objects.filter(scope=scope, scope_id=scope_id, date__range=(span.first, span.last))
    numbers = list(rows.values_list("dimension", "scan_class", "date", "value", "n"))
    words = _texts_of({value for dimension, _, _, value, _ in numbers if dimension not in IDS})
    shown = {
        (scope.value, scope_id, dimension, place, day, value if dimension in IDS else words[value]): n
        for dimension, place, day, value, n in numbers
    }
    recounted = recounts.breakdowns(_scans_of_days(scope, scope_id, span), scope)
    for key in sorted(shown.keys() | recounted.keys(), key=str):
        _, _, dimension, place, day, value = key
        if (pair := (shown.get(key, 0), recounted.get(key, 0)))[0] != pair[1]:
            name = f"{CLASSES[place]} with {Dimension(dimension).label.lower()} {value!s:.60}"
            yield Drift(scope, scope_id, day, name, *pair)


def _texts_of(ids: set[int]) -> dict[int, str]:
    """The words of these ids; where there is none, its number."""
    texts = {id_: f"#{id_}" for id_ in ids}
    remaining = sorted(ids)
    for start in range(0, len(remaining), IDS_AT_ONCE):
        words = DimensionValue.objects.filter(pk__in=remaining[start : start + IDS_AT_ONCE])
        texts |= dict(words.values_list("pk", "text"))
    return texts


# --- Totals of links ---------------------------------------------------------------------------------


def _drift_of_counter(link_id: int) -> Iterator[Drift]:
    """Totals reach back beyond raw scans: they are compared with the quarters that they are the sum of."""
    counter = LinkCounter.objects.filter(link=link_id).first()
    for name, total in totals_of([link_id])[link_id].items():
        shown = getattr(counter, name) if counter else 0
        if shown != total:
            yield Drift(Scope.LINK, link_id, None, name, shown, total)


def _scans_of_days(scope: Scope, scope_id: int, span: Span) -> QuerySet[Scan]:
    days = (span.first, span.last)
    return between(scans_of(scope, scope_id).filter(local_date__range=days), *around(*days))
