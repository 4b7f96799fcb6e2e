"""When something was first and last scanned, and scans of what is over: bounded reads of days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from analytics.models import Dimension, LocalDay, QuarterHour, ScanClass
from analytics.periods import Period
from analytics.reports.breakdowns import breakdown
from analytics.reports.filters import Filter, narrowed
from analytics.reports.numbers import HUMANS, FirstAndLast, Refused, as_of
from analytics.reports.subjects import Kind, Subject
from links.models import Link
from links.routing import DELETED, EXPIRED, PAUSED

USED_UP = "used up"
OVER = (EXPIRED, PAUSED, DELETED, USED_UP)
ModelT = TypeVar("ModelT", bound=Model)
# No zone's day begins or ends further from its noon in UTC.
_NEARBY = timedelta(hours=30)


@dataclass(frozen=True)
class ScansAfterExpiry:
    """Scans that met a link which was expired, paused, deleted or used up, by outcome."""

    period: Period
    scans: int
    outcomes: dict[str, int]
    as_of: datetime


def scans_after_expiry(
    subject: Subject, period: Period, classes: Iterable[ScanClass] = HUMANS, filters: Sequence[Filter] = ()
) -> ScansAfterExpiry:
    """How often people stood before a code that leads nowhere any more; raises Refused as breakdowns do."""
    report = breakdown(subject, Dimension.OUTCOME, period, classes=classes, limit=100, filters=filters)
    outcomes = dict.fromkeys(OVER, 0) | {row.value: row.scans for row in report.rows if row.value in OVER}
    return ScansAfterExpiry(period, sum(outcomes.values()), outcomes, report.as_of)


def first_and_last(
    subject: Subject, classes: Iterable[ScanClass] = HUMANS, filters: Sequence[Filter] = ()
) -> FirstAndLast:
    """The quarters of an hour of the first and the last scan ever of some classes. Raises Refused."""
    subject, words = narrowed(subject, filters)
    if words:
        raise Refused("metrics", "First and last scans are kept of all scans together: leave the filter out.")
    answered_at, wanted = as_of(), sorted(classes)
    return FirstAndLast(_edge(subject, wanted, "date", "start"), _edge(subject, wanted, "-date", "-start"), answered_at)


def _edge(subject: Subject, classes: list[ScanClass], by_date: str, by_start: str) -> datetime | None:
    """The first quarter of an hour with a scan in this order, looked for near the first day that has one."""
    day = _day_at(subject, classes, by_date)
    if day is None:
        return None
    noon = datetime.combine(day, time(12), UTC)
    quarters = QuarterHour.objects.filter(
        scope=subject.scope, scope_id__in=subject.ids, start__range=(noon - _NEARBY, noon + _NEARBY)
    )
    return _scanned(quarters, classes).order_by(by_start).values_list("start", flat=True).first()


def _day_at(subject: Subject, classes: list[ScanClass], by_date: str) -> date | None:
    days = _scanned(LocalDay.objects.filter(scope=subject.scope), classes).order_by(by_date).values("date")
    if subject.kind is not Kind.TAG:
        return days.filter(scope_id=subject.id).values_list("date", flat=True).first()
    of_links = Link.objects.filter(pk__in=subject.link_ids).annotate(
        day=Subquery(days.filter(scope_id=OuterRef("pk"))[:1])
    )
    found = [day for day in of_links.values_list("day", flat=True) if day]
    return (max if by_date.startswith("-") else min)(found, default=None)


def _scanned(rows: QuerySet[ModelT], classes: list[ScanClass]) -> QuerySet[ModelT]:
    """Rows that have scans of some classes: those that were taken back leave zeros."""
    any_of_them = Q()
    for name in classes:
        any_of_them |= Q(**{f"{name}__gt": 0})
    return rows.filter(any_of_them)
