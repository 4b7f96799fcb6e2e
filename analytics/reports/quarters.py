"""Quarters of an hour by the points they lie in: the one join that series and hours of the week are made with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from analytics.periods import DAY
from analytics.reports.numbers import Refused
from analytics.reports.subjects import Kind, Subject

# Links times days that are added up by quarters of an hour while somebody waits.
MAX_LINK_DAYS = 10_000
_ROWS = "q.scope = %s AND q.scope_id IN ({ids}) AND q.start >= points.starts AND q.start < points.ends"
# A join of points and quarters, each point one range of the key; SQLite has no LATERAL and needs none.
_EACH = {
    "postgresql": f"CROSS JOIN LATERAL (SELECT * FROM analytics_quarterhour q WHERE {_ROWS} OFFSET 0) q",  # noqa: S608 - ours
    "sqlite": f"JOIN analytics_quarterhour q ON {_ROWS}",
}
SECONDS_OF_A_QUARTER = 900
# The number of a quarter of an hour since the epoch.
_QUARTER = {
    "postgresql": "date_part('epoch', q.start)::bigint / 900",
    "sqlite": "CAST(strftime('%%s', q.start) AS INTEGER) / 900",
}


def quarters_by_point(sql: str, subject: Subject, points: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of a statement over points and the quarters of a subject; Refused when these are too many."""
    ids = list(subject.ids)
    if not ids or not points:
        return []
    places = f"({', '.join(['%s'] * len(points[0]))})"
    sql = sql.replace("{quarter}", _QUARTER[connection.vendor])
    sql = sql.replace("{points}", ", ".join([places] * len(points))).replace("{each}", _EACH[connection.vendor])
    with connection.cursor() as cursor:
        parameters = [_adapted(value) for point in points for value in point]
        cursor.execute(sql.replace("{ids}", ", ".join(["%s"] * len(ids))), [*parameters, subject.scope, *ids])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def refuse_too_many_quarters(subject: Subject, start: datetime, end: datetime) -> None:
    """Raise Refused where the quarters of an hour of too many links would have to be added up."""
    length = end - start
    if subject.kind is Kind.TAG and len(subject.ids) * (length / DAY) > MAX_LINK_DAYS:
        raise Refused(
            "interval",
            f"{len(subject.ids):,} links over {round(length / DAY):,} days are too many to add up by quarters of an "
            "hour. Choose interval=day (or week, or month) in the workspace's own zone, or a shorter range.",
        )


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
