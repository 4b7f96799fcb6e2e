"""ROLLUPS, a list: one function per rollup, each given the scans that were actually inserted.

All of them run inside the transaction that inserted the scans, always in this order.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from analytics.enrich import Row
from analytics.models import DayUniques, DayVisitor, QuarterHour, ScanClass, Scope
from analytics.upserts import add_up, insert_new
from links.models import Link, LinkCounter


def scopes_of(row: Row) -> Iterator[tuple[Scope, int]]:
    """What a scan counts for."""
    yield Scope.CODE, row["code_id"]
    yield Scope.LINK, row["link_id"]
    yield Scope.WORKSPACE, row["workspace_id"]


def quarter_hour(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def count_quarter_hours(rows: list[Row]) -> None:
    """Scans per scope and quarter of an hour, a column a class."""
    counts: dict[tuple[int, int, datetime], Counter[str]] = {}
    for row in rows:
        start = quarter_hour(row["at"])
        for scope, scope_id in scopes_of(row):
            counts.setdefault((scope.value, scope_id, start), Counter())[row["scan_class"]] += 1
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
    seen = {
        (scope.value, scope_id, row["local_date"], row["visitor"])
        for row in rows
        if row["scan_class"] == ScanClass.HUMAN and row["visitor"]
        for scope, scope_id in scopes_of(row)
    }
    key = ("scope", "scope_id", "date", "visitor")
    new = insert_new(DayVisitor, [dict(zip(key, values, strict=True)) for values in sorted(seen)], key)
    counts = Counter(values[:3] for values in new)
    add_up(
        DayUniques,
        [{"scope": scope, "scope_id": id_, "date": day, "visitors": n} for (scope, id_, day), n in counts.items()],
        key=("scope", "scope_id", "date"),
    )


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
