"""Dimension values as words: finding the id that breakdowns hold, and the scans that had one word day by day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Sum

from analytics.models import Breakdown, DimensionValue, LocalDay, ScanClass, Scope
from analytics.periods import Period
from analytics.reports.filters import Filter
from analytics.reports.numbers import Counts
from analytics.reports.subjects import Kind, Subject
from analytics.rollups.words import digest_of

CLASSES = list(ScanClass)


def breakdown_scope(subject: Subject) -> tuple[Scope, list[int]]:
    """The scope and ids of the breakdown rows that make up a subject's: its own, or those of its links."""
    if subject.kind is Kind.WORKSPACE:
        return Scope.WORKSPACE, [subject.id]
    return Scope.LINK, list(subject.link_ids)


def counts_with_word(
    subject: Subject, period: Period, word: Filter, classes: frozenset[ScanClass]
) -> dict[date, Counts]:
    """Scans of some classes with one word by local day: each day, class and link is one row, found by its key."""
    value = _id_of(word)
    if value is None:
        return {}
    scope, ids = breakdown_scope(subject)
    rows = Breakdown.objects.filter(
        scope=scope,
        scope_id__in=ids,
        dimension=word.dimension,
        scan_class__in=[CLASSES.index(each) for each in classes],
        date__in=_days_with_scans(scope, ids, period),
        value=value,
    )
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for day, place, scans in rows.values_list("date", "scan_class").annotate(scans=Sum("n")):
        found[day][CLASSES[place].value] = int(scans)
    return {day: Counts(**counts) for day, counts in found.items()}


def _id_of(word: Filter) -> int | None:
    """The id of a word; None where no scan ever had it."""
    known = DimensionValue.objects.filter(dimension=word.dimension, digest=digest_of(word.value))
    return known.values_list("pk", flat=True).first()


def _days_with_scans(scope: Scope, ids: Iterable[int], period: Period) -> list[date]:
    """Naming the days lets the database go from row to row; by a range it would read every value of every day."""
    days = LocalDay.objects.filter(scope=scope, scope_id__in=ids, date__range=(period.first_date, period.last_date))
    return list(days.values_list("date", flat=True).distinct())
