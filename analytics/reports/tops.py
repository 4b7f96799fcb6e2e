"""The sums that breakdowns are made of: scans by value of a dimension, from rollups."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Sum

from analytics.models import Breakdown, Dimension, LocalDay, ScanClass, Scope
from analytics.periods import Period
from analytics.reports.labels import Key
from analytics.reports.running import sums_by_value
from analytics.reports.subjects import Kind, Subject
from analytics.reports.words import CLASSES, breakdown_scope
from links.models import Code

_TOP_SQL = (Path(__file__).parent.parent / "sql" / "top_values.sql").read_text()


@dataclass(frozen=True)
class Found:
    """Scans by value: those of the wanted values, of all values, and of all scans, with a value or without."""

    top: Sequence[tuple[Key, int]]
    with_value: int
    values: int
    scans: int


def pick(sums: Mapping[Any, int], scans: int, limit: int, keys: Collection[Key] | None = None) -> Found:
    """What is wanted of sums that are all in memory: the `limit` greatest, or those of `keys`."""
    some = {key: n for key, n in sums.items() if n > 0}
    if keys is None:
        most = nlargest(limit, some.values())
        least = most[-1] if most else 0
        top = sorted(((key, n) for key, n in some.items() if n >= least), key=lambda item: (-item[1], item[0]))[:limit]
    else:
        top = [(key, some.get(key, 0)) for key in keys]
    with_value = sum(some.values())
    return Found(top, with_value, len(some), max(scans, with_value))


def found_in_rollups(
    subject: Subject,
    dimension: Dimension,
    period: Period,
    classes: frozenset[ScanClass],
    limit: int,
    keys: Collection[Key] | None = None,
) -> Found:
    """The values with the most scans, or those of `keys`. Raises Refused."""
    if (sums := _running(subject, dimension, period, classes)) is not None:
        return pick(sums, _scans(subject, period, classes), limit, keys)
    rows, parameters, value, scans = _rows(subject, dimension, period, classes)
    sql = _TOP_SQL.replace("{rows}", rows).replace("{value}", value).replace("{scans}", scans)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, limit if keys is None else 2**31])
        found = cursor.fetchall()
    # Read after the rows: a scan that is counted between the two is one of which the value is not known yet.
    total = _scans(subject, period, classes)
    if keys is not None:
        return pick({key: int(n) for key, n, _, _ in found}, total, limit, keys)
    with_value, values = (int(found[0][2]), int(found[0][3])) if found else (0, 0)
    return Found([(key, int(n)) for key, n, _, _ in found], with_value, values, max(total, with_value))


def _running(
    subject: Subject, dimension: Dimension, period: Period, classes: frozenset[ScanClass]
) -> dict[int, int] | None:
    return sums_by_value(subject.id, dimension, period, classes) if subject.kind is Kind.WORKSPACE else None


def _rows(
    subject: Subject, dimension: Dimension, period: Period, classes: frozenset[ScanClass]
) -> tuple[str, Sequence[Any], str, str]:
    """A sub-select with its parameters, and what in it is the value and what the number of scans."""
    dates = (period.first_date, period.last_date)
    by_day = _counted_by_day(subject, dimension)
    if by_day is not None:
        scope, ids = by_day
        days = LocalDay.objects.filter(scope=scope, scope_id__in=ids, date__range=dates)
        sql, parameters = days.values("scope_id", *CLASSES).query.sql_with_params()
        return f"({sql}) days", parameters, "scope_id", " + ".join(sorted(classes))
    scope, ids = breakdown_scope(subject)
    rows = Breakdown.objects.filter(
        scope=scope,
        scope_id__in=ids,
        dimension=dimension,
        scan_class__in=[CLASSES.index(each) for each in sorted(classes)],
        date__range=dates,
    )
    sql, parameters = rows.values("value", "n").query.sql_with_params()
    return f"({sql}) parts", parameters, "value", "n"


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
