"""ROLLUPS, a list: one function per rollup, each given the scans that were actually inserted.

All of them run inside the transaction that inserted the scans, always in this order, so that no two ingesters wait for
each other.
"""

from collections.abc import Callable, Sequence

from analytics.enrich import ScanRow
from analytics.rollups.breakdowns import count_breakdowns
from analytics.rollups.days import count_days
from analytics.rollups.quarters import count_quarter_hours
from analytics.rollups.totals import count_links

ROLLUPS: list[Callable[[Sequence[ScanRow]], None]] = [count_quarter_hours, count_days, count_breakdowns, count_links]
