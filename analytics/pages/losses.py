"""Scans that led nowhere: those of links that are over, and of codes that are one slip away from one that exists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics import reports
from analytics.models import Dimension
from analytics.pages.questions import Question
from analytics.reports import Filter, Kind, Orphans, Refused
from analytics.words import OUTCOMES, Words

SHOWN_ORPHANS = 10


@dataclass(frozen=True)
class Lost:
    """Scans with one outcome, what that means, and the page of these scans alone."""

    words: Words
    scans: int
    address: str


@dataclass(frozen=True)
class Losses:
    """What came of links that are over, and orphan scans."""

    over: Sequence[Lost]
    refused: str
    orphans: Orphans
    who: str

    @property
    def scans(self) -> int:
        return sum(lost.scans for lost in self.over)


def losses(question: Question) -> Losses:
    over, refused = _over(question)
    return Losses(over, refused, _orphans(question), question.wording.who)


def _over(question: Question) -> tuple[list[Lost], str]:
    try:
        words = [] if question.is_of_the_choice(Dimension.OUTCOME) else question.words
        found = reports.scans_after_expiry(question.smaller, question.period, question.chosen.scan_classes, words)
    except Refused as refusal:
        return [], refusal.message
    return [
        Lost(OUTCOMES[name], scans, question.chosen.address(only=Filter(Dimension.OUTCOME, name)))
        for name, scans in found.outcomes.items()
        if scans
    ], ""


def _orphans(question: Question) -> Orphans:
    """Of a workspace all; of anything smaller those that meant one of its links, or it."""
    subject = question.smaller
    is_whole = subject.kind is Kind.WORKSPACE
    found = reports.orphan_scans(
        subject.workspace,
        question.period,
        classes=question.chosen.scan_classes,
        limit=SHOWN_ORPHANS if is_whole else 1000,
    )
    if is_whole:
        return found
    links, code = set(subject.link_ids), subject.id if subject.kind is Kind.CODE else None
    mine = [row for row in found.rows if row.meant.link_id in links and code in (None, row.meant.pk)]
    return replace(found, rows=mine[:SHOWN_ORPHANS])
