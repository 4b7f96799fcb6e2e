"""What a reader chose to look at, and its address: everything about a page of statistics is in its query string."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import Any, ClassVar
from urllib.parse import quote_plus, urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from analytics.models import Dimension, ScanClass
from analytics.periods import FIRST_YEAR, LAST_YEAR, Interval, Period
from analytics.reports import Filter
from analytics.words import CLASSES

DEFAULT_PRESET = "30d"
MAX_DAYS = 3660


def _today(zone: ZoneInfo, now: datetime) -> Period:
    today = now.astimezone(zone).date()
    return Period.of_days(zone, today, today, Interval.HOUR)


PRESETS: Mapping[str, tuple[str, Callable[[ZoneInfo, datetime], Period]]] = {
    "today": ("Today", _today),
    "7d": ("7 days", partial(Period.last_days, days=7, interval=Interval.DAY)),
    "30d": ("30 days", partial(Period.last_days, days=30, interval=Interval.DAY)),
    "90d": ("90 days", partial(Period.last_days, days=90, interval=Interval.DAY)),
    "12m": ("12 months", partial(Period.last_months, months=12)),
}
# Cards that show one of several breakdowns at a time; the first is shown unless another is asked for.
TABS: Mapping[str, tuple[Dimension, ...]] = {
    "top": (Dimension.LINK, Dimension.CODE, Dimension.CAMPAIGN),
    "places": (Dimension.COUNTRY, Dimension.REGION, Dimension.CITY),
    "clients": (Dimension.DEVICE, Dimension.OS, Dimension.BROWSER),
    "sources": (Dimension.LANGUAGE, Dimension.REFERRER),
    "results": (Dimension.OUTCOME, Dimension.DESTINATION),
}


@dataclass(frozen=True)
class Chosen:
    """A whole view. `dates` are a reader's own first and last day, and win over the preset."""

    preset: str = DEFAULT_PRESET
    dates: tuple[date, date] | None = None
    compares: bool = True
    classes: tuple[str, ...] = (ScanClass.HUMAN.value,)
    only: Filter | None = None
    tabs: Mapping[str, Dimension] = field(default_factory=dict)

    def period(self, zone: ZoneInfo, now: datetime) -> Period:
        """The stretch of time; narrowed down to one word it has no points below a day: those are kept by day."""
        if self.dates is None:
            period = PRESETS[self.preset][1](zone, now)
        else:
            period = Period.of_days(zone, *self.dates, interval_of(*self.dates))
        is_by_hour = period.interval is Interval.HOUR
        return replace(period, interval=Interval.DAY) if self.only and is_by_hour else period

    @property
    def scan_classes(self) -> list[ScanClass]:
        return [ScanClass(name) for name in self.classes]

    def tab(self, name: str, among: Sequence[Dimension]) -> Dimension:
        """The breakdown that a card shows, of those it has."""
        wanted = self.tabs.get(name)
        return wanted if wanted is not None and wanted in among else among[0]

    def address(self, *, part: str = "", **changes: Any) -> str:
        """The query string of this view with some changes; what is as usual is left out. `part` is one card of it."""
        return "?" + urlencode([*replace(self, **changes)._pairs(), *([("part", part)] if part else [])])

    def address_of_only(self, only: Filter) -> str:
        """`address(only=only)` for the hundreds of rows of a page: all but the filter is put together once."""
        before, after = self._around_the_filter
        return f"{before}{quote_plus(_text_of(only))}{after}"

    @cached_property
    def _around_the_filter(self) -> tuple[str, str]:
        nothing = Filter(Dimension.COUNTRY, "\0")  # which no address of a page holds
        before, _, after = self.address(only=nothing).partition(quote_plus(_text_of(nothing)))
        return before, after

    def _pairs(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        if self.dates is not None:
            pairs += [("from", self.dates[0].isoformat()), ("to", self.dates[1].isoformat())]
        elif self.preset != DEFAULT_PRESET:
            pairs.append(("period", self.preset))
        return pairs + self.pairs_without_dates()

    def pairs_without_dates(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        if not self.compares:
            pairs.append(("compare", "none"))
        if self.classes != (ScanClass.HUMAN.value,):
            pairs += [("class", name) for name in self.classes]
        if self.only is not None:
            pairs.append(("filter", _text_of(self.only)))
        shown = ((name, self.tabs.get(name, among[0]), among[0]) for name, among in TABS.items())
        return pairs + [(name, tab.name.lower()) for name, tab, usual in shown if tab is not usual]


def interval_of(first: date, last: date) -> Interval:
    """How long a point is, so that a chart has neither three bars nor three hundred."""
    days = (last - first).days + 1
    steps = ((2, Interval.HOUR), (100, Interval.DAY), (400, Interval.WEEK))
    return next((interval for most, interval in steps if days <= most), Interval.MONTH)


class ViewForm(forms.Form):
    """The part of a view that is typed: dates, comparison and classes. What is wrong is said beside the field."""

    COMPARISONS: ClassVar = [("previous", "the period before"), ("none", "nothing")]

    def __init__(self, data: QueryDict, today: date) -> None:
        super().__init__(data)
        self.today = today
        for name, label in {"from": "From", "to": "To"}.items():
            widget = forms.DateInput(attrs={"type": "date", "max": today.isoformat()}, format="%Y-%m-%d")
            self.fields[name] = forms.DateField(label=label, required=False, widget=widget)
        self.fields["compare"] = forms.ChoiceField(label="Compare with", required=False, choices=self.COMPARISONS)
        self.fields["class"] = forms.MultipleChoiceField(
            label="Who", required=False, choices=[(name, words.name) for name, words in CLASSES.items()]
        )

    def clean(self) -> None:
        """Both days or none, in order, and not more of them than anybody has scans of."""
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        for name, day in {"from": first, "to": last}.items():
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
                return
        if first and last and first > last:
            self.add_error("from", "The first day must not come after the last.")
        elif first and (last or self.today) - first > timedelta(days=MAX_DAYS):
            self.add_error("from", "That is more than ten years. Choose a later first day.")

    @property
    def date_fields(self) -> list[forms.BoundField]:
        return [self["from"], self["to"]]

    @property
    def dates(self) -> tuple[date, date] | None:
        """Both days where one is given: up to today, or the one day alone."""
        first: date | None = self.cleaned_data.get("from")
        last: date | None = self.cleaned_data.get("to")
        if self.errors or not (first or last):
            return None
        if first is None or last is None:
            return (first, max(first, self.today)) if first else (last, last) if last else None
        return first, last


def read(asked: QueryDict, zone: ZoneInfo, now: datetime) -> tuple[Chosen, ViewForm]:
    """The view that an address asks for; whatever in it makes no sense is as usual, and the form says what."""
    form = ViewForm(asked, now.astimezone(zone).date())
    form.is_valid()
    preset = asked.get("period", "")
    classes = form.cleaned_data.get("class") or [ScanClass.HUMAN.value]
    chosen = Chosen(
        preset=preset if preset in PRESETS else DEFAULT_PRESET,
        dates=form.dates,
        compares=form.cleaned_data.get("compare") != "none",
        classes=tuple(name for name in ScanClass.values if name in classes),
        only=_only(asked.get("filter", "")),
        tabs={name: tab for name in TABS if (tab := _dimension(asked.get(name, ""))) in TABS[name]},
    )
    return chosen, form


def _text_of(only: Filter) -> str:
    return f"{only.dimension.name.lower()}:{only.value}"


def _only(text: str) -> Filter | None:
    name, _, value = text.partition(":")
    dimension = _dimension(name)
    return Filter(dimension, value) if dimension and value and "\0" not in value else None


def _dimension(name: str) -> Dimension | None:
    return Dimension.__members__.get(name.upper())
