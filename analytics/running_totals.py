"""Keeps running totals: for dimensions with many values in a workspace, what each value has had up to each day.

They are a chain: every row is the row before it plus one day, so the difference of two rows is what the days between
them held when they were added. Scans that come later make LocalDay say more than the row's own number: readers see that
and count such a day anew, and the next run begins the chain anew from there. Whoever takes counted scans back (another
class, an erasure, a repair) calls kept.forget in the same transaction, for what is taken from one link and given to
another does not show in a day's sum.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Workspace
from analytics.locks import count_beside_others
from analytics.models import Breakdown, Dimension, LocalDay, RunningTotal, Scope
from analytics.rollups.scopes import CLASSES

# Fewer values a day than this are quickly added up day by day, over years.
MANY_VALUES = 100
# How far back a busy day is looked for that tells which dimensions have many values.
LOOK_BACK_DAYS = 30
Numbers = npt.NDArray[np.int64]


class Totals(NamedTuple):
    """Values in ascending order, each once, and beside each of them its number of scans: two arrays of int64."""

    values: Numbers
    scans: Numbers

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int]]) -> Self:
        """Of (value, scans), each value once, in any order."""
        return cls(*np.array(sorted(rows), np.int64).reshape(-1, 2).T)

    def times(self, factor: int) -> Self:
        return self._replace(scans=self.scans * factor)


NOTHING = Totals.of([])


def added_up(parts: Iterable[Totals]) -> Totals:
    """The sums of several totals, by value."""
    some = [part for part in parts if len(part.values)] or [NOTHING]
    if all(np.array_equal(some[0].values, part.values) for part in some[1:]):  # as nearly always: no value is new
        return Totals(some[0].values, np.sum([part.scans for part in some], axis=0))
    values, places = np.unique(np.concatenate([part.values for part in some]), return_inverse=True)
    scans = np.zeros(len(values), np.int64)
    np.add.at(scans, places, np.concatenate([part.scans for part in some]))
    return Totals(values, scans)


def pack(totals: Totals) -> bytes:
    return np.concatenate(totals).astype("<i8").tobytes()


def unpack(packed: bytes | memoryview) -> Totals:
    return Totals(*np.frombuffer(packed, "<i8").reshape(2, -1))


def keep_all(today: date | None = None) -> int:
    """Bring the chains of every workspace up to yesterday; returns how many days were added."""
    until = (today or timezone.now().date()) - timedelta(days=1)
    added = 0
    for workspace_id in Workspace.objects.values_list("pk", flat=True).iterator():
        for dimension, place in chains_of(workspace_id, until):
            added += keep(workspace_id, dimension, place, until)
    return added


def chains_of(workspace_id: int, until: date) -> Iterator[tuple[Dimension, int]]:
    """The dimensions and classes that have a chain, and those that had many values on a busy day."""
    kept = set(RunningTotal.objects.filter(workspace_id=workspace_id).values_list("dimension", "scan_class").distinct())
    recent = LocalDay.objects.filter(
        scope=Scope.WORKSPACE, scope_id=workspace_id, date__range=(until - timedelta(days=LOOK_BACK_DAYS), until)
    )
    busiest = {day for name in CLASSES for day in recent.order_by(f"-{name}").values_list("date", flat=True)[:1]}
    for dimension in Dimension:
        for place in range(len(CLASSES)):
            if (dimension, place) in kept or _has_many_values(workspace_id, dimension, place, busiest):
                yield dimension, place


def keep(workspace_id: int, dimension: Dimension, place: int, until: date) -> int:
    """Cut a chain where later scans have come, and add the days that are missing; returns how many."""
    cut_where_wrong(workspace_id, dimension, place)
    added = 0
    while add_next_day(workspace_id, dimension, place, until):
        added += 1
    return added


def forget(workspace_ids: Iterable[int], days: Iterable[date]) -> None:
    """Cut every chain of these workspaces: in this transaction, which counts alone, scans of these days are moved."""
    RunningTotal.objects.filter(workspace_id__in=workspace_ids, date__gte=min(days, default=date.max)).delete()


@transaction.atomic
def cut_where_wrong(workspace_id: int, dimension: Dimension, place: int) -> None:
    """Remove the rows from the first day on of which the sum has changed."""
    _lock(workspace_id)
    chain = RunningTotal.objects.filter(workspace_id=workspace_id, dimension=dimension, scan_class=place)
    kept = dict(chain.values_list("date", "scans"))
    if not kept:
        return
    counted = dict(_days(workspace_id, place).filter(date__lte=max(kept)).values_list("date", CLASSES[place]))
    if wrong := [day for day in kept.keys() | counted.keys() if kept.get(day, 0) != counted.get(day, 0)]:
        chain.filter(date__gte=min(wrong)).delete()


@transaction.atomic
def add_next_day(workspace_id: int, dimension: Dimension, place: int, until: date) -> bool:
    """Add the first day with scans after the chain's last; False when there is none up to `until`.

    A transaction a day: a writer never waits long, and whoever adds the next one begins with what is stored.
    """
    _lock(workspace_id)
    chain = RunningTotal.objects.filter(workspace_id=workspace_id, dimension=dimension, scan_class=place)
    last = chain.order_by("-date").first()
    days = _days(workspace_id, place).filter(date__lte=until, **({"date__gt": last.date} if last else {}))
    # The sum before its parts: a scan that is counted between the two makes the day look wrong, never right.
    following = days.order_by("date").values_list("date", CLASSES[place]).first()
    if following is None:
        return False
    day, scans = following
    of_day = Totals.of(_rows(workspace_id, dimension, place).filter(date=day).values_list("value", "n"))
    totals = added_up([unpack(last.packed), of_day]) if last else of_day
    RunningTotal.objects.create(
        workspace_id=workspace_id, dimension=dimension, scan_class=place, date=day, scans=scans, packed=pack(totals)
    )
    return True


def _has_many_values(workspace_id: int, dimension: Dimension, place: int, days: set[date]) -> bool:
    rows = _rows(workspace_id, dimension, place)
    return any(rows.filter(date=day)[MANY_VALUES : MANY_VALUES + 1].exists() for day in days)


def _rows(workspace_id: int, dimension: Dimension, place: int) -> QuerySet[Breakdown]:
    return Breakdown.objects.filter(scope=Scope.WORKSPACE, scope_id=workspace_id, dimension=dimension, scan_class=place)


def _days(workspace_id: int, place: int) -> QuerySet[LocalDay]:
    days = LocalDay.objects.filter(scope=Scope.WORKSPACE, scope_id=workspace_id)
    return days.filter(**{f"{CLASSES[place]}__gt": 0})


def _lock(workspace_id: int) -> None:
    """One at a time adds to the chains of a workspace, and nobody moves scans meanwhile; new links need not wait."""
    count_beside_others()
    Workspace.objects.select_for_update(no_key=True).filter(pk=workspace_id).values_list("pk").first()
