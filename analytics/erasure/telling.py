"""What an erasure did, in words: for the API, the page and the command alike."""

from collections.abc import Sequence

from analytics.models import Erasure


def state_of(erasure: Erasure) -> str:
    if erasure.done_at is not None:
        return "done"
    return "waiting" if erasure.total is None else "working"


def told(erasure: Erasure) -> str:
    """How the numbers of which local days are corrected, and what became of exports: as far as the work is."""
    said = []
    if erasure.recounted_days:
        said.append(f"Recounted from raw scans: {_days(erasure.recounted_days)}.")
    if erasure.subtracted_days:
        how = "subtracted from the workspace and the link's campaign" if erasure.link_id else "removed"
        said.append(f"Raw scans had gone, so the counts were {how}: {_days(erasure.subtracted_days)}.")
        if erasure.link_id:
            said.append("Daily unique visitors of the workspace and the campaign on those days could not be corrected.")
    if not said and erasure.done_at is not None:
        said.append("No scans were counted on these days.")
    if erasure.exports_removed:
        said.append(f"Export files that may have held these scans, and were removed: {erasure.exports_removed}.")
    if erasure.exports_restarted:
        said.append(f"Exports in the making that began anew without them: {erasure.exports_restarted}.")
    return " ".join(said)


def _days(ranges: Sequence[Sequence[str]]) -> str:
    return ", ".join(first if first == last else f"{first} to {last}" for first, last in ranges)
