"""What a page asks: one subject, one view, one period; and which of its answers have to wait for raw scans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Self

from analytics import reports
from analytics.models import Dimension
from analytics.pages.chosen import PRESETS, Chosen
from analytics.pages.rankings import Wording, label_of
from analytics.pages.series import dates_of, when, who_of
from analytics.periods import Comparison, Period
from analytics.reports import BreakdownReport, Filter, Kind, Refused, Series, Subject
from analytics.reports.filters import narrowed
from analytics.words import SINGULAR


class Preset(NamedTuple):
    """A period to choose."""

    id: str
    name: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """`subject` is what the page is about, `smaller` what is left of it where one code or link of it was chosen.

    `words` narrows that down by a word: to one country, say. Such combinations only raw scans know.
    """

    subject: Subject
    smaller: Subject
    words: Sequence[Filter]
    chosen: Chosen
    period: Period
    before: Period | None
    refused: str = ""

    @classmethod
    def of(cls, subject: Subject, chosen: Chosen, now: datetime) -> Self:
        """A question that can be asked: a value that the subject does not have is left out, and the reader told."""
        refused = ""
        try:
            smaller, words = narrowed(subject, [chosen.only] if chosen.only else [])
        except Refused as refusal:
            chosen, smaller, words, refused = replace(chosen, only=None), subject, [], refusal.message
        period = chosen.period(subject.zone, now)
        before = period.compared(Comparison.PREVIOUS) if chosen.compares else None
        return cls(subject, smaller.with_breakdowns(), words, chosen, period, before, refused)

    @property
    def wording(self) -> Wording:
        before = f"in the period before ({self.dates_before})"
        return Wording(self.chosen, who_of(self.chosen.classes), when(self.period), before)

    @property
    def dates(self) -> str:
        return dates_of(self.period)

    @property
    def dates_before(self) -> str:
        return dates_of(self.before) if self.before else ""

    @property
    def presets(self) -> list[Preset]:
        chosen = self.chosen
        return [
            Preset(key, name, chosen.address(preset=key, dates=None), chosen.dates is None and chosen.preset == key)
            for key, (name, _) in PRESETS.items()
        ]

    @property
    def compare_address(self) -> str:
        return self.chosen.address(compares=not self.chosen.compares)

    @property
    def everything_address(self) -> str:
        return self.chosen.address(only=None)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form with the dates passes on unseen."""
        return self.chosen.pairs_without_dates()

    @property
    def only_words(self) -> str:
        """What the page is narrowed down to, as "Country: Germany"; empty where it is not."""
        only = self.chosen.only
        if only is None:
            return ""
        name = self.smaller.name if not self.words else label_of(only.dimension, only.value)
        return f"{SINGULAR[only.dimension]}: {name}"

    def is_of_the_choice(self, dimension: Dimension) -> bool:
        """Whether a breakdown is the one that the choice was made in: it goes on showing what else there is."""
        return self.chosen.only is not None and self.chosen.only.dimension is dimension

    def needs_raw_scans(self, dimension: Dimension) -> bool:
        is_combined = bool(self.words) or self.smaller.kind is Kind.CODE
        return is_combined and not self.is_of_the_choice(dimension)

    def breakdowns(self, limits: Mapping[Dimension, int]) -> dict[Dimension, BreakdownReport | Refused]:
        """Of each dimension the values with the most scans, or why there is no answer."""
        answers: dict[Dimension, BreakdownReport | Refused] = {}
        for whole in (True, False):
            wanted = {each: limit for each, limit in limits.items() if self.is_of_the_choice(each) is whole}
            answers |= self._breakdowns(wanted, whole) if wanted else {}
        return answers

    def _breakdowns(self, limits: Mapping[Dimension, int], whole: bool) -> dict[Dimension, BreakdownReport | Refused]:
        try:
            found = reports.breakdowns(
                self.subject if whole else self.smaller,
                limits,
                self.period,
                classes=self.chosen.scan_classes,
                compared=self.before,
                filters=() if whole else self.words,
            )
        except Refused as refusal:
            return dict.fromkeys(limits, refusal)
        return dict(found)

    def series(self) -> Series:
        return reports.scan_series(self.smaller, self.period, self.words, self.chosen.scan_classes)

    def series_before(self) -> Series | None:
        if self.before is None:
            return None
        return reports.scan_series(self.smaller, self.before, self.words, self.chosen.scan_classes)
