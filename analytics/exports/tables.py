"""Reports as tables: what the dashboard and the API show, row by row, with names that stay."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from analytics.exports.columns import Column, Row, Table, Type
from analytics.models import ScanClass
from analytics.reports import BreakdownReport, BreakdownRow, HeatMap, Orphans, ScansAfterExpiry, Series
from analytics.words import WEEKDAYS

SERIES: Sequence[Column] = (
    Column("start", Type.TIME, "When the point begins, in UTC."),
    Column("local_start", Type.LOCAL_TIME, "The same on the clock of the export's time zone."),
    Column("end", Type.TIME, "When it ends: where the next one begins."),
    *(Column(name.value, Type.INTEGER, f"Scans of the class {name.value}.") for name in ScanClass),
    Column("unique_visitors", Type.INTEGER, "Null where nobody can know them: see docs/analytics.md."),
)
BREAKDOWN: Sequence[Column] = (
    Column("dimension", Type.STRING, "What scans are broken down by."),
    Column("kind", Type.STRING, "value; rest for all other values together; unknown for scans without a value."),
    Column("value", Type.STRING, "The value: a word, or the id of a code, link or campaign."),
    Column("label", Type.STRING, "What the value is called."),
    Column("scans", Type.INTEGER, "Scans with this value."),
    Column("share", Type.NUMBER, "Their part of all scans, 0 to 1."),
    Column("compared_scans", Type.INTEGER, "Scans with this value in the period compared with."),
)
HOURS: Sequence[Column] = (
    Column("weekday", Type.INTEGER, "1 for Monday to 7 for Sunday, as ISO 8601 counts."),
    Column("weekday_name", Type.STRING, "Monday to Sunday."),
    Column("hour", Type.INTEGER, "0 to 23, on the clock of the export's time zone."),
    Column("scans", Type.INTEGER, "Scans in that hour of that weekday."),
)
ORPHANS: Sequence[Column] = (
    Column("host", Type.STRING, "The host that was asked."),
    Column("path", Type.STRING, "The path that is no code."),
    Column("meant_code_id", Type.INTEGER, "The id of the code that was probably meant."),
    Column("meant_code", Type.STRING, "Its path."),
    Column("meant_placement", Type.STRING, "Where it is printed."),
    Column("scans", Type.INTEGER, "Scans of the path."),
    Column("last_at", Type.TIME, "When it was last scanned, in UTC."),
)
AFTER_EXPIRY: Sequence[Column] = (
    Column("outcome", Type.STRING, "What people met: expired, paused, deleted or used up."),
    Column("scans", Type.INTEGER, "Scans that met it."),
)


def of_series(series: Series) -> Table:
    return Table(SERIES, _points(series))


def _points(series: Series) -> Iterator[Row]:
    zone = series.period.zone
    ends: list[datetime] = [point.start for point in series.points[1:]] + [series.period.end]
    for point, end in zip(series.points, ends, strict=True):
        yield (
            *(point.start, point.start.astimezone(zone), end),
            *point.counts,
            point.unique_visitors,
        )


def of_breakdown(report: BreakdownReport) -> Table:
    return Table(BREAKDOWN, _values(report))


def _values(report: BreakdownReport) -> Iterator[Row]:
    rows: list[tuple[str, BreakdownRow | None]] = [("value", row) for row in report.rows]
    for kind, row in [*rows, ("rest", report.rest), ("unknown", report.unknown)]:
        if row is not None:
            yield report.dimension, kind, row.value, row.label, row.scans, row.share, row.compared


def of_hours(report: HeatMap) -> Table:
    rows = [
        (day + 1, WEEKDAYS[day], hour, scans)
        for day, hours in enumerate(report.rows)
        for hour, scans in enumerate(hours)
    ]
    return Table(HOURS, rows)


def of_orphans(report: Orphans) -> Table:
    rows = [
        (row.host, row.path, row.meant.pk, row.meant.path, row.meant.placement, row.scans, row.last_at)
        for row in report.rows
    ]
    return Table(ORPHANS, rows)


def of_scans_after_expiry(report: ScansAfterExpiry) -> Table:
    return Table(AFTER_EXPIRY, list(report.outcomes.items()))
