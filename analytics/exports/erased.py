"""What an erasure means for exports: files that may hold its scans go, those in the making begin anew without them.

Reports hold counts and no scan, so they stay.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from analytics.exports import files
from analytics.exports.models import Export
from analytics.exports.wanted import What
from analytics.models import Erasure
from analytics.reports import Kind
from links.models import Code


def take_away_exports(erasure: Erasure) -> None:
    """Once the erasure is committed: an export that is asked for later finds it, and leaves its scans out.

    May be repeated; what was taken away is counted once.
    """
    with transaction.atomic():
        if Erasure.objects.select_for_update().get(pk=erasure.pk).exports_removed is not None:
            return
        of_workspace = Export.objects.filter(workspace=erasure.workspace_id, failed="")
        written = of_workspace.exclude(worked_at=None).select_for_update()
        affected = [each for each in written if may_hold(each, erasure.link_id, erasure.since, erasure.until)]
        done = [export for export in affected if export.done_at is not None]
        begun = [export for export in affected if export.done_at is None]
        Erasure.objects.filter(pk=erasure.pk).update(exports_removed=len(done), exports_restarted=len(begun))
        Export.objects.filter(pk__in=[export.pk for export in done]).delete()
        _begin_anew(begun)
    for export in affected:
        files.remove_file(export)


def may_hold(export: Export, link_id: int | None, since: datetime, until: datetime) -> bool:
    """Whether its file may hold scans of a time, of a link or of any.

    A link may have been in any campaign, and have had any tag, when it was scanned or when the file was made.
    """
    wanted = export.wanted
    if wanted.get("what") != What.SCANS:
        return False
    if not (datetime.fromisoformat(wanted["from"]) < until and datetime.fromisoformat(wanted["to"]) > since):
        return False
    match Kind(wanted["scope"]):
        case Kind.LINK:
            return link_id in (None, wanted["id"])
        case Kind.CODE:
            return link_id is None or Code.objects.filter(pk=wanted["id"], link=link_id).exists()
        case _:
            return True


def _begin_anew(exports: Sequence[Export]) -> None:
    """Whoever is at one finds another number of starts, and writes down nothing more."""
    mine = Export.objects.filter(pk__in=[export.pk for export in exports])
    mine.update(starts=F("starts") + 1, rows=0, size=0, place=None, total=None)
