"""Takes stored scans out of the class that they were counted in and counts them in another."""

from collections import Counter
from collections.abc import Sequence

from analytics import running_totals
from analytics.enrich import ScanRow
from analytics.models import Breakdown, DayVisitor, Scan
from analytics.rollups.breakdowns import Key, add_breakdowns, breakdowns_of
from analytics.rollups.days import (
    add_days,
    days_of,
    first_day_with_visitors,
    humans_of,
    new_visitors,
    recount_visitors,
    visitors_of,
)
from analytics.rollups.quarters import add_quarters, quarters_of
from analytics.rollups.totals import move_links


def move_classes(moved: Sequence[tuple[Scan, str]]) -> None:
    """In a transaction that counts alone; each scan as it was stored comes with the class that it has now."""
    before = [ScanRow(*(getattr(scan, name) for name in ScanRow._fields)) for scan, _ in moved]
    after = [row._replace(scan_class=scan_class) for row, (_, scan_class) in zip(before, moved, strict=True)]
    taken, given = quarters_of(before), quarters_of(after)
    add_quarters({key: _difference(given[key], taken[key]) for key in taken})
    _move_days(before, after)
    _move_breakdowns(before, after)
    running_totals.forget({row.workspace_id for row in before}, {row.local_date for row in before})
    move_links(before, after)


def _move_days(before: Sequence[ScanRow], after: Sequence[ScanRow]) -> None:
    """Daily uniques come anew from raw scans; visitors who turned out to be no people are forgotten."""
    taken, given = days_of(before), days_of(after)
    touched = visitors_of(before) | visitors_of(after)
    new_visitors(values for values in visitors_of(after) if values[2] >= first_day_with_visitors())
    add_days({key: _difference(given[key], taken[key]) for key in taken}, {})
    recount_visitors({values[:3] for values in touched})
    for scope, scope_id, day, visitor in sorted(touched):
        if not humans_of(scope, scope_id, day).filter(visitor=visitor).exists():
            DayVisitor.objects.filter(scope=scope, scope_id=scope_id, date=day, visitor=visitor).delete()


def _move_breakdowns(before: Sequence[ScanRow], after: Sequence[ScanRow]) -> None:
    sums: Counter[Key] = breakdowns_of(after)
    sums.subtract(breakdowns_of(before))
    add_breakdowns({key: n for key, n in sums.items() if n})
    for scope, scope_id, day in sorted({(key[0], key[1], key[4]) for key, n in sums.items() if n < 0}):
        Breakdown.objects.filter(scope=scope, scope_id=scope_id, date=day, n=0).delete()


def _difference(more: Sequence[int], less: Sequence[int]) -> list[int]:
    return [a - b for a, b in zip(more, less, strict=True)]
