"""Scans over time in words: headline numbers, the classes to choose from, the chart and the table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.models import ScanClass
from analytics.pages.changes import Change
from analytics.pages.chosen import Chosen
from analytics.periods import Interval, Period
from analytics.reports import Point, Series
from analytics.words import CLASSES


@dataclass(frozen=True)
class Figure:
    """One large number."""

    id: str
    name: str
    number: int
    explanation: str
    change: Change | None = None
    is_quiet: bool = False


@dataclass(frozen=True)
class ClassChoice:
    """A class of scans, how many there were, and the page with it added or taken away."""

    id: str
    name: str
    number: int | None  # None where only the chosen classes are counted
    explanation: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One point: its label in the chart, in full for the table, and its numbers, one for each chosen class."""

    label: str
    full: str
    numbers: Sequence[int]
    unique_visitors: int | None
    before: int | None


@dataclass(frozen=True)
class OverTime:
    """A series and the one it is compared with, as a page shows them."""

    chosen: Chosen
    series: Series
    before: Series | None
    who: str

    @property
    def figures(self) -> list[Figure]:
        return [figure for figure in (self._scans(), self._visitors(), self._others()) if figure is not None]

    @property
    def class_choices(self) -> list[ClassChoice]:
        return [
            ClassChoice(
                id=f"class-{name}",
                name=words.name,
                number=self._counted(name),
                explanation=words.explanation,
                address=self.chosen.address(classes=_toggled(self.chosen.classes, name)),
                is_chosen=name in self.chosen.classes,
            )
            for name, words in CLASSES.items()
        ]

    @property
    def shows_visitors(self) -> bool:
        return ScanClass.HUMAN in self.chosen.classes and self.series.points[0].unique_visitors is not None

    @property
    def class_names(self) -> list[str]:
        return [CLASSES[ScanClass(name)].name for name in self.chosen.classes]

    @property
    def point_name(self) -> str:
        return self.series.period.interval.value.capitalize()

    @property
    def rows(self) -> list[Row]:
        period, earlier = self.series.period, self._earlier()
        return [
            Row(*labels_of(start, period.interval), self._numbers(point), point.unique_visitors, before)
            for point, before in zip(self.series.points, earlier, strict=True)
            for start in [point.start.astimezone(period.zone)]
        ]

    @property
    def chart(self) -> dict[str, Any]:
        """What the chart is drawn from: a set of bars for each class, a line for the period before."""
        rows = self.rows
        sets: list[dict[str, Any]] = [
            {"label": name, "data": [row.numbers[place] for row in rows], "colour": f"--scan-{class_name}"}
            for place, (name, class_name) in enumerate(zip(self.class_names, self.chosen.classes, strict=True))
        ]
        if self.before is not None:
            line = {"label": "The period before", "data": [row.before for row in rows], "colour": "--scan-before"}
            sets.append({**line, "isBefore": True})
        return {"labels": [row.label for row in rows], "titles": [row.full for row in rows], "sets": sets}

    def _numbers(self, point: Point) -> list[int]:
        return [getattr(point.counts, name) for name in self.chosen.classes]

    def _earlier(self) -> list[int | None]:
        """Scans of the point of the same number in the period before; None where that has no such point."""
        points = self.before.points if self.before else []
        found: list[int | None] = [point.counts.of(self.chosen.scan_classes) for point in points]
        wanted = len(self.series.points)
        return (found + [None] * wanted)[:wanted]

    def _scans(self) -> Figure:
        now = self.series.counts.of(self.chosen.scan_classes)
        before = self.before.counts.of(self.chosen.scan_classes) if self.before else None
        words = f"How many times a code was followed {self.who}. A code that is scanned twice counts twice."
        return Figure("figure-scans", f"Scans {self.who}", now, words, Change.between(now, before))

    def _visitors(self) -> Figure | None:
        if ScanClass.HUMAN not in self.chosen.classes or self.series.unique_visitors is None:
            return None
        before = self.before.unique_visitors if self.before else None
        words = (
            "Different people of one day, known by a hash that changes every midnight. "
            f"This number: {self.series.unique_visitors_definition}."
        )
        change = Change.between(self.series.unique_visitors, before)
        return Figure("figure-visitors", "Unique visitors", self.series.unique_visitors, words, change)

    def _others(self) -> Figure | None:
        left = [name for name in CLASSES if name not in self.chosen.classes]
        if self.chosen.only is not None or not left:
            return None
        number = self.series.counts.of(left)
        named = ", ".join(CLASSES[name].name.lower() for name in left)
        return Figure("figure-others", "Everything else", number, f"Not in the other numbers: {named}.", None, True)

    def _counted(self, name: ScanClass) -> int | None:
        is_counted = self.chosen.only is None or name in self.chosen.classes
        return int(getattr(self.series.counts, name)) if is_counted else None


def who_of(classes: Sequence[str]) -> str:
    """Whose scans are counted, as it ends a sentence."""
    names = [CLASSES[ScanClass(name)].name.lower() for name in classes]
    if len(names) == len(CLASSES):
        return "of every class"
    return f"by {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"by {names[0]}"


def _toggled(classes: Sequence[str], name: str) -> tuple[str, ...]:
    """The classes with one added or taken away, in order; never none."""
    left = set(classes) ^ {name}
    return tuple(each for each in ScanClass.values if each in left) or (ScanClass.HUMAN.value,)


def labels_of(start: datetime, interval: Interval) -> tuple[str, str]:
    """A short and a full label of a local point; the hour that clocks repeat is marked."""
    day = f"{start.day} {start:%b}"
    if interval in (Interval.HOUR, Interval.QUARTER):
        hour = f"{start:%H:%M}{' again' if start.fold else ''}"
        return hour, f"{start:%a} {day}, {hour}"
    if interval is Interval.MONTH:
        return f"{start:%b %Y}", f"{start:%B %Y}"
    if interval is Interval.WEEK:
        return day, f"Week of {day} {start.year}"
    return day, f"{start:%a} {day} {start.year}"


def dates_of(period: Period) -> str:
    """The days of a period in words."""
    first, last = period.first_date, period.last_date
    if first == last:
        return f"{first.day} {first:%b %Y}"
    start = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first.year}")
    return f"{start} to {last.day} {last:%b %Y}"


def when(period: Period) -> str:
    """The days of a period as they end a sentence."""
    return f"{'on' if period.first_date == period.last_date else 'from'} {dates_of(period)}"
