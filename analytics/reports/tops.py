"""The sums that breakdowns are made of: scans by value of a dimension, from rollups."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F, QuerySet, Sum, Value

from analytics.models import Breakdown, Dimension, LocalDay, ScanClass, Scope
from analytics.periods import Period
from analytics.reports.labels import Key
from analytics.reports.running import running_sums
from analytics.reports.subjects import Kind, Subject
from analytics.reports.words import CLASSES, breakdown_scope
from analytics.running_totals import Totals
from links.models import Code

_TOP_SQL = (Path(__file__).parent.parent / "sql" / "top_values.sql").read_text()
# As many values as there are.
EVERY = 2**31


@dataclass(frozen=True)
class Found:
    """Scans by value: those of the wanted values, of all values, and of all scans, with a value or without."""

    top: Sequence[tuple[Any, int]]
    with_value: int
    values: int
    scans: int = 0


def pick(sums: Mapping[Any, int], scans: int, limit: int, keys: Collection[Key] | None = None) -> Found:
    """What is wanted of sums that are all in memory: the `limit` greatest, or those of `keys`."""
    some = {key: n for key, n in sums.items() if n > 0}
    if keys is None:
        most = nlargest(limit, some.values())
        least = most[-1] if most else 0
        top = sorted(((key, n) for key, n in some.items() if n >= least), key=lambda item: (-item[1], item[0]))[:limit]
    else:
        top = _only(keys, some)
    with_value = sum(some.values())
    return Found(top, with_value, len(some), max(scans, with_value))


def _only(keys: Collection[Key], sums: Mapping[Any, int]) -> list[tuple[Any, int]]:
    return [(key, sums.get(key, 0)) for key in keys]


def found_in_rollups(
    subject: Subject,
    limits: Mapping[Dimension, int],
    period: Period,
    classes: frozenset[ScanClass],
    keys: Mapping[Dimension, Collection[Key]] | None = None,
) -> dict[Dimension, Found]:
    """Of each dimension the values with the most scans, as many as its limit, or those of `keys`. Raises Refused."""
    running = running_sums(subject.id, list(limits), period, classes) if subject.kind is Kind.WORKSPACE else {}
    tops = {each: _picked(sums, limits[each], keys[each] if keys else None) for each, sums in running.items()}
    for dimensions, rows in _rows(subject, limits.keys() - running.keys(), period, classes):
        tops |= _added_up(rows, {each: limits[each] for each in dimensions}, keys)
    # Read after the rows: a scan that is counted between the two is one of which the value is not known yet.
    scans = _scans(subject, period, classes)
    return {each: replace(tops[each], scans=max(scans, tops[each].with_value)) for each in limits}


def _rows(
    subject: Subject, dimensions: Iterable[Dimension], period: Period, classes: frozenset[ScanClass]
) -> Iterator[tuple[list[Dimension], QuerySet[Any]]]:
    """Rows of a dimension, a value and a number of scans (n), and of which dimensions they are."""
    dates = (period.first_date, period.last_date)
    in_breakdowns = []
    for dimension in sorted(dimensions):
        if (by_day := _counted_by_day(subject, dimension)) is None:
            in_breakdowns.append(dimension)
            continue
        scope, ids = by_day
        days = LocalDay.objects.filter(scope=scope, scope_id__in=ids, date__range=dates)
        scans = sum(map(F, sorted(classes)), start=Value(0))
        yield [dimension], days.values(dimension=Value(int(dimension)), value=F("scope_id"), n=scans)
    if in_breakdowns:
        scope, ids = breakdown_scope(subject)
        rows = Breakdown.objects.filter(
            scope=scope,
            scope_id__in=ids,
            dimension__in=in_breakdowns,
            scan_class__in=[CLASSES.index(each) for each in sorted(classes)],
            date__range=dates,
        )
        yield in_breakdowns, rows.values("dimension", "value", "n")


def _added_up(
    rows: QuerySet[Any], limits: Mapping[Dimension, int], keys: Mapping[Dimension, Collection[Key]] | None
) -> dict[Dimension, Found]:
    """What is wanted of rows, added up by the database; without the number of all scans."""
    sql, parameters = rows.query.sql_with_params()
    cases = " ".join("WHEN %s THEN %s" for _ in limits)
    numbers = [number for each, limit in limits.items() for number in (int(each), EVERY if keys else limit)]
    with connection.cursor() as cursor:
        cursor.execute(_TOP_SQL.replace("{rows}", f"({sql}) rows_").replace("{limits}", cases), [*parameters, *numbers])
        found = defaultdict(list)
        for dimension, *row in cursor.fetchall():
            found[dimension].append([int(number) for number in row])
    return {each: _of_rows(found[each], keys[each] if keys else None) for each in limits}


def _of_rows(rows: Sequence[Sequence[int]], keys: Collection[Key] | None) -> Found:
    """Of rows of (value, scans, scans of all values, number of all values)."""
    with_value, values = rows[0][2:] if rows else (0, 0)
    top = [(value, n) for value, n, *_ in rows]
    return Found(top if keys is None else _only(keys, dict(top)), with_value, values)


def _picked(totals: Totals, limit: int, keys: Collection[Key] | None) -> Found:
    """What `pick` picks, of arrays: a large workspace has tens of thousands of values."""
    values, sums = (numbers[totals.scans > 0] for numbers in totals)
    if keys is None:
        most = np.lexsort((values, -sums))[:limit]
        top = list(zip(values[most].tolist(), sums[most].tolist(), strict=True))
    else:
        top = _only(keys, dict(zip(values.tolist(), sums.tolist(), strict=True)))
    return Found(top, int(sums.sum()), len(values))


def _counted_by_day(subject: Subject, dimension: Dimension) -> tuple[Scope, Any] | None:
    """Links and codes of anything but a workspace have days of their own: their scope and ids."""
    if subject.kind is Kind.WORKSPACE:
        return None
    if dimension is Dimension.LINK:
        return Scope.LINK, subject.link_ids
    if dimension is Dimension.CODE:
        return Scope.CODE, Code.objects.filter(link__in=subject.link_ids).values("pk")
    return None


def _scans(subject: Subject, period: Period, classes: frozenset[ScanClass]) -> int:
    """Scans of some classes on the days of a period, as many as the rows of a breakdown were made from."""
    scope, ids = breakdown_scope(subject)
    days = LocalDay.objects.filter(scope=scope, scope_id__in=ids, date__range=(period.first_date, period.last_date))
    sums = days.aggregate(**{f"of_{name}": Sum(name) for name in classes})
    return sum(int(n or 0) for n in sums.values())
