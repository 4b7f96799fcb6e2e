"""Raw scans as a table: read in pages by a key, so that neither memory nor a transaction grows with rows.

The key is the moment and then the event id, which begins with that moment: the order in which event ids are made, and
the one that every index of scans has. What is written down of a place in it is enough to go on from there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from analytics.exports.columns import Column, Row, Type
from analytics.models import Erasure, Scan, ScanClass
from analytics.partitions import between
from analytics.periods import Period
from analytics.reports import Filter, Kind, Subject
from analytics.reports.filters import narrowed
from analytics.reports.raw import COLUMNS as WORD_COLUMNS
from links.models import Campaign, Code, Link

SCANS_AT_ONCE = 2000
# Of what no index finds so many are looked through for a page: one query takes as long for a rare value as for any.
LOOKED_THROUGH = 50_000
_LAST_ID = UUID(int=2**128 - 1)

COLUMNS: Sequence[Column] = (
    Column("id", Type.STRING, "The scan's own id, a UUID: the same in every export."),
    Column("at", Type.TIME, "When it was scanned, in UTC."),
    Column("local_time", Type.LOCAL_TIME, "The same on the clock of the export's time zone."),
    Column("local_date", Type.DATE, "The day it is counted for: that of the workspace's zone when it was scanned."),
    Column("class", Type.STRING, "human, preview, prefetch, bot, scanner, internal or head."),
    Column("class_reason", Type.STRING, "Why it is of that class."),
    Column("outcome", Type.STRING, "What the scan met: redirected, shown, expired, paused …"),
    Column("link_id", Type.INTEGER, "The link's id.", ("link", "id")),
    Column("link_title", Type.STRING, "The link's title today.", ("link", "title")),
    Column("code_id", Type.INTEGER, "The code's id.", ("code", "id")),
    Column("code", Type.STRING, "The code's path in the address.", ("code", "path")),
    Column("code_kind", Type.STRING, "qr, or alias for one that is typed or clicked.", ("code", "kind")),
    Column("placement", Type.STRING, "Where the code is printed, as it is called today.", ("code", "placement")),
    Column("campaign_id", Type.INTEGER, "The campaign that the link had when it was scanned.", ("campaign", "id")),
    Column("campaign", Type.STRING, "That campaign's name today.", ("campaign", "name")),
    Column("destination", Type.STRING, "Where the scan was sent."),
    Column("method", Type.STRING, "The HTTP method."),
    Column("address", Type.STRING, "The network it came from, never more than a /24 (IPv4) or /48 (IPv6)."),
    Column("country", Type.STRING, "ISO 3166-1, two letters.", ("place", "country")),
    Column("region", Type.STRING, "Where the operator's file knows regions.", ("place", "region")),
    Column("city", Type.STRING, "Where the operator's file knows cities.", ("place", "city")),
    Column("device", Type.STRING, "phone, tablet, desktop …", ("client", "device")),
    Column("brand", Type.STRING, "Who made the device.", ("client", "brand")),
    Column("os", Type.STRING, "The operating system.", ("client", "os")),
    Column("browser", Type.STRING, "The browser.", ("client", "browser")),
    Column("app", Type.STRING, "The app whose own browser it was.", ("client", "app")),
    Column("language", Type.STRING, "The language tag preferred.", ("client", "language")),
    Column("user_agent", Type.STRING, "What the client called itself.", ("client", "user_agent")),
    Column("referrer", Type.STRING, "The page it was followed from. A scanned picture has none."),
)
# The visitor's hash is not among them: it serves to count one day, and leaves the database nowhere.
_READ = (
    "event_id", "at", "local_date", "scan_class", "class_reason", "outcome", "link_id", "code_id", "campaign_id",
    "destination", "method", "address", "country", "region", "city", "device", "brand", "os", "browser", "app",
    "language", "user_agent", "referrer",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """How far a reader of scans has come: the last scan it had."""

    at: datetime
    event_id: UUID

    def dumped(self) -> list[str]:
        return [self.at.isoformat(), str(self.event_id)]

    @classmethod
    def loaded(cls, dumped: Sequence[str] | None) -> "Place | None":
        return cls(datetime.fromisoformat(dumped[0]), UUID(dumped[1])) if dumped else None


@dataclass(frozen=True)
class Page:
    """Some scans in order as rows, and the place after them."""

    rows: Sequence[Row]
    place: Place


@dataclass(frozen=True)
class Sought:
    """Scans as an index finds them, and what else they have to be."""

    workspace_id: int
    scans: QuerySet[Scan]
    which: Q


def sought(subject: Subject, period: Period, classes: frozenset[ScanClass], filters: Sequence[Filter] = ()) -> Sought:
    """Raw scans of some classes that count for a subject, with the values of the filters. Raises Refused."""
    subject, words = narrowed(subject, filters)
    scans = between(Scan.objects.filter(workspace_id=subject.workspace.pk), period.start, period.end)
    which = Q(**{WORD_COLUMNS[word.dimension]: word.value for word in words})
    if len(classes) < len(ScanClass):
        which &= Q(scan_class__in=sorted(classes))
    if subject.kind is Kind.CAMPAIGN:
        which &= Q(campaign_id=subject.id)
    elif subject.kind is not Kind.WORKSPACE:
        scans = scans.filter(link_id__in=subject.link_ids)
    if subject.kind is Kind.CODE:
        which &= Q(code_id=subject.id)
    return Sought(subject.workspace.pk, scans, which)


def pages(sought: Sought, zone: ZoneInfo, after: Place | None = None) -> Iterator[Page]:
    """Scans in the order of their key; a page is six queries at most, however many came before it, and may be empty."""
    while True:
        later = sought.scans
        if after:
            later = later.filter(Q(at__gt=after.at) | Q(event_id__gt=after.event_id), at__gte=after.at)
        end = _end_of_a_look(later) if sought.which else None
        within = later.filter(sought.which, at__lte=end.at) if end else later.filter(sought.which)
        left = _without_erased(within, sought.workspace_id)
        read = list(left.order_by("at", "event_id").values_list(*_READ)[:SCANS_AT_ONCE])
        is_full = len(read) == SCANS_AT_ONCE
        if not read and not end:
            return
        after = end if end and not is_full else Place(read[-1][1], read[-1][0])
        yield Page(_rows(read, zone), after)
        if not is_full and not end:
            return


def _end_of_a_look(later: QuerySet[Scan]) -> Place | None:
    """The moment up to which a page is looked for; None where that is the end. It is found in the index alone."""
    moments = later.order_by("at").values_list("at", flat=True)
    moment = moments[LOOKED_THROUGH - 1 : LOOKED_THROUGH].first()
    return Place(moment, _LAST_ID) if moment else None


def _without_erased(scans: QuerySet[Scan], workspace_id: int) -> QuerySet[Scan]:
    """Scans without those that an erasure has yet to remove; asked anew for every page, as one may have come."""
    for erasure in Erasure.objects.filter(workspace_id=workspace_id, done_at=None):
        of_link = Q(link_id=erasure.link_id) if erasure.link_id else Q()
        scans = scans.exclude(of_link, at__gte=erasure.since, at__lt=erasure.until)
    return scans


def _rows(read: Sequence[tuple[Any, ...]], zone: ZoneInfo) -> list[Row]:
    titles = dict(Link.objects.filter(pk__in={row[6] for row in read}).values_list("pk", "title"))
    known = Code.objects.filter(pk__in={row[7] for row in read}).values_list("pk", "path", "kind", "placement")
    codes = {pk: named for pk, *named in known}
    campaigns = dict(Campaign.objects.filter(pk__in={row[8] for row in read} - {0}).values_list("pk", "name"))
    unknown = ("", "", "")
    return [
        (
            *(str(event_id), at, at.astimezone(zone), *before),
            *(link_id, titles.get(link_id), code_id, *codes.get(code_id, unknown)),
            *(campaign_id or None, campaigns.get(campaign_id), *rest),
        )
        for event_id, at, *before, link_id, code_id, campaign_id, rest in map(_parted, read)
    ]


def _parted(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row as read, with all that follows the ids as one."""
    return (*row[:9], row[9:])
