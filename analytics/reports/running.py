"""Sums by value of a whole workspace from running totals: as quick over a year as over a week."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from itertools import pairwise
from operator import sub

from django.db.models import QuerySet, Sum

from analytics.models import Breakdown, Dimension, LocalDay, RunningTotal, ScanClass, Scope
from analytics.periods import Period
from analytics.reports.words import CLASSES
from analytics.running_totals import unpack

# By the class's place: each day of a chain, and how many scans that day had when it was added.
Chains = dict[int, dict[date, int]]


def sums_by_value(
    workspace_id: int, dimension: Dimension, period: Period, classes: frozenset[ScanClass]
) -> dict[int, int] | None:
    """Scans of some classes by value; None where no running totals are kept. Five queries, whatever the period.

    Exact however late scans come: days that are not in a chain, or had other scans when they were added, are read
    from breakdowns.
    """
    first, last = period.first_date, period.last_date
    places = [CLASSES.index(each) for each in classes]
    chains = _chains(workspace_id, dimension, places, last)
    if not chains:
        return None
    live = _days_to_read(workspace_id, chains, first, last)
    sums = _differences(workspace_id, dimension, chains, first, live)
    if sums is None:
        return None
    rows = Breakdown.objects.filter(scope=Scope.WORKSPACE, scope_id=workspace_id, dimension=dimension)
    sums.update(_added_up(rows.filter(scan_class__in=list(chains), date__in=live)))
    if unkept := [place for place in places if place not in chains]:
        sums.update(_added_up(rows.filter(scan_class__in=unkept, date__range=(first, last))))
    return dict(sums)


def _chains(workspace_id: int, dimension: Dimension, places: list[int], last: date) -> Chains:
    chains: Chains = defaultdict(dict)
    rows = RunningTotal.objects.filter(
        workspace_id=workspace_id, dimension=dimension, scan_class__in=places, date__lte=last
    )
    for place, day, scans in rows.values_list("scan_class", "date", "scans"):
        chains[place][day] = scans
    return dict(chains)


def _days_to_read(workspace_id: int, chains: Chains, first: date, last: date) -> list[date]:
    """Days of which a chain does not know, or no longer knows, all scans."""
    names = [CLASSES[place] for place in chains]
    days = LocalDay.objects.filter(scope=Scope.WORKSPACE, scope_id=workspace_id, date__range=(first, last))
    counted = {day: numbers for day, *numbers in days.values_list("date", *names)}
    added = {day for chain in chains.values() for day in chain if first <= day <= last}
    return sorted(
        day
        for day in counted.keys() | added
        if [chain.get(day, 0) for chain in chains.values()] != list(counted.get(day, [0] * len(names)))
    )


def _differences(
    workspace_id: int, dimension: Dimension, chains: Chains, first: date, live: Collection[date]
) -> Counter[int] | None:
    """What the chains hold of a period without the days that are read anew; None when one was cut meanwhile."""
    signs = Counter[tuple[int, date]]()  # days that follow one another cancel out
    for place, chain in chains.items():
        days = [None, *sorted(chain)]  # before the first day there was nothing
        for earlier, day in pairwise(days):
            if day is not None and day >= first and day not in live:
                signs[place, day] += 1
                if earlier is not None:
                    signs[place, earlier] -= 1
    return _weighted(workspace_id, dimension, signs)


def _weighted(workspace_id: int, dimension: Dimension, signs: Counter[tuple[int, date]]) -> Counter[int] | None:
    """Rows times their signs: all read by one statement, so that they are of one chain."""
    wanted = {key: sign for key, sign in signs.items() if sign}
    rows = RunningTotal.objects.filter(
        workspace_id=workspace_id,
        dimension=dimension,
        scan_class__in={place for place, _ in wanted},
        date__in={day for _, day in wanted},
    )
    plus, minus = Counter[int](), Counter[int]()
    for place, day, packed in rows.values_list("scan_class", "date", "packed"):
        sign = wanted.pop((place, day), 0)
        if sign > 0:
            _add(plus, unpack(packed), sign)
        elif sign < 0:
            _add(minus, unpack(packed), -sign)
    if wanted:
        return None
    if plus.keys() == minus.keys():  # as nearly always: every value is older than the period
        return Counter(dict(zip(plus, map(sub, plus.values(), map(minus.__getitem__, plus)), strict=True)))
    plus.subtract(minus)
    return plus


def _add(sums: Counter[int], more: Counter[int], times: int) -> None:
    if not sums and times == 1:
        dict.update(sums, more)
        return
    for value, n in more.items():
        sums[value] += times * n


def _added_up(rows: QuerySet[Breakdown]) -> dict[int, int]:
    return {value: int(n) for value, n in rows.values_list("value").annotate(scans=Sum("n"))}
