"""Answers from raw scans: combinations that no rollup holds, as far back as raw scans are kept.

What these read grows with scans; every answer says that it was made from them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from analytics.models import Dimension, Scan, ScanClass
from analytics.partitions import between
from analytics.periods import Period
from analytics.reports.filters import Filter
from analytics.reports.numbers import Counts, Refused
from analytics.reports.subjects import Kind, Subject

COLUMNS = {dimension: dimension.name.lower() for dimension in Dimension} | {
    Dimension.CODE: "code_id",
    Dimension.LINK: "link_id",
    Dimension.CAMPAIGN: "campaign_id",
}
_SERIES_SQL = (Path(__file__).parent.parent / "sql" / "raw_series.sql").read_text()


def raw_series(
    subject: Subject, period: Period, words: Sequence[Filter], classes: frozenset[ScanClass]
) -> dict[int, Counts]:
    """Scans of some classes with all of the words, by the number of the point. Raises Refused."""
    refuse_before_retention(period)
    adapt = connection.ops.adapt_datetimefield_value
    edges = [adapt(edge) for edge in [*period.starts(), period.end]]
    points = [value for number, (start, end) in enumerate(pairwise(edges)) for value in (number, start, end)]
    found = between(_matching(subject, words, classes), period.start, period.end)
    scans, parameters = found.order_by().values("at", "scan_class").query.sql_with_params()
    sql = _SERIES_SQL.replace("{points}", ", ".join(["(%s, %s, %s)"] * (len(edges) - 1))).replace("{scans}", scans)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*points, *parameters])
        for number, scan_class, n in cursor.fetchall():
            counts[number][scan_class] = int(n)
    return {number: Counts(**by_class) for number, by_class in counts.items()}


def raw_sums(
    subject: Subject, dimension: Dimension, period: Period, words: Sequence[Filter], classes: frozenset[ScanClass]
) -> dict[str | int, int]:
    """Scans of a period by the value of a dimension; an empty one is a value, too. Raises Refused."""
    refuse_before_retention(period)
    column = COLUMNS[dimension]
    scans = between(_matching(subject, words, classes), period.start, period.end)
    return dict(scans.order_by().values_list(column).annotate(n=Count("*")))


def raw_hours(
    subject: Subject, period: Period, words: Sequence[Filter], classes: frozenset[ScanClass]
) -> dict[tuple[int, int], int]:
    """Scans by weekday (Monday is 1) and hour of the period's zone. Raises Refused."""
    refuse_before_retention(period)
    scans = between(_matching(subject, words, classes), period.start, period.end)
    parts = (ExtractIsoWeekDay("at", tzinfo=period.zone), ExtractHour("at", tzinfo=period.zone))
    return {(day, hour): n for day, hour, n in scans.order_by().values_list(*parts).annotate(n=Count("*"))}


def refuse_before_retention(period: Period) -> None:
    """Raw scans of some days may be gone, and half an answer is none."""
    days = settings.RAW_SCAN_DAYS
    if period.start < timezone.now() - timedelta(days=days):
        raise Refused(
            "from",
            f"This combination is counted from raw scans, and these are kept for {days} days. "
            "Ask for one filter or one breakdown alone, or for a later “from”.",
        )


def scans_of_subject(subject: Subject) -> QuerySet[Scan]:
    """Raw scans that count for a subject, by columns that are indexed."""
    match subject.kind:
        case Kind.WORKSPACE:
            return Scan.objects.filter(workspace_id=subject.id)
        case Kind.CODE:
            return Scan.objects.filter(link_id=subject.link_ids[0], code_id=subject.id)
        case Kind.LINK:
            return Scan.objects.filter(link_id=subject.id)
        case _:
            return Scan.objects.filter(link_id__in=subject.link_ids)


def _matching(subject: Subject, words: Iterable[Filter], classes: frozenset[ScanClass]) -> QuerySet[Scan]:
    scans = scans_of_subject(subject).filter(scan_class__in=sorted(classes))
    for word in words:
        scans = scans.filter(**{COLUMNS[word.dimension]: word.value})
    return scans
