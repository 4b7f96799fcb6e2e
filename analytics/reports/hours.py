"""When in the week people scan: hours by weekdays on the local clock of any zone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from analytics.models import ScanClass
from analytics.periods import DAY, QUARTER, Period
from analytics.reports.filters import Filter, narrowed
from analytics.reports.numbers import HUMANS, HeatMap, Refused, Source, as_of
from analytics.reports.quarters import quarters_by_point, refuse_too_many_quarters
from analytics.reports.raw import raw_hours
from analytics.reports.subjects import Subject

Stretch = tuple[datetime, datetime, timedelta]
# 38,000 quarters of an hour, 400 days of them, lie on as many pages of the disk: a third of a second.
MAX_LENGTH = timedelta(days=100)
_SQL = (Path(__file__).parent.parent / "sql" / "hours_of_the_week.sql").read_text()


def heat_map(
    subject: Subject, period: Period, classes: Iterable[ScanClass] = HUMANS, filters: Sequence[Filter] = ()
) -> HeatMap:
    """Scans by weekday and hour of the period's zone, any zone: one query. Raises Refused.

    Of quarters of an hour; with filters by word, which these do not know, of raw scans.
    """
    answered_at = as_of()
    subject, words = narrowed(subject, filters)
    if period.end - period.start > MAX_LENGTH:
        raise Refused("from", f"Hours of the week are added up over {MAX_LENGTH.days} days at most: ask for fewer.")
    if words:
        found = raw_hours(subject, period, words, frozenset(classes))
        rows = [[found.get((day, hour), 0) for hour in range(24)] for day in range(1, 8)]
        return HeatMap(period, rows, answered_at, Source.RAW)
    refuse_too_many_quarters(subject, period.start, period.end)
    sql = _SQL.replace("{scans}", " + ".join(f"q.{name}" for name in sorted(classes)))
    points = [(start, end, 3 * 96 + offset // QUARTER) for start, end, offset in stretches_of(period)]
    hours = [0] * 7 * 24
    for hour, scans in quarters_by_point(sql, subject, points):
        hours[hour] = scans
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
