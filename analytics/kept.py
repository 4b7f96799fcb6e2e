"""What is kept beside the rollups so that long reports are quick, and must go when counted scans are taken back."""

from collections.abc import Iterable
from datetime import date

from analytics import running_totals, tag_months


def forget(workspace_ids: Iterable[int], days: Iterable[date]) -> None:
    """In this transaction, which counts alone, scans of these days are taken back, moved or counted anew."""
    workspace_ids, days = set(workspace_ids), set(days)
    running_totals.forget(workspace_ids, days)
    tag_months.forget(workspace_ids, days)
