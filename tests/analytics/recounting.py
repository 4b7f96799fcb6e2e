"""What rollups must hold, counted one scan after the other in plain Python; and what they do hold."""

from collections import defaultdict
from datetime import date
from typing import Any

from analytics.models import (
    Breakdown,
    DayVisitor,
    Dimension,
    DimensionValue,
    LocalDay,
    QuarterHour,
    Scan,
    ScanClass,
    Scope,
    SetAsideRecord,
)
from analytics.rollups import words
from links.models import LinkCounter, Segment

CLASSES = list(ScanClass.values)
WORDS = ["country", "region", "city", "device", "os", "browser", "language", "referrer", "destination", "outcome"]
IDS = {"code": "code_id", "link": "link_id", "campaign": "campaign_id"}

# Table to {key: numbers}.
Tables = dict[str, dict[tuple[Any, ...], Any]]


def recounted(first_day_with_visitors: date) -> Tables:
    """From raw scans alone."""
    quarters: Any = defaultdict(lambda: [0] * 7)
    days: Any = defaultdict(lambda: [0] * 7)
    visitors: Any = defaultdict(set)
    breakdowns: Any = defaultdict(int)
    links: Any = defaultdict(lambda: [0, 0, None])
    for scan in Scan.objects.order_by("at"):
        place = CLASSES.index(scan.scan_class)
        start = scan.at.replace(minute=scan.at.minute // 15 * 15, second=0, microsecond=0)
        ids = {1: scan.code_id, 2: scan.link_id, 3: scan.workspace_id, 4: scan.campaign_id}
        for scope, id_ in ids.items():
            if not id_:
                continue
            quarters[scope, id_, start][place] += 1
            days[scope, id_, scan.local_date][place] += 1
            if scan.scan_class == "human" and scan.visitor:
                visitors[scope, id_, scan.local_date].add(scan.visitor)
        for scope in (2, 3):
            for name in WORDS:
                if value := getattr(scan, name):
                    breakdowns[scope, ids[scope], name, place, scan.local_date, value] += 1
        for name, column in IDS.items():
            if value := getattr(scan, column):
                breakdowns[3, scan.workspace_id, name, place, scan.local_date, value] += 1
        counter = links[(scan.link_id,)]
        counter[0 if scan.scan_class == "human" else 1] += 1
        counter[2] = scan.at
    return {
        "quarters": dict(quarters),
        "days": {day: [*counts, len(visitors.get(day, ()))] for day, counts in days.items()},
        "breakdowns": dict(breakdowns),
        "visitors": {day: seen for day, seen in visitors.items() if day[2] >= first_day_with_visitors},
        "links": dict(links),
    }


def shown(first_day_with_visitors: date) -> Tables:
    """What the rollups hold, but for rows that say nothing."""
    texts = dict(DimensionValue.objects.values_list("id", "text"))
    visitors: Any = defaultdict(set)
    for seen in DayVisitor.objects.filter(date__gte=first_day_with_visitors):
        for scope, column in {1: "code_id", 2: "link_id", 3: "workspace_id", 4: "campaign_id"}.items():
            if getattr(seen, column):
                visitors[scope, getattr(seen, column), seen.date].add(seen.visitor)
    return {
        "quarters": _rows(QuarterHour, "scope", "scope_id", "start", *CLASSES),
        "days": _rows(LocalDay, "scope", "scope_id", "date", *CLASSES, "visitors"),
        "breakdowns": {
            (scope, id_, name, place, day, value if name in IDS else texts[value]): n
            for scope, id_, dimension, place, day, value, n in Breakdown.objects.values_list(
                "scope", "scope_id", "dimension", "scan_class", "date", "value", "n"
            )
            if (name := Dimension(dimension).name.lower()) and n
        },
        "visitors": dict(visitors),
        "links": {
            (id_,): numbers
            for id_, *numbers in LinkCounter.objects.values_list("link_id", "human", "other", "last_scan_at")
            if any(numbers)
        },
    }


def _rows(model: Any, *names: str) -> dict[tuple[Any, ...], list[int]]:
    rows = model.objects.values_list(*names)
    return {row[:3]: list(row[3:]) for row in rows if any(row[3:])}


def sums_of_classes() -> dict[Scope, int]:
    """All scans of a scope, whatever their class, by quarters of an hour; days must say the same."""
    sums = {}
    for scope in Scope:
        by_quarter = sum(sum(row) for row in QuarterHour.objects.filter(scope=scope).values_list(*CLASSES))
        by_day = sum(sum(row) for row in LocalDay.objects.filter(scope=scope).values_list(*CLASSES))
        assert by_quarter == by_day
        sums[scope] = by_quarter
    return sums


def forget_everything() -> None:
    """Between two examples of one test."""
    words.forget()
    for model in (Scan, QuarterHour, LocalDay, DayVisitor, Breakdown, DimensionValue, Segment, SetAsideRecord):
        model._default_manager.all().delete()
    LinkCounter.objects.update(human=0, other=0, last_scan_at=None)
