"""What raw scans say that rollups should hold: counted by the database, apart from how ingestion counts them.

Functions take some scans and a scope and answer for each id that the scans have in it.
"""

from datetime import UTC

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractMinute, TruncHour

from analytics.models import Dimension, Scan, ScanClass, Scope
from analytics.periods import QUARTER
from analytics.rollups.breakdowns import IDS, WORDS, Key
from analytics.rollups.quarters import Quarter
from analytics.rollups.scopes import CLASSES, COLUMN_OF, PLACE_OF_CLASS
from analytics.rollups.visitors import Day, Seen


def quarters(scans: QuerySet[Scan], scope: Scope) -> dict[Quarter, list[int]]:
    """Numbers of scans in the order of classes."""
    of_scope = _in_scope(scans, scope).annotate(
        hour=TruncHour("at", tzinfo=UTC), minute=ExtractMinute("at", tzinfo=UTC)
    )
    grouped = of_scope.values_list(COLUMN_OF[scope], "hour", "minute", "scan_class").annotate(n=Count("*"))
    sums: dict[Quarter, list[int]] = {}
    for scope_id, hour, minute, name, n in grouped:
        quarter = (scope.value, scope_id, hour + minute // 15 * QUARTER)
        sums.setdefault(quarter, [0] * len(CLASSES))[PLACE_OF_CLASS[name]] += n
    return sums


def days(scans: QuerySet[Scan], scope: Scope) -> dict[Day, list[int]]:
    """Numbers of scans in the order of classes."""
    grouped = _in_scope(scans, scope).values_list(COLUMN_OF[scope], "local_date", "scan_class").annotate(n=Count("*"))
    sums: dict[Day, list[int]] = {}
    for scope_id, day, name, n in grouped:
        sums.setdefault((scope.value, scope_id, day), [0] * len(CLASSES))[PLACE_OF_CLASS[name]] = n
    return sums


def uniques(scans: QuerySet[Scan], scope: Scope) -> dict[Day, int]:
    """Numbers of different people."""
    grouped = _people(scans, scope).values_list(COLUMN_OF[scope], "local_date")
    return {(scope.value, id_, day): n for id_, day, n in grouped.annotate(n=Count("visitor", distinct=True))}


def visitors(scans: QuerySet[Scan]) -> set[Seen]:
    """Each of those people, in every scope at once."""
    names = ("workspace_id", "local_date", "visitor", "code_id", "campaign_id", "link_id")
    return set(map(Seen._make, _people(scans, Scope.WORKSPACE).values_list(*names).distinct()))


def breakdowns(scans: QuerySet[Scan], scope: Scope) -> dict[Key, int]:
    """Numbers of scans; of links and workspaces only."""
    sums: dict[Key, int] = {}
    for dimension, column in dimensions_of(scope).items():
        named = scans.exclude(**{column: 0 if dimension in IDS else ""})
        grouped = named.values_list(COLUMN_OF[scope], "scan_class", "local_date", column).annotate(n=Count("*"))
        for id_, name, day, value, n in grouped:
            sums[scope.value, id_, dimension.value, PLACE_OF_CLASS[name], day, value] = n
    return sums


def dimensions_of(scope: Scope) -> dict[Dimension, str]:
    """What is broken down for a scope, with the columns of Scan."""
    return {Scope.LINK: WORDS, Scope.WORKSPACE: WORDS | IDS}.get(scope, {})


def _in_scope(scans: QuerySet[Scan], scope: Scope) -> QuerySet[Scan]:
    return scans.exclude(**{COLUMN_OF[scope]: 0})


def _people(scans: QuerySet[Scan], scope: Scope) -> QuerySet[Scan]:
    return _in_scope(scans, scope).filter(scan_class=ScanClass.HUMAN).exclude(visitor="")
