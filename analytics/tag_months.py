"""Keeps months of tags: what the days of a tag's many links add up to, so that years are read from a few dozen rows.

A month is kept of the links that the tag has at that time, beside what the whole workspace had in it. Readers compare
both: where a link has come or gone, or the workspace has other numbers because scans came late, the month is no longer
of use, its days are added up anew, and the next run puts it right. Whoever takes counted scans back calls kept.forget
in the same transaction, for what is taken from one link and given to another does not show in the workspace.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from hashlib import blake2b
from operator import or_
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, FloatField, Min, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncMonth
from django.utils import timezone

from analytics.locks import count_beside_others
from analytics.models import LocalDay, Scope, TagMonth
from analytics.periods import DAY
from analytics.rollups.days import NUMBERS
from links.models import Link, Tag

# Fewer links are quickly added up day by day, over years.
MANY_LINKS = 20
# A tag's numbers, and a campaign's breakdowns, are sums over their links: of so many at most.
MAX_LINKS = 1000
# A day later no zone has this day any more.
LAST_ZONE = 2 * DAY
# As floats, which are exact up to 2**53: PostgreSQL adds bigints up as numeric, which takes a sixth longer in all.
_SUMS = {name: Sum(Cast(name, FloatField())) for name in NUMBERS}
# The numbers of each day that has any, in the order of NUMBERS.
Days = dict[date, tuple[int, ...]]


def days_of(tag_id: int, workspace_id: int, link_ids: Sequence[int], first: date, last: date) -> Days:
    """What the tag's links had on the days of [first, last]: whole months as they are kept, the others link by link.

    Up to three queries.
    """
    months = _kept_months(tag_id, workspace_id, link_ids, first, last)
    days = {day: numbers for of_month in months.values() for day, numbers in of_month.items()}
    if left := list(_left_by(months, first, last)):
        days |= _days_of_links(link_ids, left)
    return days


def _left_by(months: Iterable[date], first: date, last: date) -> Iterator[tuple[date, date]]:
    """What is left of [first, last] without these whole months, as ranges of days."""
    start = first
    for month in sorted(months):
        if start < month:
            yield start, month - DAY
        start = _end_of(month) + DAY
    if start <= last:
        yield start, last


def _days_of_links(link_ids: Sequence[int], ranges: Iterable[tuple[date, date]]) -> Days:
    """What the days of these links in some ranges (both ends included) add up to, from the days themselves."""
    some = reduce(or_, (Q(date__range=each) for each in ranges), Q(pk__in=[]))
    rows = LocalDay.objects.filter(some, scope=Scope.LINK, scope_id__in=link_ids)
    return {day: tuple(map(int, sums)) for day, *sums in rows.values_list("date").annotate(**_SUMS)}


def _kept_months(tag_id: int, workspace_id: int, link_ids: Sequence[int], first: date, last: date) -> dict[date, Days]:
    """The days of the whole months within [first, last] that are kept and still true, by the first day of the month.

    One query where none is kept, else two.
    """
    rows = TagMonth.objects.filter(tag_id=tag_id, month__range=(first, last), links=_digest(link_ids))
    kept = {
        month: (workspace, packed)
        for month, workspace, packed in rows.values_list("month", "workspace", "packed")
        if _end_of(month) <= last
    }
    if not kept:
        return {}
    true = _months_of_workspace(workspace_id, min(kept), _end_of(max(kept)))
    return {
        month: _unpack(month, packed) for month, (then, packed) in kept.items() if bytes(then) == true.get(month, b"")
    }


def keep_all(today: date | None = None) -> int:
    """Keep every month that is over, of every tag with many links; returns how many were added or put right."""
    until = (today or timezone.now().date()) - LAST_ZONE
    added = 0
    tags = Tag.objects.annotate(n=Count("links")).filter(n__gte=MANY_LINKS, n__lte=MAX_LINKS).order_by("pk")
    TagMonth.objects.exclude(tag_id__in=tags.order_by().values("pk")).delete()
    for tag in tags:
        link_ids = list(tag.links.values_list("pk", flat=True))
        first = _days_of_workspace(tag.workspace_id).aggregate(first=Min("date"))["first"] or date.max
        months = list(_months_over(first, until))
        kept = _kept_months(tag.pk, tag.workspace_id, link_ids, months[0], until) if months else {}
        for month in months:
            if month not in kept:
                keep(tag, link_ids, month)
                added += 1
    return added


@transaction.atomic
def keep(tag: Tag, link_ids: Sequence[int], month: date) -> None:
    """Keep a month anew: a transaction a month, so that a writer never waits long."""
    count_beside_others()
    end = _end_of(month)
    # The sum before its parts: a scan that is counted between the two makes the month look wrong, never right.
    workspace = _months_of_workspace(tag.workspace_id, month, end).get(month, b"")
    packed = _pack(month, _days_of_links(link_ids, [(month, end)]))
    numbers = {"links": _digest(link_ids), "workspace": workspace, "packed": packed}
    TagMonth.objects.update_or_create({"workspace_id": tag.workspace_id, **numbers}, tag_id=tag.pk, month=month)


def forget(workspace_ids: Iterable[int], days: Iterable[date]) -> None:
    """In this transaction, which counts alone, scans of these days are taken back or moved."""
    months = {day.replace(day=1) for day in days}
    TagMonth.objects.filter(workspace_id__in=workspace_ids, month__in=months).delete()


def forget_of_links(link_ids: Any, day: date) -> None:
    """The same where a day of some links is counted anew; `link_ids` may be a query."""
    forget(Link.objects.filter(pk__in=link_ids).values_list("workspace", flat=True), [day])


def _months_over(first: date, until: date) -> Iterator[date]:
    """The first days of the months from that of `first` on that are over by the end of `until`."""
    month = first.replace(day=1)
    while _end_of(month) <= until:
        yield month
        month = _end_of(month) + DAY


def _end_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def _days_of_workspace(workspace_id: int) -> QuerySet[LocalDay]:
    return LocalDay.objects.filter(scope=Scope.WORKSPACE, scope_id=workspace_id)


def _months_of_workspace(workspace_id: int, first: date, last: date) -> dict[date, bytes]:
    """What a workspace's months add up to, packed; months without any scan are left out."""
    days = _days_of_workspace(workspace_id).filter(date__range=(first, last))
    sums = days.annotate(month=TruncMonth("date")).values_list("month").annotate(**_SUMS).order_by("month")
    return {month: np.array(numbers, "<i8").tobytes() for month, *numbers in sums}


def _digest(link_ids: Iterable[int]) -> bytes:
    """Stands for a set of links."""
    return blake2b(np.array(sorted(link_ids), "<i8").tobytes(), digest_size=16).digest()


def _pack(month: date, days: Mapping[date, Sequence[int]]) -> bytes:
    numbers = np.zeros((_end_of(month).day, len(NUMBERS)), "<i8")
    for day, of_day in days.items():
        numbers[day.day - 1] = of_day
    return numbers.tobytes()


def _unpack(month: date, packed: bytes | memoryview) -> Days:
    rows = np.frombuffer(packed, "<i8").reshape(-1, len(NUMBERS)).tolist()
    return {month.replace(day=number): tuple(row) for number, row in enumerate(rows, 1) if any(row)}
