"""When in the week people scan: hours by weekdays on the local clock of any zone."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.models import ScanClass
from analytics.periods import DAY, QUARTER, Period
from analytics.reports.numbers import HUMANS, HeatMap, as_of
from analytics.reports.series import refuse_too_many_quarters
from analytics.reports.subjects import Subject

Stretch = tuple[datetime, datetime, timedelta]
_SQL = (Path(__file__).parent.parent / "sql" / "hours_of_the_week.sql").read_text()
_EPOCH_QUARTER = {
    "postgresql": "EXTRACT(EPOCH FROM q.start)::bigint / 900",
    "sqlite": "CAST(strftime('%%s', q.start) AS INTEGER) / 900",
}


def heat_map(subject: Subject, period: Period, classes: Iterable[ScanClass] = HUMANS) -> HeatMap:
    """Scans by weekday and hour of the period's zone, any zone: one query, of quarters of an hour. Raises Refused."""
    answered_at = as_of()
    refuse_too_many_quarters(subject, period.start, period.end)
    hours = [0] * 7 * 24
    if ids := list(subject.ids):
        stretches = list(stretches_of(period))
        sql = _SQL.replace("{stretches}", ", ".join(["(%s, %s, %s)"] * len(stretches)))
        sql = sql.replace("{ids}", ", ".join(["%s"] * len(ids)))
        sql = sql.replace("{scans}", " + ".join(f"q.{name}" for name in sorted(classes)))
        with connection.cursor() as cursor:
            parameters = [value for stretch in stretches for value in _adapted(stretch)]
            cursor.execute(
                sql.replace("{quarter}", _EPOCH_QUARTER[connection.vendor]), [*parameters, subject.scope, *ids]
            )
            for hour, scans in cursor.fetchall():
                hours[int(hour)] = int(scans)
    return HeatMap(period, [hours[day * 24 : day * 24 + 24] for day in range(7)], answered_at)


def stretches_of(period: Period) -> Iterator[Stretch]:
    """The parts of a period in which the local clock is not changed, each with its offset from UTC."""
    start, offset = period.start, _offset(period.start, period.zone)
    moment = start
    while moment < period.end:
        following = min(moment + DAY, period.end)
        if _offset(following - QUARTER, period.zone) != offset:
            following = moment + QUARTER
            while _offset(following, period.zone) == offset:
                following += QUARTER
            yield start, following, offset
            start, offset = following, _offset(following, period.zone)
        moment = following
    yield start, period.end, offset


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - narrows the type; a moment with a zone has an offset
    return offset


def _adapted(stretch: Stretch) -> tuple[Any, Any, int]:
    start, end, offset = stretch
    adapt = connection.ops.adapt_datetimefield_value
    return adapt(start), adapt(end), 3 * 96 + offset // QUARTER
