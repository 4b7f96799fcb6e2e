"""Every question the dashboard and the API ask about scans; the only reader of rollups."""

from analytics.reports.breakdowns import DEFAULT_LIMIT, MAX_LIMIT, breakdown, breakdowns
from analytics.reports.filters import Filter
from analytics.reports.firsts import OVER, ScansAfterExpiry, first_and_last, scans_after_expiry
from analytics.reports.hours import heat_map
from analytics.reports.numbers import (
    HUMANS,
    BreakdownReport,
    BreakdownRow,
    Counts,
    FirstAndLast,
    HeatMap,
    Point,
    Refused,
    Series,
    Source,
    adder,
    as_of,
    change,
    unique_visitors_definition,
)
from analytics.reports.orphans import Orphan, Orphans, orphan_scans
from analytics.reports.recent import NEWEST, RecentScan, recent_scans, scans_ever, scans_of
from analytics.reports.series import scan_series
from analytics.reports.subjects import Kind, Subject
from analytics.tag_months import MAX_LINKS

__all__ = [
    "DEFAULT_LIMIT",
    "HUMANS",
    "MAX_LIMIT",
    "MAX_LINKS",
    "NEWEST",
    "OVER",
    "BreakdownReport",
    "BreakdownRow",
    "Counts",
    "Filter",
    "FirstAndLast",
    "HeatMap",
    "Kind",
    "Orphan",
    "Orphans",
    "Point",
    "RecentScan",
    "Refused",
    "ScansAfterExpiry",
    "Series",
    "Source",
    "Subject",
    "adder",
    "as_of",
    "breakdown",
    "breakdowns",
    "change",
    "first_and_last",
    "heat_map",
    "orphan_scans",
    "recent_scans",
    "scan_series",
    "scans_after_expiry",
    "scans_ever",
    "scans_of",
    "unique_visitors_definition",
]
