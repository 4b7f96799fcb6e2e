"""About how many raw scans an export will have: from numbers, as quick for millions of scans as for ten."""

from collections.abc import Sequence
from dataclasses import replace

from analytics import reports
from analytics.models import ScanClass
from analytics.periods import QUARTER, Interval, Period
from analytics.reports import Filter, Kind, Refused, Subject
from analytics.reports.filters import narrowed


def about(
    subject: Subject, period: Period, classes: frozenset[ScanClass], filters: Sequence[Filter] = ()
) -> int | None:
    """None when nobody knows. Raises Refused where a filter names what is not in the subject.

    By one word at least its whole local days are counted, by several the rarest alone: it may be less, hardly more.
    """
    smaller, words = narrowed(subject, filters)
    try:
        least = reports.scan_series(smaller, replace(period, interval=Interval.MONTH)).counts.of(classes)
        for word in words if least else ():
            least = min(least, _with_word(smaller, period, classes, word))
    except Refused:
        return None
    return least


def _with_word(subject: Subject, period: Period, classes: frozenset[ScanClass], word: Filter) -> int:
    """Words are kept by local day of the workspace's zone, of links and what is made of them."""
    if subject.kind is Kind.CODE:
        subject = Subject.of(subject.links().select_related("workspace").get())
    zone = subject.zone
    first, last = (moment.astimezone(zone).date() for moment in (period.start, period.end - QUARTER))
    days = Period.of_days(zone, first, last, Interval.MONTH)
    return reports.scan_series(subject, days, [word], classes).counts.of(classes)
