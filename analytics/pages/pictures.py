"""The two pictures that the server draws: scans by country on a map of the world, and by hour and weekday."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from analytics.models import Dimension
from analytics.pages import world
from analytics.pages.changes import percent_of
from analytics.pages.names import country_name
from analytics.pages.rankings import Wording
from analytics.pages.scales import Scale, Step
from analytics.reports import BreakdownReport, BreakdownRow, Filter, HeatMap
from analytics.words import WEEKDAYS

# Hours that stand below the heat map.
SHOWN_HOURS = (0, 6, 12, 18)


@dataclass(frozen=True)
class Country:
    """A country with scans: its step of colour, what is said of it, and the page for it alone."""

    code: str
    name: str
    scans: int
    percent: str
    step: int
    words: str
    address: str
    is_chosen: bool
    is_drawn: bool


@dataclass(frozen=True)
class WorldMap:
    """Every country with scans, the most scans first; some are too small to be drawn."""

    rows: Sequence[Country]
    legend: Sequence[Step]
    view_box: str = world.VIEW_BOX

    @property
    def countries(self) -> list[Country]:
        return [row for row in self.rows if row.is_drawn]

    @property
    def land(self) -> str:
        return world.land()


@dataclass(frozen=True)
class Hour:
    """One hour of one weekday."""

    step: int
    scans: int
    words: str
    takes_focus: bool = False


@dataclass(frozen=True)
class Day:
    """One weekday."""

    name: str
    short: str
    hours: Sequence[Hour]

    @property
    def cells(self) -> SafeString:
        """Its hours, drawn here: a template would take three times as long for the 168 of a week."""
        return format_html_join(
            "",
            '<span role="gridcell" class="heat-hour step-{}" tabindex="{}" aria-label="{}"></span>',
            ((hour.step, 0 if hour.takes_focus else -1, hour.words) for hour in self.hours),
        )


@dataclass(frozen=True)
class Heat:
    """Seven days of twenty-four hours, and the sentence that says when most happens."""

    days: Sequence[Day]
    legend: Sequence[Step]
    peak: str

    @property
    def by_hour(self) -> list[tuple[str, list[str]]]:
        """The same numbers, ready to be read, for a table that is higher than wide."""
        return [
            (f"{hour:02}–{(hour + 1) % 24:02}", [f"{day.hours[hour].scans:,}" for day in self.days])
            for hour in range(24)
        ]

    @property
    def shown_hours(self) -> Sequence[int]:
        return SHOWN_HOURS


def world_map(countries: BreakdownReport, wording: Wording) -> WorldMap:
    """The map of a breakdown by country that has a row for every one."""
    scale = Scale.skewed(max((row.scans for row in countries.rows), default=0))
    rows = [_country(row, countries.scans, scale, wording) for row in countries.rows if row.scans]
    return WorldMap(rows, scale.legend)


def _country(row: BreakdownRow, of: int, scale: Scale, wording: Wording) -> Country:
    name, percent, only = country_name(row.value), percent_of(row.scans, of), Filter(Dimension.COUNTRY, row.value)
    chosen = wording.chosen
    is_chosen = chosen.only == only
    return Country(
        code=row.value,
        name=name,
        scans=row.scans,
        percent=percent,
        step=scale.step(row.scans),
        words=f"{name}: {row.scans:,} scans {wording.who}, {percent}",
        address=chosen.address(only=None) if is_chosen else chosen.address_of_only(only),
        is_chosen=is_chosen,
        is_drawn=row.value in world.codes_on_the_map(),
    )


def heat(report: HeatMap, wording: Wording) -> Heat:
    scale = Scale.even(report.most)
    return Heat(
        days=[_day(number, hours, scale, wording) for number, hours in enumerate(report.rows)],
        legend=scale.legend,
        peak=_peak(report),
    )


def _day(number: int, hours: Sequence[int], scale: Scale, wording: Wording) -> Day:
    name = WEEKDAYS[number]
    return Day(
        name,
        name[:2],
        [
            Hour(scale.step(scans), scans, f"{name} {_hour(hour)}: {scans:,} scans {wording.who}", number == hour == 0)
            for hour, scans in enumerate(hours)
        ],
    )


def _hour(hour: int) -> str:
    return f"{hour:02}:00 to {(hour + 1) % 24:02}:00"


def _peak(report: HeatMap) -> str:
    if not report.most:
        return ""
    hours = [(scans, day, hour) for day, row in enumerate(report.rows) for hour, scans in enumerate(row)]
    _, day, hour = max(hours, key=lambda each: each[0])
    return f"Busiest: {WEEKDAYS[day]}s, {_hour(hour)}."
