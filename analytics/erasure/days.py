"""Sets of days as an erasure keeps them: lists of [first, last], as ISO dates, in order."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

Ranges = list[list[str]]


def ranges_of(days: Iterable[date]) -> Ranges:
    ranges: list[list[date]] = []
    for day in sorted(set(days)):
        if ranges and ranges[-1][1] + timedelta(days=1) == day:
            ranges[-1][1] = day
        else:
            ranges.append([day, day])
    return [[first.isoformat(), last.isoformat()] for first, last in ranges]


def days_of(ranges: Iterable[Sequence[str]]) -> Iterator[date]:
    for first, last in ranges:
        yield from days_between(date.fromisoformat(first), date.fromisoformat(last))


def days_between(first: date, last: date) -> Iterator[date]:
    """Both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def joined(ranges: Ranges, days: Iterable[date]) -> Ranges:
    return ranges_of([*days_of(ranges), *days])
