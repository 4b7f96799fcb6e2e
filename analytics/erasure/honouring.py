"""Ingestion's side of erasures: what falls into one is dropped, and accounted for, so that its segment can go.

Both are asked within the transaction that stores a batch, after it has taken its lock: see requests.request_erasure.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from analytics.enrich import ScanRow
from analytics.models import ErasedScan, Erasure, Scan
from analytics.upserts import Insertion
from links.scan_events import ScanEvent

ERASED = "erased"
# A row to store, with the segment and the record it came from.
Item = tuple[ScanRow, str, bytes]


class Erasures:
    """The erasures that scans may fall into, by workspace, as this transaction sees them."""

    def __init__(self, workspace_ids: set[int]) -> None:
        self._by_workspace: dict[int, list[Erasure]] = {}
        self._look_up(workspace_ids)

    def split(self, items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
        """Scans to count, and scans to drop."""
        if not any(self._by_workspace.values()):
            return list(items), []
        kept: list[Item] = []
        dropped: list[Item] = []
        for item in items:
            row = item[0]
            (dropped if self.cover(row.workspace_id, row.link_id, row.at) else kept).append(item)
        return kept, dropped

    def cover(self, workspace_id: int, link_id: int, at: datetime) -> bool:
        if workspace_id not in self._by_workspace:
            self._look_up({workspace_id})
        return any(erasure.covers(link_id, at) for erasure in self._by_workspace[workspace_id])

    def hide(self, record: bytes) -> bool:
        """Whether a record that cannot be counted is of a scan that falls into one."""
        try:
            event = ScanEvent.decode(record)
            at = datetime.fromtimestamp(event.at_ms / 1000, UTC)
        except (ValueError, RecursionError, OverflowError, OSError):
            return False
        return 0 < event.workspace_id < 2**63 and self.cover(event.workspace_id, event.link_id, at)

    def _look_up(self, workspace_ids: set[int]) -> None:
        found = Erasure.objects.filter(workspace_id__in=workspace_ids) if workspace_ids else ()
        self._by_workspace |= {workspace_id: [] for workspace_id in workspace_ids}
        for erasure in found:
            self._by_workspace[erasure.workspace_id].append(erasure)


def account_for(dropped: Sequence[Item]) -> list[Item]:
    """Remember dropped scans by their number; returns those that were not accounted for before.

    One whose row is still there was, and the job that removes the row will remember it.
    """
    by_id = {row.event_id: (row, segment, record) for row, segment, record in dropped}
    stored = set(Scan.objects.filter(pk__in=by_id).values_list("pk", flat=True)) if by_id else set()
    unknown = [(id_,) for id_ in by_id if id_ not in stored]
    new = Insertion.of(ErasedScan, ("event_id",), unknown, key=("event_id",)).run()
    return [by_id[event_id] for (event_id,) in new]
