"""Whose codes a batch is of: found in a workspace, called by name, and the codes themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.models import Workspace
from links.batches.models import Batch
from links.models import Campaign, Code, Link, Tag

Kind = Batch.Source
# The things of a workspace that have codes.
THINGS = (Kind.LINK, Kind.CAMPAIGN, Kind.TAG)


@dataclass(frozen=True)
class Source:
    """Codes of one workspace, and what they are called together."""

    workspace: Workspace
    kind: Kind
    name: str
    id: int | None = None
    code_ids: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        return _TITLES[self.kind].format(name=self.name)[:300]

    def file_name(self, what: str, ending: str) -> str:
        """Of letters, digits and hyphens, whatever the thing is called: what-name-ending."""
        name = slugify(self.name.removesuffix(".csv"))[:60].strip("-") or f"{self.kind}-{self.id or 0}"
        return f"{what}-{name}-{ending}"


_TITLES: dict[Kind, str] = {
    Kind.LINK: "Codes of the link “{name}”",
    Kind.CAMPAIGN: "Codes of the campaign “{name}”",
    Kind.TAG: "Codes with the tag “{name}”",
    Kind.CODES: "{name}",
    Kind.FILE: "New links of the file “{name}”",
}


class NoSuchCodes(Exception):
    """Some ids are of no living QR code of one workspace."""


def find_thing(workspaces: Sequence[Workspace], kind: Kind, id_: int) -> Source | None:
    """A link, campaign or tag of one of the workspaces as a source."""
    if not 0 < id_ < 2**63:
        return None
    found: dict[Kind, QuerySet[Any]] = {
        Kind.LINK: Link.objects.alive(),
        Kind.CAMPAIGN: Campaign.objects.all(),
        Kind.TAG: Tag.objects.all(),
    }
    thing = found[kind].select_related("workspace").filter(workspace__in=workspaces, pk=id_).first()
    return Source(thing.workspace, kind, str(thing), thing.pk) if thing is not None else None


def chosen_codes(workspaces: Sequence[Workspace], ids: Sequence[int]) -> Source:
    """Living QR codes by their ids, all of one workspace. Raises NoSuchCodes, which names some that are not."""
    known = dict(_living().filter(pk__in=set(ids)).values_list("pk", "link__workspace"))
    mine = {workspace.pk: workspace for workspace in workspaces}
    if gone := [pk for pk in dict.fromkeys(ids) if known.get(pk) not in mine]:
        some = ", ".join(map(str, gone[:10])) + (f" and {len(gone) - 10} more" if len(gone) > 10 else "")
        raise NoSuchCodes(f"There is no QR code with the id {some}. Leave out what is deleted, and aliases.")
    if len(owners := set(known.values())) != 1:
        raise NoSuchCodes("These codes are of several workspaces. Ask for a batch in each.")
    codes = tuple(sorted(known))
    return Source(mine[owners.pop()], Kind.CODES, f"{len(codes):,} chosen codes", code_ids=codes)


def codes_of(batch: Batch) -> QuerySet[Code]:
    """A batch's living QR codes, in the order in which they were made."""
    if batch.source == Kind.CODES:
        # They were found in the workspace when they were chosen. Asked for both, SQLite compares each link of the
        # workspace with each of ten thousand ids: a minute.
        return _living().filter(pk__in=batch.code_ids).order_by("pk")
    living = _living().filter(link__workspace=batch.workspace_id)
    match Kind(batch.source):
        case Kind.LINK:
            living = living.filter(link=batch.source_id)
        case Kind.CAMPAIGN:
            living = living.filter(link__campaign=batch.source_id)
        case Kind.TAG:
            living = living.filter(link__tags=batch.source_id)
        case Kind.FILE:
            living = living.filter(link__batch_rows__batch=batch)
    return living.order_by("pk")


def _living() -> QuerySet[Code]:
    """Aliases are for typing: a picture of one would pass scans off as typed visits."""
    return Code.objects.filter(kind=Code.Kind.QR, link__deleted_at=None)
