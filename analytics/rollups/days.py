"""Scans and different visitors per scope and workspace-local day, a column a class and one for visitors."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from django.db.models import QuerySet

from analytics.enrich import ScanRow
from analytics.models import LocalDay, Scan, ScanClass, Scope
from analytics.partitions import between
from analytics.rollups.scopes import CLASSES, PLACE_OF_CLASS, ids_by_scope, scans_of
from analytics.rollups.visitors import Arrivals, Day, days_seen, first_day_with_visitors, visitors_of
from analytics.upserts import Addition

KEY = ("scope", "scope_id", "date")
# What a day has numbers of: scans of each class, and visitors.
NUMBERS = (*CLASSES, "visitors")
NAMES = (*KEY, *NUMBERS)
# No zone's day begins or ends further from its noon in UTC.
AROUND_NOON = timedelta(hours=30)


def count_days(rows: Sequence[ScanRow]) -> Callable[[], None]:
    return partial(_count_days, days_of(rows), Arrivals.of(visitors_of(rows)))


def _count_days(sums: Mapping[Day, Sequence[int]], arrivals: Arrivals) -> None:
    """Scans that come days late find no visitors of their day to compare with."""
    kept_since = first_day_with_visitors()
    late = {one for one in arrivals.seen if one.date < kept_since}
    add_days(sums, (Arrivals.of(arrivals.seen - late) if late else arrivals).new())
    # After adding, which locks the rows: of two ingesters the second sees what the first has stored.
    recount_visitors(days_seen(late))


def days_of(rows: Sequence[ScanRow]) -> dict[Day, list[int]]:
    """Numbers of scans in the order of classes."""
    dates = [row.local_date for row in rows]
    classes = [PLACE_OF_CLASS[row.scan_class] for row in rows]
    sums: dict[Day, list[int]] = {}
    for scope, ids in ids_by_scope(rows):
        for (scope_id, day, place), n in Counter(zip(ids, dates, classes, strict=True)).items():
            if scope_id:
                sums.setdefault((scope, scope_id, day), [0] * len(CLASSES))[place] += n
    return sums


def add_days(sums: Mapping[Day, Sequence[int]], visitors: Mapping[Day, int]) -> None:
    rows = [(*day, *counts, visitors.get(day, 0)) for day, counts in sums.items()]
    Addition.of(LocalDay, NAMES, rows, key=KEY).run()


def recount_visitors(days: Iterable[Day]) -> None:
    """From raw scans. Whoever calls this has locked the rows of these days by adding to them."""
    for scope, scope_id, day in sorted(days):
        visitors = humans_of(scope, scope_id, day).values("visitor").distinct().count()
        LocalDay.objects.filter(scope=scope, scope_id=scope_id, date=day).update(visitors=visitors)


def humans_of(scope: int, scope_id: int, day: date) -> QuerySet[Scan]:
    """Raw scans of people in one scope on one local day."""
    humans = scans_of(Scope(scope), scope_id).filter(scan_class=ScanClass.HUMAN).exclude(visitor="")
    return between(humans.filter(local_date=day), *around(day, day))


def around(first: date, last: date) -> tuple[datetime, datetime]:
    """Between which moments (UTC) a scan of these local days can lie, whatever the zone."""
    noons = (datetime.combine(day, time(12), UTC) for day in (first, last))
    return next(noons) - AROUND_NOON, next(noons) + AROUND_NOON
