"""Every question the dashboard and the API ask about scans; the only reader of rollups."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Self

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from analytics.models import LocalDay, Scan, Scope
from analytics.periods import Interval, Period
from links.models import Code, Link

_SERIES_SQL = (Path(__file__).parent / "sql" / "series.sql").read_text()


@dataclass(frozen=True)
class Counts:
    """Scans of each class, in the order in which rollups keep them."""

    human: int = 0
    preview: int = 0
    prefetch: int = 0
    bot: int = 0
    scanner: int = 0
    internal: int = 0
    head: int = 0

    @property
    def others(self) -> int:
        """Everything that is no human."""
        return self.preview + self.prefetch + self.bot + self.scanner + self.internal + self.head

    @classmethod
    def total(cls, parts: Iterable[Self]) -> Self:
        return cls(*(sum(column) for column in zip(*(astuple(part) for part in parts), strict=True)))


@dataclass(frozen=True)
class Point:
    """What happened from `start` until the next point's start; hours have no unique visitors of their own."""

    start: datetime
    counts: Counts
    unique_visitors: int | None


@dataclass(frozen=True)
class Series:
    """Scans over a period: zero-filled points in order, and what they add up to."""

    period: Period
    counts: Counts
    unique_visitors: int
    unique_visitors_definition: str
    points: Sequence[Point]
    as_of: datetime


@dataclass(frozen=True)
class RecentScan:
    """One scan and the code that was followed."""

    scan: Scan
    code: Code | None


def as_of() -> datetime:
    """The moment up to which answers are complete: that of answering, for ingestion follows within a second."""
    return timezone.now()


def scan_series(scope: Scope, scope_id: int, period: Period) -> Series:
    """Scans and unique visitors of one code, link or workspace; two queries whatever the period."""
    answered_at = as_of()
    starts = period.starts()
    counts = _counts_by_point(scope, scope_id, [*starts, period.end])
    uniques = _uniques_by_point(scope, scope_id, period, starts)
    by_hour = period.interval is Interval.HOUR
    points = [
        Point(start, counts.get(number, Counts()), None if by_hour else uniques[number])
        for number, start in enumerate(starts)
    ]
    return Series(
        period=period,
        counts=Counts.total(point.counts for point in points),
        unique_visitors=sum(uniques),
        unique_visitors_definition=unique_visitors_definition(period),
        points=points,
        as_of=answered_at,
    )


def unique_visitors_definition(period: Period) -> str:
    """What the number of unique visitors of a period means: they are exact per local day, and only that."""
    one_day = period.first_date == period.last_date
    definition = "unique visitors of one local day" if one_day else "sum of daily uniques"
    return definition if period.is_whole_days else f"{definition}, over every local day the range touches"


def recent_scans(link: Link, limit: int) -> list[RecentScan]:
    """The newest scans of a link, newest first, each with its code; two queries."""
    scans = list(scans_of(link)[:limit])
    codes = Code.objects.in_bulk({scan.code_id for scan in scans})
    return [RecentScan(scan, codes.get(scan.code_id)) for scan in scans]


def scans_of(link: Link) -> QuerySet[Scan]:
    """Raw scans of a link, newest first."""
    return Scan.objects.filter(link_id=link.pk).order_by("-at", "-event_id")


def scans_ever(link: Link) -> int:
    """How many scans of any class a link ever had. It changes with every scan that is counted; one row is read."""
    counter = getattr(link, "counter", None)
    return counter.human + counter.other if counter else 0


def _counts_by_point(scope: Scope, scope_id: int, edges: Sequence[datetime]) -> dict[int, Counts]:
    """Counts by the number of the point; points without any scan are left out."""
    adapted = [connection.ops.adapt_datetimefield_value(edge) for edge in edges]
    rows = [value for number, (start, end) in enumerate(pairwise(adapted)) for value in (number, start, end)]
    sql = _SERIES_SQL.replace("{points}", ", ".join(["(%s, %s, %s)"] * (len(edges) - 1)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*rows, scope, scope_id])
        return {number: Counts(*map(int, sums)) for number, *sums in cursor.fetchall()}


def _uniques_by_point(scope: Scope, scope_id: int, period: Period, starts: Sequence[datetime]) -> list[int]:
    """Daily uniques added up into the points that the days begin in."""
    first_dates: list[date] = [start.astimezone(period.zone).date() for start in starts]
    days = LocalDay.objects.filter(
        scope=scope, scope_id=scope_id, date__range=(period.first_date, period.last_date)
    ).values_list("date", "visitors")
    uniques = [0] * len(starts)
    for day, visitors in days:
        uniques[bisect_right(first_dates, day) - 1] += visitors
    return uniques
