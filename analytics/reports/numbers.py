"""What reports answer with: plain frozen numbers, and what their words mean."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import NamedTuple, Self

from django.utils import timezone

from analytics.models import ScanClass
from analytics.periods import Period

HUMANS = frozenset({ScanClass.HUMAN})


class Source(StrEnum):
    """What an answer was made from. Raw scans end with their retention and take time that grows with scans."""

    ROLLUPS = "rollups"
    RAW = "raw scans"


class Refused(ValueError):
    """A question that makes sense but cannot be answered: which parameter to change, and how."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message


class Counts(NamedTuple):
    """Scans of each class, in the order in which rollups keep them. A series has thousands: tuples are made quickly."""

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
        return sum(self) - self.human

    def of(self, classes: Iterable[ScanClass]) -> int:
        """Scans of some classes together."""
        return adder(frozenset(classes))(self)

    @classmethod
    def total(cls, parts: Iterable[Self]) -> Self:
        return cls(*map(sum, zip(*parts, strict=True)))


NO_SCANS = Counts()


@cache
def adder(classes: frozenset[ScanClass]) -> Callable[[Counts], int]:
    """What adds scans of some classes up; for whoever does so at every point of a series."""
    names = [each.value for each in classes]
    if len(names) == 1:
        return attrgetter(names[0])
    take = attrgetter(*names)
    return lambda counts: sum(take(counts))


class Point(NamedTuple):
    """What happened from `start` until the next point's start. Unique visitors are None where nobody can know them."""

    start: datetime
    counts: Counts
    unique_visitors: int | None


@dataclass(frozen=True)
class Series:
    """Scans over a period: zero-filled points in order, and what they add up to."""

    period: Period
    counts: Counts
    unique_visitors: int | None
    unique_visitors_definition: str
    points: Sequence[Point]
    as_of: datetime
    source: Source = Source.ROLLUPS


@dataclass(frozen=True)
class BreakdownRow:
    """Scans with one value of a dimension. `value` is a word, or the id of a code, link or campaign."""

    value: str
    label: str
    scans: int
    share: float  # of all scans, 0 to 1
    compared: int | None = None  # scans with this value in the other period


@dataclass(frozen=True)
class BreakdownReport:
    """The most frequent values of a dimension, all others together, and the scans of which the value is not known.

    Rows, rest and unknown add up to the total, in the period and in the one it is compared with.
    """

    dimension: str
    period: Period
    rows: Sequence[BreakdownRow]
    rest: BreakdownRow | None
    rest_values: int  # how many values are in the rest
    unknown: BreakdownRow | None
    scans: int
    compared_scans: int | None
    as_of: datetime
    source: Source = Source.ROLLUPS


@dataclass(frozen=True)
class HeatMap:
    """Scans by weekday (Monday first) and hour of the local clock: rows[weekday][hour]."""

    period: Period
    rows: Sequence[Sequence[int]]
    as_of: datetime
    source: Source = Source.ROLLUPS

    @property
    def most(self) -> int:
        """The busiest hour's scans; 0 when there were none."""
        return max(max(row) for row in self.rows)


@dataclass(frozen=True)
class FirstAndLast:
    """When something was first and last scanned: the quarter of an hour (its start), or None for never."""

    first: datetime | None
    last: datetime | None
    as_of: datetime


def as_of() -> datetime:
    """The moment up to which answers are complete: that of answering, for ingestion follows within a second."""
    return timezone.now()


def change(now: int, before: int) -> float | None:
    """By which part a number grew (0.25) or shrank (−0.25); None when there was nothing before."""
    return (now - before) / before if before else None


def unique_visitors_definition(period: Period) -> str:
    """What the number of unique visitors of a period means: they are exact per local day, and only that."""
    one_day = period.first_date == period.last_date
    definition = "unique visitors of one local day" if one_day else "sum of daily uniques"
    return definition if period.is_whole_days else f"{definition}, over every local day the range touches"
