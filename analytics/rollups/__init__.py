"""ROLLUPS, a list: one function per rollup. Each is given scans, sums them up and returns what writes the sums.

Summing asks no database and is done ahead. Writing is done inside the transaction that inserted these very scans,
always in this order, so that no two ingesters wait for each other.
"""

from collections.abc import Callable, Sequence

from analytics.enrich import ScanRow
from analytics.rollups.breakdowns import count_breakdowns
from analytics.rollups.days import count_days
from analytics.rollups.quarters import count_quarter_hours
from analytics.rollups.totals import count_links

Write = Callable[[], None]

ROLLUPS: list[Callable[[Sequence[ScanRow]], Write]] = [count_quarter_hours, count_days, count_breakdowns, count_links]
