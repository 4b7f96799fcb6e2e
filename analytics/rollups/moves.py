"""Takes stored scans out of the class that they were counted in and counts them in another."""

from collections import Counter
from collections.abc import Sequence

from analytics import kept
from analytics.enrich import ScanRow
from analytics.models import Breakdown, DayVisitor, Scan, Scope
from analytics.rollups.breakdowns import Key, add_breakdowns, breakdowns_of
from analytics.rollups.days import add_days, days_of, humans_of, recount_visitors
from analytics.rollups.quarters import add_quarters, quarters_of
from analytics.rollups.totals import move_links
from analytics.rollups.visitors import Arrivals, days_seen, first_day_with_visitors, visitors_of


def move_classes(moved: Sequence[tuple[Scan, str]]) -> None:
    """In a transaction that counts alone; each scan as it was stored comes with the class that it has now."""
    before = [ScanRow(*(getattr(scan, name) for name in ScanRow._fields)) for scan, _ in moved]
    after = [row._replace(scan_class=scan_class) for row, (_, scan_class) in zip(before, moved, strict=True)]
    taken, given = quarters_of(before), quarters_of(after)
    add_quarters({key: _difference(given[key], taken[key]) for key in taken})
    _move_days(before, after)
    _move_breakdowns(before, after)
    kept.forget({row.workspace_id for row in before}, {row.local_date for row in before})
    move_links(before, after)


def _move_days(before: Sequence[ScanRow], after: Sequence[ScanRow]) -> None:
    """Daily uniques come anew from raw scans; visitors who turned out to be no people are forgotten."""
    taken, given = days_of(before), days_of(after)
    seen, kept_since = visitors_of(after), first_day_with_visitors()
    Arrivals.of({one for one in seen if one.date >= kept_since}).new()
    add_days({key: _difference(given[key], taken[key]) for key in taken}, {})
    recount_visitors(days_seen(visitors_of(before) | seen))
    for one in sorted(visitors_of(before) - seen):
        if not humans_of(Scope.CODE, one.code_id, one.date).filter(visitor=one.visitor, campaign_id=one.campaign_id):
            DayVisitor.objects.filter(pk=one[:5]).delete()


def _move_breakdowns(before: Sequence[ScanRow], after: Sequence[ScanRow]) -> None:
    sums: Counter[Key] = breakdowns_of(after)
    sums.subtract(breakdowns_of(before))
    add_breakdowns({key: n for key, n in sums.items() if n})
    for scope, scope_id, day in sorted({(key[0], key[1], key[4]) for key, n in sums.items() if n < 0}):
        Breakdown.objects.filter(scope=scope, scope_id=scope_id, date=day, n=0).delete()


def _difference(more: Sequence[int], less: Sequence[int]) -> list[int]:
    return [a - b for a, b in zip(more, less, strict=True)]
