"""ROLLUPS, a list: one function per rollup, each given the scans that were actually inserted.

All of them run inside the transaction that inserted the scans, always in this order.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from analytics.enrich import Row
from analytics.models import DayVisitor, LocalDay, QuarterHour, Scan, ScanClass, Scope
from analytics.upserts import add_up, insert_new
from links.models import Link, LinkCounter

# Visitors of a day are kept this long: by then nearly every scan of it has arrived.
VISITOR_DAYS = 3
# Scope, its id, local date, visitor.
Seen = tuple[int, int, date, str]
# What of a stored scan says where it was counted.
MOVED_BY = ("at", "local_date", "workspace_id", "campaign_id", "link_id", "code_id", "scan_class", "visitor")
COLUMN_OF = {
    Scope.CODE: "code_id",
    Scope.LINK: "link_id",
    Scope.WORKSPACE: "workspace_id",
    Scope.CAMPAIGN: "campaign_id",
}


def scopes_of(row: Row) -> Iterator[tuple[Scope, int]]:
    """What a scan counts for; not every link is part of a campaign."""
    for scope, column in COLUMN_OF.items():
        if row[column]:
            yield scope, row[column]


def quarter_hour(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def count_quarter_hours(rows: list[Row], times: int = 1) -> None:
    """Scans per scope and quarter of an hour, a column a class; with `times` −1 they are taken back."""
    counts: dict[tuple[int, int, datetime], Counter[str]] = {}
    for row in rows:
        start = quarter_hour(row["at"])
        for scope, scope_id in scopes_of(row):
            counts.setdefault((scope.value, scope_id, start), Counter())[row["scan_class"]] += times
    add_up(
        QuarterHour,
        [
            {
                "scope": scope,
                "scope_id": scope_id,
                "start": start,
                **{name: by_class[name] for name in ScanClass.values},
            }
            for (scope, scope_id, start), by_class in counts.items()
        ],
        key=("scope", "scope_id", "start"),
    )


def count_unique_visitors(rows: list[Row]) -> None:
    """Different human visitors per scope and local day: exact, because each is inserted once."""
    kept_since, seen = first_day_with_visitors(), _visitors_of(rows)
    late = {values for values in seen if values[2] < kept_since}
    _count_new_visitors(seen - late)
    recount_days({(scope, scope_id, day) for scope, scope_id, day, _ in late})


def _visitors_of(rows: list[Row]) -> set[Seen]:
    """The human visitors among scans, once for each scope and local day."""
    return {
        (scope.value, scope_id, row["local_date"], row["visitor"])
        for row in rows
        if row["scan_class"] == ScanClass.HUMAN and row["visitor"]
        for scope, scope_id in scopes_of(row)
    }


def move_classes(moved: Sequence[tuple[Scan, str]]) -> None:
    """Take stored scans out of the class that they were counted in and count them in another, in this transaction."""
    before = [{name: getattr(scan, name) for name in MOVED_BY} for scan, _ in moved]
    after = [row | {"scan_class": scan_class} for row, (_, scan_class) in zip(before, moved, strict=True)]
    count_quarter_hours(before, times=-1)
    count_quarter_hours(after)
    count_unique_visitors(after)
    _correct_visitors(_visitors_of(before) | _visitors_of(after))
    _move_link_counters(before, after)


def _correct_visitors(touched: set[Seen]) -> None:
    """Daily uniques anew from raw scans; visitors who turned out to be no people are forgotten."""
    recount_days({values[:3] for values in touched})
    for scope, scope_id, day, visitor in sorted(touched):
        if not _humans_of(scope, scope_id, day).filter(visitor=visitor).exists():
            DayVisitor.objects.filter(scope=scope, scope_id=scope_id, date=day, visitor=visitor).delete()


def _move_link_counters(before: list[Row], after: list[Row]) -> None:
    humans = Counter(row["link_id"] for row in after if row["scan_class"] == ScanClass.HUMAN)
    humans.subtract(row["link_id"] for row in before if row["scan_class"] == ScanClass.HUMAN)
    for link_id, more in sorted(humans.items()):
        LinkCounter.objects.filter(link=link_id).update(human=F("human") + more, other=F("other") - more)


def first_day_with_visitors() -> date:
    """Daily hashes of earlier days are forgotten."""
    return (timezone.now() - timedelta(days=VISITOR_DAYS)).date()


def _count_new_visitors(seen: set[Seen]) -> None:
    key = ("scope", "scope_id", "date", "visitor")
    new = insert_new(DayVisitor, [dict(zip(key, values, strict=True)) for values in sorted(seen)], key)
    counts = Counter(values[:3] for values in new)
    add_up(
        LocalDay,
        [{"scope": scope, "scope_id": id_, "date": day, "visitors": n} for (scope, id_, day), n in counts.items()],
        key=("scope", "scope_id", "date"),
    )


def recount_days(days: set[tuple[int, int, date]]) -> None:
    """Scans that come days late find no visitors of their day to compare with: count those in the raw scans."""
    key = ("scope", "scope_id", "date")
    # Adding nothing makes and locks the rows, so that of two ingesters the second sees what the first has stored.
    add_up(LocalDay, [dict(zip(key, day, strict=True)) | {"visitors": 0} for day in days], key=key)
    for scope, scope_id, day in sorted(days):
        visitors = _humans_of(scope, scope_id, day).values("visitor").distinct().count()
        LocalDay.objects.filter(scope=scope, scope_id=scope_id, date=day).update(visitors=visitors)


def _humans_of(scope: int, scope_id: int, day: date) -> QuerySet[Scan]:
    """Raw scans of people in one scope on one local day."""
    noon = datetime.combine(day, time(12), UTC)
    humans = Scan.objects.filter(scan_class=ScanClass.HUMAN, local_date=day).exclude(visitor="")
    # No zone's day begins or ends further from its noon in UTC.
    nearby = humans.filter(at__range=(noon - timedelta(hours=30), noon + timedelta(hours=30)))
    return nearby.filter(**{COLUMN_OF[Scope(scope)]: scope_id})


def count_links(rows: list[Row]) -> None:
    """Totals for lists. A link whose row is gone for good has no counter to write."""
    counters: dict[int, dict[str, Any]] = {}
    for row in rows:
        counter = counters.setdefault(
            row["link_id"], {"link": row["link_id"], "human": 0, "other": 0, "last_scan_at": row["at"]}
        )
        counter["human" if row["scan_class"] == ScanClass.HUMAN else "other"] += 1
        counter["last_scan_at"] = max(counter["last_scan_at"], row["at"])
    known = set(Link.objects.filter(pk__in=counters).values_list("pk", flat=True))
    add_up(
        LinkCounter,
        [counter for link_id, counter in counters.items() if link_id in known],
        key=("link",),
        latest=("last_scan_at",),
    )


ROLLUPS: list[Callable[[list[Row]], None]] = [count_quarter_hours, count_unique_visitors, count_links]
