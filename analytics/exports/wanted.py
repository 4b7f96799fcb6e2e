"""What is wanted of an export: scans or one report, of what, when; read from a request, kept on the row of a job."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Workspace
from analytics import reports
from analytics.exports import lengths, scans, tables
from analytics.exports.columns import Table
from analytics.exports.formats import Format
from analytics.models import Dimension, ScanClass
from analytics.periods import Interval, Period
from analytics.reports import HUMANS, Filter, Kind, Refused, Subject
from analytics.reports.filters import narrowed
from analytics.reports.grammar import filters_of, written
from links.models import Campaign, Code, Link, Tag

ALL_CLASSES = frozenset(ScanClass)


class What(StrEnum):
    """What can be exported."""

    SCANS = "scans"
    SERIES = "series"
    BREAKDOWN = "breakdown"
    HOURS = "hours"
    ORPHANS = "orphans"
    AFTER_EXPIRY = "after-expiry"


WORDS = {
    What.SCANS: "Scans",
    What.SERIES: "Scans over time",
    What.BREAKDOWN: "Breakdown",
    What.HOURS: "Hours of the week",
    What.ORPHANS: "Scans of wrong addresses",
    What.AFTER_EXPIRY: "Scans after the end",
}


class Gone(Exception):
    """What an export is about is no longer there."""


@dataclass(frozen=True)
class Wanted:
    """One question whose answer is a table."""

    what: What
    subject: Subject
    period: Period
    classes: frozenset[ScanClass]
    dimension: Dimension = Dimension.COUNTRY
    limit: int = reports.MAX_LIMIT
    filters: tuple[Filter, ...] = ()

    @property
    def title(self) -> str:
        """What it is, in words: “Scans of Poster, country DE, 2026-05-01 to 2026-05-31”."""
        words = WORDS[self.what]
        if self.what is What.BREAKDOWN:
            words = f"{words} by {self.dimension.label.lower()}"
        only = "".join(f", {each.dimension.label.lower()} {each.value}" for each in self.filters)
        return f"{words} of {self.subject.name}{only}"[:250] + f", {self.period.first_date} to {self.period.last_date}"

    def file_name(self, format: Format) -> str:
        """Of letters, digits and hyphens, whatever the thing is called."""
        name = slugify(self.subject.name)[:40].strip("-") or f"{self.subject.kind}-{self.subject.id}"
        what = f"{self.what}-{self.dimension.name.lower()}" if self.what is What.BREAKDOWN else self.what
        only = slugify(" ".join(written(self.filters)).replace(":", " "))[:40].strip("-")
        name = f"{name}-{only}" if only else name
        return f"{what}-{name}-{self.period.first_date}-to-{self.period.last_date}.{format}"

    def about(self) -> int | None:
        """About how many rows it will have; None when nobody knows. Raises Refused."""
        if self.what is What.SCANS:
            kept = self.kept_period
            return lengths.about(self.subject, kept, self.classes, self.filters) if kept.start < kept.end else 0
        _filtered(self)  # what cannot be is refused before a job is made of it
        return None

    @property
    def is_short(self) -> bool:
        """Whether it is answered at once; a report always is."""
        about = self.about()
        return self.what is not What.SCANS or (about is not None and about <= settings.EXPORT_ROWS_AT_ONCE)

    @property
    def kept_period(self) -> Period:
        """The part of the period of which raw scans may be there still."""
        oldest = timezone.now() - timedelta(days=settings.RAW_SCAN_DAYS + 1)
        start = max(self.period.start, oldest.replace(minute=0, second=0, microsecond=0))
        return replace(self.period, start=min(start, self.period.end))

    def pages(self, after: scans.Place | None = None) -> Iterator[scans.Page]:
        """Pages of raw scans. Raises Refused."""
        sought = scans.sought(self.subject, self.period, self.classes, self.filters)
        return scans.pages(sought, self.period.zone, after)

    def table(self) -> Table:
        """The answer. Raises Refused."""
        if self.what is What.SCANS:
            return Table(scans.COLUMNS, (row for page in self.pages() for row in page.rows))
        return _TABLES[self.what](self)

    def dumped(self) -> dict[str, Any]:
        return {
            "what": self.what.value,
            "scope": self.subject.kind.value,
            "id": self.subject.id,
            "from": self.period.start.isoformat(),
            "to": self.period.end.isoformat(),
            "timezone": self.period.zone.key,
            "interval": self.period.interval.value,
            "classes": sorted(self.classes),
            "breakdown": self.dimension.name.lower(),
            "limit": self.limit,
            "filter": written(self.filters),
        }

    @classmethod
    def loaded(cls, workspace: Workspace, dumped: Mapping[str, Any]) -> "Wanted":
        """The same question as it was; raises Gone."""
        subject = find_subject(workspace, Kind(dumped["scope"]), dumped["id"])
        if subject is None:
            raise Gone(f"The {dumped['scope']} is no longer there.")
        start, end = datetime.fromisoformat(dumped["from"]), datetime.fromisoformat(dumped["to"])
        return cls(
            What(dumped["what"]),
            subject,
            Period(ZoneInfo(dumped["timezone"]), start, end, Interval(dumped["interval"])),
            frozenset(map(ScanClass, dumped["classes"])),
            Dimension[dumped["breakdown"].upper()],
            dumped["limit"],
            filters_of(dumped.get("filter", ())),  # rows that were there before filters have none
        )


def default_classes(what: What) -> frozenset[ScanClass]:
    """Raw scans are all there is; reports are about people."""
    return ALL_CLASSES if what is What.SCANS else HUMANS


def find_subject(workspace: Workspace, kind: Kind, id_: int) -> Subject | None:
    """A thing of a workspace; deleted links, too, for their scans remain."""
    if kind is Kind.WORKSPACE:
        return Subject.of(workspace) if id_ == workspace.pk else None
    if not 0 < id_ < 2**63:
        return None
    found: dict[Kind, QuerySet[Any]] = {
        Kind.CAMPAIGN: Campaign.objects.select_related("workspace").filter(workspace=workspace),
        Kind.TAG: Tag.objects.select_related("workspace").filter(workspace=workspace),
        Kind.LINK: Link.objects.select_related("workspace").filter(workspace=workspace),
        Kind.CODE: Code.objects.select_related("link__workspace").filter(link__workspace=workspace),
    }
    thing = found[kind].filter(pk=id_).first()
    return Subject.of(thing) if thing is not None else None


def _breakdown(wanted: Wanted) -> Table:
    report = reports.breakdown(
        wanted.subject,
        wanted.dimension,
        wanted.period,
        classes=wanted.classes,
        limit=wanted.limit,
        filters=wanted.filters,
    )
    return tables.of_breakdown(report)


def _orphans(wanted: Wanted) -> Table:
    if wanted.subject.kind is not Kind.WORKSPACE:
        raise Refused("scope", "Scans of wrong addresses belong to no link: ask for those of the whole workspace.")
    workspace = _filtered(wanted).workspace
    return tables.of_orphans(reports.orphan_scans(workspace, wanted.period, classes=wanted.classes, limit=wanted.limit))


def _hours(wanted: Wanted) -> Table:
    return tables.of_hours(reports.heat_map(_filtered(wanted), wanted.period, wanted.classes))


def _after_expiry(wanted: Wanted) -> Table:
    report = reports.scans_after_expiry(_filtered(wanted), wanted.period, wanted.classes)
    return tables.of_scans_after_expiry(report)


def _filtered(wanted: Wanted) -> Subject:
    """What is left of the subject by filters that are ids. Raises Refused where a report is not kept by the others."""
    if wanted.what is What.ORPHANS and wanted.filters:
        raise Refused("filter", "Of scans of wrong addresses only the address is kept: leave “filter” out.")
    subject, words = narrowed(wanted.subject, wanted.filters)
    if words and wanted.what in (What.HOURS, What.AFTER_EXPIRY):
        name = words[0].dimension.label.lower()
        raise Refused(
            "filter", f"{WORDS[wanted.what]} are not kept by {name}: filter these by campaign, link or code only."
        )
    return subject


_TABLES: dict[What, Callable[[Wanted], Table]] = {
    # A series has a column for every class.
    What.SERIES: lambda wanted: tables.of_series(
        reports.scan_series(wanted.subject, wanted.period, wanted.filters, ALL_CLASSES)
    ),
    What.BREAKDOWN: _breakdown,
    What.HOURS: _hours,
    What.ORPHANS: _orphans,
    What.AFTER_EXPIRY: _after_expiry,
}
