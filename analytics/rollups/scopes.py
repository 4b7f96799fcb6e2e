"""What a scan counts for: its code, link, workspace and, where its link is part of one, campaign."""

from collections.abc import Sequence

from analytics.enrich import ScanRow
from analytics.models import ScanClass, Scope

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
