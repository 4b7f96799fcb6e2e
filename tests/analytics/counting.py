"""Fills the rollups from raw scans, plainly and slowly, the way ingestion must: what reports are tested with."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from analytics.models import Breakdown, Dimension, DimensionValue, LocalDay, QuarterHour, Scan, ScanClass, Scope
from analytics.rollups.words import digest_of
from links.scan_events import EventIds

COLUMN_OF = {
    Scope.CODE: "code_id",
    Scope.LINK: "link_id",
    Scope.WORKSPACE: "workspace_id",
    Scope.CAMPAIGN: "campaign_id",
}
ID_COLUMNS = {Dimension.CODE: "code_id", Dimension.LINK: "link_id", Dimension.CAMPAIGN: "campaign_id"}
CLASSES = ScanClass.values
_ids = EventIds()


def make_scan(at: datetime, zone: str, **fields: Any) -> Scan:
    """An unsaved scan with everything that is not given left plain."""
    plain = {"scan_class": "human", "outcome": "redirected", "workspace_id": 1, "link_id": 1, "code_id": 1}
    rest = {"domain_id": 1, "revision": 1, "class_reason": "", "rules_version": "", "method": "GET"}
    local_date = at.astimezone(ZoneInfo(zone)).date()
    return Scan(event_id=new_event_id(at), at=at, local_date=local_date, **rest | plain | fields)


def new_event_id(at: datetime) -> UUID:
    return UUID(hex=_ids.new(int(at.timestamp() * 1000)))


def store(scans: Iterable[Scan]) -> None:
    """Scans, and every rollup anew."""
    Scan.objects.bulk_create(scans)
    recount()


def recount() -> None:
    """Every rollup as the raw scans in the database say."""
    for model in (QuarterHour, LocalDay, Breakdown):
        model.objects.all().delete()
    scans = list(Scan.objects.all())
    _count_quarters(scans)
    _count_days(scans)
    _count_breakdowns(scans)


def _scopes(scan: Scan) -> list[tuple[Scope, int]]:
    return [(scope, getattr(scan, column)) for scope, column in COLUMN_OF.items() if getattr(scan, column)]


def _count_quarters(scans: list[Scan]) -> None:
    sums: dict[tuple[Any, ...], Counter[str]] = {}
    for scan in scans:
        start = scan.at.replace(minute=scan.at.minute // 15 * 15, second=0, microsecond=0)
        for scope, scope_id in _scopes(scan):
            sums.setdefault((scope, scope_id, start), Counter())[scan.scan_class] += 1
    QuarterHour.objects.bulk_create(
        QuarterHour(scope=scope, scope_id=scope_id, start=start, **counts)
        for (scope, scope_id, start), counts in sums.items()
    )


def _count_days(scans: list[Scan]) -> None:
    sums: dict[tuple[Any, ...], Counter[str]] = {}
    visitors: dict[tuple[Any, ...], set[str]] = {}
    for scan in scans:
        for scope, scope_id in _scopes(scan):
            key = (scope, scope_id, scan.local_date)
            sums.setdefault(key, Counter())[scan.scan_class] += 1
            if scan.visitor and scan.scan_class == ScanClass.HUMAN:
                visitors.setdefault(key, set()).add(scan.visitor)
    LocalDay.objects.bulk_create(
        LocalDay(scope=key[0], scope_id=key[1], date=key[2], visitors=len(visitors.get(key, ())), **counts)
        for key, counts in sums.items()
    )


def _count_breakdowns(scans: list[Scan]) -> None:
    sums: Counter[tuple[Any, ...]] = Counter()
    ids = _ids_of_words({(dimension, word) for scan in scans for dimension, word in _words(scan)})
    for scan in scans:
        place = CLASSES.index(scan.scan_class)
        values = [(dimension, ids[dimension, word]) for dimension, word in _words(scan)]
        in_workspace = [(dimension, getattr(scan, column)) for dimension, column in ID_COLUMNS.items()]
        for scope, scope_id, some in (
            (Scope.LINK, scan.link_id, values),
            (Scope.WORKSPACE, scan.workspace_id, values + in_workspace),
        ):
            sums.update(
                (scope, scope_id, dimension, place, scan.local_date, value) for dimension, value in some if value
            )
    names = ("scope", "scope_id", "dimension", "scan_class", "date", "value")
    Breakdown.objects.bulk_create(Breakdown(**dict(zip(names, key, strict=True)), n=n) for key, n in sums.items())


def _words(scan: Scan) -> list[tuple[Dimension, str]]:
    words = [(each, getattr(scan, each.name.lower())) for each in Dimension if each not in ID_COLUMNS]
    return [(dimension, word) for dimension, word in words if word]


def _ids_of_words(words: set[tuple[Dimension, str]]) -> dict[tuple[Dimension, str], int]:
    known = {(Dimension(value.dimension), value.text): value.pk for value in DimensionValue.objects.all()}
    for dimension, text in words - known.keys():
        value = DimensionValue.objects.create(dimension=dimension, digest=digest_of(text), text=text)
        known[dimension, text] = value.pk
    return known
