"""How many scans over time: the points of a period and what they add up to.

Whole local days of the workspace's own zone come from days where the range is long (or many links are added up), what
is left at its edges and every other zone from quarters of an hour.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from accounts.zones import midnight
from analytics import tag_months
from analytics.models import LocalDay, ScanClass
from analytics.periods import DAY, QUARTER, Period
from analytics.reports.filters import Filter, narrowed
from analytics.reports.numbers import (
    HUMANS,
    NO_SCANS,
    Counts,
    Point,
    Series,
    Source,
    as_of,
    unique_visitors_definition,
)
from analytics.reports.quarters import SECONDS_OF_A_QUARTER, quarters_by_point, refuse_too_many_quarters
from analytics.reports.raw import raw_series
from analytics.reports.subjects import Kind, Subject
from analytics.reports.words import counts_with_word
from analytics.rollups.days import NUMBERS

# Shorter ranges are read by quarters of an hour, which stay right when a workspace changes its zone. A month of these
# lies on thousands of pages of the disk.
LONG = timedelta(days=7)
Range = tuple[int, datetime, datetime]
Days = dict[date, tuple[Counts, int]]

_SERIES_SQL = (Path(__file__).parent.parent / "sql" / "series.sql").read_text()


def scan_series(
    subject: Subject, period: Period, filters: Sequence[Filter] = (), classes: Iterable[ScanClass] = HUMANS
) -> Series:
    """Scans and unique visitors of a subject, of every class; two queries whatever the period (a tag: three more).

    Filters leave only the scans with these values, and then only the classes asked for are counted: one word is read
    from rollups where points are days, everything else from raw scans. Raises Refused.
    """
    answered_at = as_of()
    subject, words = narrowed(subject, filters)
    if not words:
        return _series(subject, period, answered_at)
    if len(words) == 1 and period.has_days and is_by_day(subject, period):
        counts = counts_with_word(subject, period, words[0], frozenset(classes))
        return _of_words(period, _by_point(_dates(period, period.starts()), counts), answered_at, Source.ROLLUPS)
    return _of_words(period, raw_series(subject, period, words, frozenset(classes)), answered_at, Source.RAW)


def days_of(subject: Subject, first: date, last: date) -> Days:
    """The local days that had scans, their counts and unique visitors, as rollups keep them: one query, a tag three."""
    if subject.kind is Kind.TAG:
        days = tag_months.days_of(subject.id, subject.workspace.pk, subject.link_ids, first, last)
        return {day: (Counts(*counts), visitors) for day, (*counts, visitors) in days.items()}
    rows = LocalDay.objects.filter(scope=subject.scope, scope_id__in=subject.ids, date__range=(first, last))
    return {day: (Counts(*counts), visitors) for day, *counts, visitors in rows.values_list("date", *NUMBERS)}


def is_by_day(subject: Subject, period: Period) -> bool:
    """Whether what is kept by local day can answer: whole days of the workspace's own zone, not of a code alone."""
    in_own_zone = period.zone.key == subject.workspace.current_timezone
    return in_own_zone and period.is_whole_days and subject.kind is not Kind.CODE


def _series(subject: Subject, period: Period, answered_at: datetime) -> Series:
    in_own_zone = period.zone.key == subject.workspace.current_timezone
    starts = period.starts()
    dates = _dates(period, starts) if period.has_days else []
    days = days_of(subject, period.first_date, period.last_date) if in_own_zone else {}
    if in_own_zone and _reads_days(subject, period):
        counts = _counts_by_day(subject, period, dates, days)
    else:
        counts = _counts_by_point(subject, _ranges([*starts, period.end]))
    uniques = _uniques_by_point(dates, days) if in_own_zone and period.has_days else [None] * len(starts)
    points = [
        Point(start, counts.get(number, NO_SCANS), unique_visitors)
        for number, (start, unique_visitors) in enumerate(zip(starts, uniques, strict=True))
    ]
    return Series(
        period=period,
        counts=Counts.total(point.counts for point in points),
        unique_visitors=sum(visitors for _, visitors in days.values()) if in_own_zone else None,
        unique_visitors_definition=_definition(subject, period, in_own_zone),
        points=points,
        as_of=answered_at,
    )


def _definition(subject: Subject, period: Period, in_own_zone: bool) -> str:
    if not in_own_zone:
        return f"unknown: visitors are told apart by the days of {subject.workspace.current_timezone} only"
    definition = unique_visitors_definition(period)
    if subject.kind is Kind.TAG:
        return f"{definition}, over its links: a visitor of two of them counts twice"
    return definition


def _reads_days(subject: Subject, period: Period) -> bool:
    return period.has_days and (subject.kind is Kind.TAG or period.end - period.start > LONG)


def _counts_by_day(subject: Subject, period: Period, dates: Sequence[date], days: Days) -> dict[int, Counts]:
    """Whole local days from days, what is left before and after them from quarters of an hour."""
    first, last = period.whole_dates
    counts = _by_point(dates, {day: counts for day, (counts, _) in days.items() if first <= day <= last})
    edges = [(0, period.start, min(midnight(first, period.zone), period.end))]
    edges.append((len(dates) - 1, max(midnight(last + DAY, period.zone), edges[0][2]), period.end))
    for number, (_, start, end) in enumerate(edges):
        if start < end:
            at = edges[number][0]
            for more in _counts_by_point(subject, [(at, start, end)]).values():
                counts[at] = Counts.total([counts.get(at, NO_SCANS), more])
    return counts


def _by_point(dates: Sequence[date], counts: dict[date, Counts]) -> dict[int, Counts]:
    """Counts of days added up into the points that the days begin in."""
    parts: dict[int, list[Counts]] = defaultdict(list)
    for day, of_day in counts.items():
        parts[_point_of(day, dates)].append(of_day)
    return {number: some[0] if len(some) == 1 else Counts.total(some) for number, some in parts.items()}


def _point_of(day: date, dates: Sequence[date]) -> int:
    """The number of the point that a day begins in, or the first."""
    return max(0, bisect_right(dates, day) - 1)


def _dates(period: Period, starts: Sequence[datetime]) -> list[date]:
    """The local date on which each point begins."""
    return [start.astimezone(period.zone).date() for start in starts]


def _ranges(edges: Sequence[datetime]) -> list[Range]:
    return [(number, start, end) for number, (start, end) in enumerate(pairwise(edges))]


def _counts_by_point(subject: Subject, ranges: Sequence[Range]) -> dict[int, Counts]:
    """Counts by the number of the point; points without any scan are left out."""
    refuse_too_many_quarters(subject, ranges[0][1], ranges[-1][2])
    rows = quarters_by_point(_SERIES_SQL, subject, _stretches(ranges))
    return {number: Counts(*sums) for number, *sums in rows}


def _stretches(ranges: Sequence[Range]) -> list[tuple[int, datetime, datetime, int, int]]:
    """Neighbours of one length as one: a year by the hour is a few of them, one for each change of the clock."""
    found = list[Range]()
    lengths = list[timedelta]()
    for number, start, end in ranges:
        if found and end - start == lengths[-1] and start == found[-1][2]:
            found[-1] = (found[-1][0], found[-1][1], end)
        else:
            found.append((number, start, end))
            lengths.append(end - start)
    return [
        (number, start, end, int(start.timestamp()) // SECONDS_OF_A_QUARTER, length // QUARTER)
        for (number, start, end), length in zip(found, lengths, strict=True)
    ]


def _uniques_by_point(dates: Sequence[date], days: Days) -> list[int]:
    """Daily uniques added up into the points that the days begin in."""
    uniques = [0] * len(dates)
    for day, (_, visitors) in days.items():
        uniques[_point_of(day, dates)] += visitors
    return uniques


def _of_words(period: Period, counts: dict[int, Counts], answered_at: datetime, source: Source) -> Series:
    points = [Point(start, counts.get(number, NO_SCANS), None) for number, start in enumerate(period.starts())]
    return Series(
        period=period,
        counts=Counts.total(point.counts for point in points),
        unique_visitors=None,
        unique_visitors_definition="unknown: visitors are not told apart by this filter",
        points=points,
        as_of=answered_at,
        source=source,
    )
