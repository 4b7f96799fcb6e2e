"""What a report is about: a workspace, campaign, tag, link or code, and where its numbers are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Workspace
from analytics.models import Scope
from analytics.reports.numbers import Refused
from analytics.tag_months import MAX_LINKS
from links.models import Campaign, Code, Link, Tag


class Kind(StrEnum):
    """What kinds of things reports are about."""

    WORKSPACE = "workspace"
    CAMPAIGN = "campaign"
    TAG = "tag"
    LINK = "link"
    CODE = "code"


@dataclass(frozen=True)
class Subject:
    """One thing that scans are counted for, and the workspace whose zone its days are kept in."""

    kind: Kind
    id: int
    workspace: Workspace
    name: str

    @classmethod
    def of(cls, thing: Workspace | Campaign | Tag | Link | Code) -> "Subject":
        """The subject that a row of the database is; load its workspace (a code's link's) with it."""
        match thing:
            case Workspace():
                return cls(Kind.WORKSPACE, thing.pk, thing, thing.name)
            case Campaign():
                return cls(Kind.CAMPAIGN, thing.pk, thing.workspace, thing.name)
            case Tag():
                return cls(Kind.TAG, thing.pk, thing.workspace, thing.name)
            case Link():
                return cls(Kind.LINK, thing.pk, thing.workspace, str(thing))
            case Code():
                return cls(Kind.CODE, thing.pk, thing.link.workspace, thing.placement or thing.path)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the days that rollups keep."""
        return ZoneInfo(self.workspace.current_timezone)

    @property
    def scope(self) -> Scope:
        """The scope of the rows that hold its totals."""
        return _SCOPES[self.kind]

    @property
    def ids(self) -> Sequence[int]:
        """Which ids those rows have; Refused when a tag has too many links."""
        return self.link_ids if self.kind is Kind.TAG else [self.id]

    @property
    def is_sum_of_links(self) -> bool:
        """Whether its breakdowns are added up from those of its links."""
        return self.kind in (Kind.CAMPAIGN, Kind.TAG)

    @cached_property
    def link_ids(self) -> Sequence[int]:
        """Every link that is in it now, deleted ones too, for their scans remain; Refused when they are too many."""
        ids = list(self.links().values_list("pk", flat=True)[: MAX_LINKS + 1])
        if len(ids) > MAX_LINKS:
            raise Refused(
                "scope",
                f"The {self.kind} has more than {MAX_LINKS:,} links, too many to add up while you wait. "
                f"Give fewer links a {self.kind} of their own, or ask for single links.",
            )
        return ids

    def with_breakdowns(self) -> "Subject":
        """Breakdowns are not kept by code: the only code of a link has those of its link, any other only raw scans."""
        if self.kind is not Kind.CODE:
            return self
        codes = list(Code.objects.select_related("link__workspace").filter(link__codes=self.id)[:2])
        return Subject.of(codes[0].link) if len(codes) == 1 else self

    def links(self) -> QuerySet[Link]:
        """Its links: for a code the link it leads to."""
        match self.kind:
            case Kind.WORKSPACE:
                return Link.objects.filter(workspace=self.id)
            case Kind.CAMPAIGN:
                return Link.objects.filter(campaign=self.id)
            case Kind.TAG:
                return Link.objects.filter(tags=self.id)
            case Kind.LINK:
                return Link.objects.filter(pk=self.id)
            case Kind.CODE:
                return Link.objects.filter(codes=self.id)


_SCOPES = {
    Kind.WORKSPACE: Scope.WORKSPACE,
    Kind.CAMPAIGN: Scope.CAMPAIGN,
    Kind.TAG: Scope.LINK,
    Kind.LINK: Scope.LINK,
    Kind.CODE: Scope.CODE,
}
