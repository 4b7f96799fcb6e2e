"""Scans per scope and quarter of an hour (UTC), a column a class."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from analytics.enrich import ScanRow
from analytics.models import QuarterHour
from analytics.rollups.scopes import CLASSES, PLACE_OF_CLASS, ids_by_scope
from analytics.upserts import Addition

NAMES = ("scope", "scope_id", "start", *CLASSES)
# Scope, its id, start.
Quarter = tuple[int, int, datetime]


def quarter_hour(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def count_quarter_hours(rows: Sequence[ScanRow]) -> Callable[[], None]:
    return addition(quarters_of(rows)).run


def quarters_of(rows: Sequence[ScanRow]) -> dict[Quarter, list[int]]:
    """Numbers of scans in the order of classes."""
    starts = [quarter_hour(row.at) for row in rows]
    classes = [PLACE_OF_CLASS[row.scan_class] for row in rows]
    sums: dict[Quarter, list[int]] = {}
    for scope, ids in ids_by_scope(rows):
        for (scope_id, start, place), n in Counter(zip(ids, starts, classes, strict=True)).items():
            if scope_id:
                sums.setdefault((scope, scope_id, start), [0] * len(CLASSES))[place] += n
    return sums


def addition(sums: Mapping[Quarter, Sequence[int]]) -> Addition:
    return Addition.of(QuarterHour, NAMES, [(*quarter, *counts) for quarter, counts in sums.items()], key=NAMES[:3])


def add_quarters(sums: Mapping[Quarter, Sequence[int]]) -> None:
    addition(sums).run()
