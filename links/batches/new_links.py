"""Rows of a batch become links, a few in each transaction, and each row only once."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Workspace
from links import actions, labels
from links.batches.models import Batch, BatchRow
from links.batches.rows import MOST_MISTAKES, arguments_of
from links.codes import AliasRefused
from links.models import Campaign

# SQLite has one writer: others wait for about a tenth of a second.
ROWS_AT_ONCE = 20
_OPEN = Q(link=None, refused="")


@transaction.atomic
def make_some(mine: QuerySet[Batch]) -> bool:
    """Make links of the next rows of the one batch; whether there may be more.

    The batch is locked: two workers never have the same rows, and with the batch cancelled there are none.
    """
    batch = mine.select_related("workspace", "created_by", "api_key").select_for_update(of=("self",)).first()
    if batch is None:
        return False
    rows = list(batch.rows.filter(_OPEN).order_by("line")[:ROWS_AT_ONCE])
    campaigns = batch.workspace.campaigns.in_bulk({row.wanted["campaign"] for row in rows} - {None})
    actor = actions.Actor(user=batch.created_by, api_key=batch.api_key)
    for row in rows:
        _make(row, batch.workspace, campaigns, actor)
    BatchRow.objects.bulk_update(rows, ["link", "refused"])
    return len(rows) == ROWS_AT_ONCE


def _make(row: BatchRow, workspace: Workspace, campaigns: dict[int, Campaign], actor: actions.Actor) -> None:
    """What was taken or deleted since the file was read is said on the row."""
    try:
        campaign = row.wanted["campaign"] and campaigns[row.wanted["campaign"]]
        row.link = actions.create_link(workspace, actor=actor, campaign=campaign, **arguments_of(row))
    except KeyError:
        row.refused = "The campaign was deleted meanwhile."
    except (actions.CodeTaken, AliasRefused, labels.CampaignGone) as refusal:
        row.refused = str(refusal)[:300]


def outcome(batch: Batch) -> tuple[int, list[dict[str, Any]]]:
    """How many rows are over, and some of those that became no link: {line, message}."""
    over = batch.rows.exclude(_OPEN).count()
    refused = batch.rows.exclude(refused="").order_by("line").values_list("line", "refused")[:MOST_MISTAKES]
    return over, [{"line": line, "message": message} for line, message in refused]
