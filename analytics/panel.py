"""What the statistics panel of one link shows: a choice of periods, numbers, chart and recent scans, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from analytics import reports
from analytics.pages.series import labels_of
from analytics.periods import Interval, Period
from analytics.words import OTHER_CLASSES
from links.lag import Behind, watch
from links.models import Link

RECENT_SCANS = 10
DEFAULT_PERIOD = "30d"
PERIODS = {
    "24h": ("24 hours", partial(Period.last_hours, hours=24)),
    "7d": ("7 days", partial(Period.last_days, days=7, interval=Interval.DAY)),
    "30d": ("30 days", partial(Period.last_days, days=30, interval=Interval.DAY)),
    "90d": ("90 days", partial(Period.last_days, days=90, interval=Interval.DAY)),
    "12m": ("12 months", partial(Period.last_months, months=12)),
}


@dataclass(frozen=True)
class OtherClass:
    """A class of scans that are no people, how many there were, and what it means."""

    name: str
    explanation: str
    count: int


@dataclass(frozen=True)
class Row:
    """One point as the chart's label, in full for table and tooltip, and with its numbers."""

    label: str
    full: str
    point: reports.Point


@dataclass(frozen=True)
class Panel:
    """Everything the panel's template shows."""

    link: Link
    chosen: str
    seen: str
    series: reports.Series
    recent: Sequence[reports.RecentScan]
    behind: Behind

    @property
    def choices(self) -> dict[str, str]:
        return {key: label for key, (label, _) in PERIODS.items()}

    @property
    def period_name(self) -> str:
        return PERIODS[self.chosen][0]

    @property
    def by_hour(self) -> bool:
        """Whether unique visitors are left out: they are known per local day, and 24 hours touch two."""
        return self.series.period.interval is Interval.HOUR

    @property
    def others(self) -> list[OtherClass]:
        counts = self.series.counts
        return [OtherClass(*words, getattr(counts, name)) for name, words in OTHER_CLASSES.items()]

    @property
    def rows(self) -> list[Row]:
        interval, zone = self.series.period.interval, self.series.period.zone
        return [Row(*labels_of(point.start.astimezone(zone), interval), point) for point in self.series.points]

    @property
    def chart(self) -> dict[str, Any]:
        """What the chart is drawn from."""
        rows = self.rows
        people = [row.point.counts.human for row in rows]
        others = [row.point.counts.others for row in rows]
        return {
            "labels": [row.label for row in rows],
            "titles": [row.full for row in rows],
            "sets": [
                {"label": "People", "data": people, "colour": "--scan-human"},
                {"label": "Other", "data": others, "colour": "--scan-others"},
            ],
        }


def chosen_period(asked: str | None) -> str:
    """The key of the period asked for, or the usual one."""
    return asked if asked in PERIODS else DEFAULT_PERIOD


def build(link: Link, chosen: str, now: datetime) -> Panel:
    """The panel of a link; the marker is read first, so that a scan counted meanwhile shows at the next look."""
    period = _period(link, chosen, now)
    seen = _marker(link, period)
    series = reports.scan_series(reports.Subject.of(link), period)
    return Panel(link, chosen, seen, series, reports.recent_scans(reports.Subject.of(link), RECENT_SCANS), watch.look())


def marker(link: Link, chosen: str, now: datetime) -> str:
    """Differs when a scan was counted, the period moved on or counting fell behind; costs no query of its own."""
    return _marker(link, _period(link, chosen, now))


def _period(link: Link, chosen: str, now: datetime) -> Period:
    return PERIODS[chosen][1](ZoneInfo(link.workspace.current_timezone), now)


def _marker(link: Link, period: Period) -> str:
    return f"{reports.scans_ever(link)}-{period.end:%Y%m%d%H%M}-{watch.look().words}"
