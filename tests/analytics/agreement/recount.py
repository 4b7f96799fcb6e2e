"""The same once more, one scan after the other in plain Python."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from analytics.models import Scan
from analytics.reports import OVER, Kind, Subject
from analytics.reports.filters import ID_DIMENSIONS, narrowed
from tests.analytics.agreement.questions import Part, Question
from tests.analytics.worlds import value_of


def recounted(question: Question, scans: Iterable[Scan]) -> dict[str, Any]:
    """Of a question that can be answered."""
    by_links = question.part in (Part.BREAKDOWN, Part.OVER) or _has_word(question)
    subject, _ = narrowed(question.subject, [question.only] if question.only else [])
    mine = [scan for scan in scans if _belongs(scan, subject, by_links=by_links) and _has_it(scan, question)]
    days = question.last - question.first + timedelta(days=1)
    now = _within(mine, question, question.first, question.last)
    said: dict[str, Any] = {"scans": len(now)}
    if question.compares and question.part in (Part.SERIES, Part.BREAKDOWN):
        said["scans before"] = len(_within(mine, question, question.first - days, question.last - days))
    if question.breakdown:
        said["values"] = Counter(value_of(scan, question.breakdown) for scan in now)
    elif question.part is Part.HOURS:
        return {"hours": _hours(question, now)}
    elif question.part is Part.OVER:
        return {"over": dict(Counter(scan.outcome for scan in now if scan.outcome in OVER))}
    elif question.is_on_a_page and not _has_word(question):
        said["visitors"] = _visitors(subject, now)
    return said


def _has_word(question: Question) -> bool:
    return question.only is not None and question.only.dimension not in ID_DIMENSIONS


def _has_it(scan: Scan, question: Question) -> bool:
    is_counted = scan.scan_class in question.classes
    only = question.only if _has_word(question) else None
    return is_counted and (only is None or value_of(scan, only.dimension) == only.value)


def _belongs(scan: Scan, subject: Subject, *, by_links: bool) -> bool:
    if subject.kind is Kind.CODE:
        return scan.code_id == subject.id
    if subject.kind is Kind.CAMPAIGN and not by_links:
        return scan.campaign_id == subject.id
    return scan.link_id in subject.link_ids


def _within(scans: list[Scan], question: Question, first: date, last: date) -> list[Scan]:
    start, end = (datetime.combine(day, time(), question.zone) for day in (first, last + timedelta(days=1)))
    return [scan for scan in scans if start.timestamp() <= scan.at.timestamp() < end.timestamp()]


def _visitors(subject: Subject, scans: list[Scan]) -> int:
    """Different people of each day; of a tag, of each of its links."""
    people = [scan for scan in scans if scan.scan_class == "human" and scan.visitor]
    return len({(scan.local_date, scan.link_id * (subject.kind is Kind.TAG), scan.visitor) for scan in people})


def _hours(question: Question, scans: list[Scan]) -> list[list[int]]:
    hours = [[0] * 24 for _ in range(7)]
    for scan in scans:
        local = scan.at.astimezone(question.zone)
        hours[local.weekday()][local.hour] += 1
    return hours
