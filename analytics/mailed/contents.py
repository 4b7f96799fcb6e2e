"""What a mailed report says: numbers with comparison, points for the chart, the top of the lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics import reports
from analytics.mailed.due import Due
from analytics.models import Dimension
from analytics.periods import Interval
from analytics.reports import BreakdownReport, Kind, Series, Subject

TOP = 5


@dataclass(frozen=True)
class Number:
    """A headline number and the one it is compared with."""

    now: int
    before: int

    @property
    def change(self) -> str:
        """“+12 %”, “−8 %”, “as before”; of nothing there is no percentage."""
        part = reports.change(self.now, self.before)
        if part is None:
            return "none before" if self.now else "as before"
        percent = round(100 * part)
        if percent == 0:
            return "as before"
        return f"{'+' if percent > 0 else '−'}{abs(percent):,} %"

    @property
    def has_grown(self) -> bool:
        return self.now > self.before


@dataclass(frozen=True)
class Top:
    """The first few values of a breakdown, under a heading."""

    heading: str
    report: BreakdownReport

    @property
    def left(self) -> int:
        """Scans with none of the values shown."""
        return self.report.scans - sum(row.scans for row in self.report.rows)


@dataclass(frozen=True)
class Contents:
    """One report, before it becomes a mail or a page."""

    subject: Subject
    due: Due
    series: Series
    before: Series
    tops: Sequence[Top]

    @property
    def people(self) -> Number:
        return Number(self.series.counts.human, self.before.counts.human)

    @property
    def others(self) -> Number:
        return Number(self.series.counts.others, self.before.counts.others)

    @property
    def uniques(self) -> Number:
        return Number(self.series.unique_visitors or 0, self.before.unique_visitors or 0)

    @property
    def by_hour(self) -> bool:
        return self.series.period.interval is Interval.HOUR

    @property
    def labels(self) -> list[str]:
        """What stands under each bar of the chart."""
        local = [point.start.astimezone(self.series.period.zone) for point in self.series.points]
        return [f"{moment:%H}" if self.by_hour else f"{moment.day} {moment:%b}" for moment in local]

    @property
    def title(self) -> str:
        """The subject line: the number first. A name may hold anything, a header only one line."""
        scans = "scan" if self.people.now == 1 else "scans"
        name = " ".join(self.subject.name.split())
        name = name if len(name) <= 60 else f"{name[:59]}…"
        return f"{self.people.now:,} {scans} ({self.people.change}): {name}, {self.due.words}"

    @property
    def chart_words(self) -> str:
        """The chart for whoever does not see pictures."""
        counts = [point.counts.human for point in self.series.points]
        unit = "hour" if self.by_hour else "day"
        if not any(counts):
            return f"Chart of scans by {unit}: there were none."
        most = max(range(len(counts)), key=counts.__getitem__)
        at = f"{self.labels[most]} o'clock" if self.by_hour else self.labels[most]
        return f"Chart of scans by {unit}: {sum(counts):,} in all, the most, {counts[most]:,}, at {at}."


def collect(subject: Subject, due: Due) -> Contents:
    """Ask the reports; the same questions as the pages of statistics."""
    dimensions = {Dimension.COUNTRY: "Countries"}
    if subject.kind is Kind.LINK:
        dimensions = {Dimension.CODE: "Placements", **dimensions}
    else:
        dimensions = {Dimension.LINK: "Links", **dimensions}
    found = reports.breakdowns(subject, dict.fromkeys(dimensions, TOP), due.period, compared=due.before)
    tops = [Top(heading, found[dimension]) for dimension, heading in dimensions.items()]
    series, before = reports.scan_series(subject, due.period), reports.scan_series(subject, due.before)
    return Contents(subject, due, series, before, tops)
