"""A breakdown as a table of bars: each row in words, with the address of the page for it alone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from analytics.models import Dimension
from analytics.pages.changes import Change, percent_of
from analytics.pages.chosen import Chosen
from analytics.pages.names import country_name, language_name
from analytics.reports import BreakdownReport, BreakdownRow, Filter
from analytics.words import DEVICES, OUTCOMES

CHOOSE_IT = "Choose it to look at it alone."
_LABELS: Mapping[Dimension, Callable[[str], str]] = {
    Dimension.COUNTRY: country_name,
    Dimension.LANGUAGE: language_name,
    Dimension.DEVICE: lambda value: DEVICES.get(value, value),
    Dimension.OUTCOME: lambda value: OUTCOMES[value].name if value in OUTCOMES else value,
}


@dataclass(frozen=True)
class Bar:
    """One row. `width` is in hundredths of the longest; without an address there is nothing to choose."""

    id: str
    value: str
    label: str
    scans: int
    percent: str
    width: float
    change: Change | None
    explanation: str
    address: str = ""
    is_chosen: bool = False
    is_quiet: bool = False
    note: str = ""
    opens_a_page: bool = False


@dataclass(frozen=True)
class Wording:
    """What every card of a page needs to know of it: the view, who is counted ("by people"), and the dates in words."""

    chosen: Chosen
    who: str
    period: str
    before: str

    def share(self, scans: int, of: int) -> str:
        return f"{scans:,} of {of:,} scans {self.who} {self.period} ({percent_of(scans, of)})."

    def compared(self, change: Change | None) -> str:
        return f" {change.before:,} {self.before}." if change else ""


def bars_of(breakdown: BreakdownReport, dimension: Dimension, wording: Wording) -> list[Bar]:
    """The rows of a breakdown; what is summed up or not known comes last and is quiet."""
    most = max((row.scans for row in breakdown.rows), default=0)
    return [
        *(_bar(number, row, dimension, breakdown, most, wording) for number, row in enumerate(breakdown.rows)),
        *_sums(breakdown, most, wording),
    ]


def label_of(dimension: Dimension, value: str, label: str = "") -> str:
    """What people call a value; codes, links and campaigns come with a label of their own."""
    return _LABELS[dimension](value) if dimension in _LABELS else label or value


def _bar(
    number: int, row: BreakdownRow, dimension: Dimension, breakdown: BreakdownReport, most: int, wording: Wording
) -> Bar:
    chosen, only = wording.chosen, Filter(dimension, row.value)
    is_chosen = chosen.only == only
    change = _change(row, breakdown)
    advice = "Choose it to see everything again." if is_chosen else CHOOSE_IT
    return Bar(
        id=f"{dimension.name.lower()}-{number}",
        value=row.value,
        label=label_of(dimension, row.value, row.label),
        scans=row.scans,
        percent=percent_of(row.scans, breakdown.scans),
        width=_width(row.scans, most),
        change=change,
        explanation=f"{wording.share(row.scans, breakdown.scans)}{wording.compared(change)} {advice}",
        address=chosen.address(only=None) if is_chosen else chosen.address_of_only(only),
        is_chosen=is_chosen,
    )


def _sums(breakdown: BreakdownReport, most: int, wording: Wording) -> Iterator[Bar]:
    """What has no row of its own: all values after the most frequent ones together, and scans without any."""
    words = (
        (breakdown.rest, "rest", f"{breakdown.rest_values:,} more", "All others together: "),
        (breakdown.unknown, "unknown", "Not known", "The scan did not tell: "),
    )
    for row, name, label, lead in words:
        if row is not None and row.scans:
            change = _change(row, breakdown)
            yield Bar(
                id=f"{breakdown.dimension}-{name}",
                value="",
                label=label,
                scans=row.scans,
                percent=percent_of(row.scans, breakdown.scans),
                width=_width(row.scans, max(most, row.scans)),
                change=change,
                explanation=f"{lead}{wording.share(row.scans, breakdown.scans)}{wording.compared(change)}",
                is_quiet=True,
            )


def _change(row: BreakdownRow, breakdown: BreakdownReport) -> Change | None:
    """None, too, where the period before had no scans at all: then every row would be new."""
    return Change.between(row.scans, row.compared) if breakdown.compared_scans else None


def _width(scans: int, most: int) -> float:
    return round(100 * min(scans, most) / most, 1) if most else 0.0
