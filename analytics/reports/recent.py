"""The newest scans of a link, and what is known about scans without reading them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from analytics.enrich import MAX_AHEAD
from analytics.models import Scan
from analytics.partitions import between
from analytics.periods import DAY
from analytics.reports.filters import Filter
from analytics.reports.raw import COLUMNS, scans_of_subject
from analytics.reports.subjects import Subject
from links.models import Code, Link

NEWEST = 5_000


@dataclass(frozen=True)
class RecentScan:
    """One scan and the code that was followed."""

    scan: Scan
    code: Code | None


def recent_scans(subject: Subject, limit: int, words: Sequence[Filter] = ()) -> list[RecentScan]:
    """The newest scans of a workspace, link or code, newest first, each with its code and link.

    First those of a day are asked for, which are in two partitions; where these are too few, all. With words those of
    the newest NEWEST that have them: a rare one is not looked for among all that are kept.
    """
    scans, newest = scans_of_subject(subject).order_by("-at", "-event_id"), timezone.now() + MAX_AHEAD
    found = _newest(between(scans, newest - DAY, newest), limit, words)
    if len(found) < limit:
        found = _newest(scans, limit, words)
    codes = Code.objects.select_related("link").in_bulk({scan.code_id for scan in found})
    return [RecentScan(scan, codes.get(scan.code_id)) for scan in found]


def _newest(scans: QuerySet[Scan], limit: int, words: Sequence[Filter]) -> list[Scan]:
    if words:
        having = {COLUMNS[word.dimension]: word.value for word in words}
        scans = Scan.objects.filter(pk__in=scans.values("pk")[:NEWEST], **having).order_by("-at", "-event_id")
    return list(scans[:limit])


def scans_of(link: Link) -> QuerySet[Scan]:
    """Raw scans of a link, newest first."""
    return Scan.objects.filter(link_id=link.pk).order_by("-at", "-event_id")


def scans_ever(link: Link) -> int:
    """How many scans of any class a link ever had. It changes with every scan that is counted; one row is read."""
    counter = getattr(link, "counter", None)
    return counter.human + counter.other if counter else 0
