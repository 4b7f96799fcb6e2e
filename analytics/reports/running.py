"""Sums by value of a whole workspace from running totals: as quick over a year as over a week."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from django.db.models import Q, Sum

from analytics.models import Breakdown, Dimension, LocalDay, RunningTotal, ScanClass, Scope
from analytics.periods import Period
from analytics.reports.words import CLASSES
from analytics.running_totals import Totals, added_up, unpack

# A dimension, and the place of a class.
Part = tuple[int, int]
# The key of a row: its part, and the day.
Key = tuple[int, int, date]
# Each day of a part's chain, and how many scans the day had when it was added.
Chains = dict[Part, dict[date, int]]


def running_sums(
    workspace_id: int, dimensions: Collection[Dimension], period: Period, classes: frozenset[ScanClass]
) -> dict[Dimension, Totals]:
    """Scans of some classes by value, of those dimensions that have running totals. Four queries, whatever the period.

    Exact however late scans come: days that are not in a chain, or had other scans when they were added, are read
    from breakdowns.
    """
    places = [CLASSES.index(each) for each in classes]
    chains = _chains(workspace_id, dimensions, places, period.last_date)
    if not chains:
        return {}
    live = _days_to_read(workspace_id, chains, places, period)
    signs = _signs(chains, period.first_date, live)
    rows = _rows(workspace_id, signs)
    cut = {key[0] for key in signs.keys() - rows.keys()}  # since the chains were looked at
    sums = _read_anew(workspace_id, live)
    for key in signs.keys() & rows.keys():
        sums[key[0]].append(rows[key].times(signs[key]))
    return {Dimension(number): added_up(sums[number]) for number in {part[0] for part in chains} - cut}


def _chains(workspace_id: int, dimensions: Collection[Dimension], places: list[int], last: date) -> Chains:
    """Of dimensions of which one class at least has a chain, all classes: where there is none it is empty."""
    rows = RunningTotal.objects.filter(
        workspace_id=workspace_id, dimension__in=dimensions, scan_class__in=places, date__lte=last
    )
    found: Chains = defaultdict(dict)
    for dimension, place, day, scans in rows.values_list("dimension", "scan_class", "date", "scans"):
        found[dimension, place][day] = scans
    return {
        (dimension, place): found[dimension, place] for dimension in {part[0] for part in found} for place in places
    }


def _days_to_read(workspace_id: int, chains: Chains, places: list[int], period: Period) -> dict[Part, list[date]]:
    """Days of which a chain does not know, or no longer knows, all scans."""
    first, last = period.first_date, period.last_date
    days = LocalDay.objects.filter(scope=Scope.WORKSPACE, scope_id=workspace_id, date__range=(first, last))
    counted = {
        day: dict(zip(places, scans, strict=True))
        for day, *scans in days.values_list("date", *(CLASSES[place] for place in places))
    }
    return {
        (dimension, place): sorted(
            day
            for day in counted.keys() | {day for day in chain if first <= day <= last}
            if chain.get(day, 0) != counted.get(day, {}).get(place, 0)
        )
        for (dimension, place), chain in chains.items()
    }


def _signs(chains: Chains, first: date, live: Mapping[Part, Collection[date]]) -> dict[Key, int]:
    """Which rows make up the period without the days that are read anew, and how often each counts."""
    signs = Counter[Key]()  # days that follow one another cancel out
    for part, chain in chains.items():
        days = [None, *sorted(chain)]  # before the first day there was nothing
        for earlier, day in pairwise(days):
            if day is not None and day >= first and day not in live[part]:
                signs[*part, day] += 1
                if earlier is not None:
                    signs[*part, earlier] -= 1
    return {key: sign for key, sign in signs.items() if sign}


def _rows(workspace_id: int, keys: Collection[Key]) -> dict[Key, Totals]:
    """All read by one statement, so that they are of the same chains."""
    dimensions, places, days = map(set, zip(*keys, strict=True)) if keys else [set[Any]()] * 3
    rows = RunningTotal.objects.filter(
        workspace_id=workspace_id, dimension__in=dimensions, scan_class__in=places, date__in=days
    )
    found = rows.values_list("dimension", "scan_class", "date", "packed")
    return {
        (dimension, place, day): unpack(packed)
        for dimension, place, day, packed in found
        if (dimension, place, day) in keys
    }


def _read_anew(workspace_id: int, live: Mapping[Part, Collection[date]]) -> defaultdict[int, list[Totals]]:
    """By dimension, what breakdowns have for the days of which the chains do not tell."""
    wanted = [
        Q(dimension=dimension, scan_class=place, date__in=days) for (dimension, place), days in live.items() if days
    ]
    rows = Breakdown.objects.filter(reduce(or_, wanted, Q(pk__in=[])), scope=Scope.WORKSPACE, scope_id=workspace_id)
    by_dimension = defaultdict[int, list[tuple[int, int]]](list)
    for dimension, value, scans in rows.values_list("dimension", "value").annotate(scans=Sum("n")):
        by_dimension[dimension].append((value, int(scans)))
    return defaultdict(list, {dimension: [Totals.of(some)] for dimension, some in by_dimension.items()})
