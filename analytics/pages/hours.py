"""The card of hours by weekdays; of one word alone it is counted from raw scans, and comes when the page is there."""

from dataclasses import dataclass
from typing import Self

from analytics import reports
from analytics.pages.pictures import Heat, heat
from analytics.pages.questions import Question
from analytics.reports import Refused, Source


@dataclass(frozen=True)
class HoursCard:
    """The picture, or why there is none."""

    address: str
    heat: Heat | None = None
    refused: str = ""
    is_deferred: bool = False
    counted_from_raw: str = ""

    @classmethod
    def of(cls, question: Question, *, may_wait: bool = True) -> Self:
        address = question.chosen.address(part="hours")
        if may_wait and question.words:
            return cls(address, is_deferred=True)
        asked = (question.smaller, question.period, question.chosen.scan_classes, question.words)
        try:
            report = reports.heat_map(*asked)
        except Refused as refusal:
            return cls(address, refused=refusal.message)
        at = report.as_of.astimezone(question.period.zone)
        counted = f"Counted from raw scans at {at:%H:%M}." if report.source is Source.RAW else ""
        return cls(address, heat(report, question.wording), counted_from_raw=counted)
