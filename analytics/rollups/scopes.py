"""What a scan counts for: its code, link, workspace and, where its link is part of one, campaign."""

from collections.abc import Sequence

from django.db.models import QuerySet

from analytics.enrich import ScanRow
from analytics.models import Scan, ScanClass, Scope
from links.models import Campaign, Code

COLUMN_OF = {
    Scope.CODE: "code_id",
    Scope.LINK: "link_id",
    Scope.WORKSPACE: "workspace_id",
    Scope.CAMPAIGN: "campaign_id",
}
CLASSES: tuple[str, ...] = tuple(ScanClass.values)
PLACE_OF_CLASS = {name: place for place, name in enumerate(CLASSES)}


def ids_by_scope(rows: Sequence[ScanRow]) -> list[tuple[int, list[int]]]:
    """Each scope with the ids that scans have in it, in the order of scans; 0 where a scan has none."""
    return [
        (Scope.CODE.value, [row.code_id for row in rows]),
        (Scope.LINK.value, [row.link_id for row in rows]),
        (Scope.WORKSPACE.value, [row.workspace_id for row in rows]),
        (Scope.CAMPAIGN.value, [row.campaign_id for row in rows]),
    ]


def scans_of(scope: Scope, scope_id: int) -> QuerySet[Scan]:
    """Raw scans of one subject; those of a code and of a campaign by way of what has an index."""
    scans = Scan.objects.filter(**{COLUMN_OF[scope]: scope_id})
    if scope is Scope.CODE:
        return scans.filter(link_id__in=Code.objects.filter(pk=scope_id).values("link_id"))
    if scope is Scope.CAMPAIGN:
        return scans.filter(workspace_id__in=Campaign.objects.filter(pk=scope_id).values("workspace_id"))
    return scans
