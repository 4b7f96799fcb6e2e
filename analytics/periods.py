"""Which stretch of time a report covers and the points it is cut into, on the clock of any zone.

A point is a distinct instant: the hour that is repeated when clocks go back gives two points, the hour that is
skipped gives none, and a day has 23 or 25 of them when that is how long it was. Weeks start on Monday.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from accounts.zones import midnight

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_HOURS_OF_A_DAY = [number * HOUR for number in range(24)]
MAX_POINTS = 2000
DEFAULT_DAYS = 30
FIRST_YEAR, LAST_YEAR = 2000, 2099
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Interval(StrEnum):
    """How long one point of a series is."""

    QUARTER = "15min"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_SHORTEST = {
    Interval.QUARTER: QUARTER,
    Interval.HOUR: HOUR,
    Interval.DAY: DAY,
    Interval.WEEK: 7 * DAY,
    Interval.MONTH: 28 * DAY,
}


class Comparison(StrEnum):
    """Which other period a period is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"


class PeriodError(ValueError):
    """The wanted period makes no sense: which parameter to change, and how."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`: instants in UTC on whole quarters of an hour."""

    zone: ZoneInfo
    start: datetime
    end: datetime
    interval: Interval

    @classmethod
    def between(cls, zone: ZoneInfo, start: datetime, end: datetime, interval: Interval) -> Self:
        """Every quarter of an hour that a range touches; PeriodError when that is empty or too many points."""
        if start >= end:
            raise PeriodError("from", "The range is empty. “from” must be before “to”.")
        _refuse_too_many_points(end - start, interval)
        return cls(zone, _quarter_at(start), _quarter_at(end + QUARTER - timedelta.resolution), interval)

    @classmethod
    def of_days(cls, zone: ZoneInfo, first: date, last: date, interval: Interval) -> Self:
        """Whole local days, both ends included."""
        return cls.between(zone, midnight(first, zone), midnight(last + DAY, zone), interval)

    @classmethod
    def last_days(cls, zone: ZoneInfo, now: datetime, days: int, interval: Interval) -> Self:
        """So many local days, today the last of them."""
        today = now.astimezone(zone).date()
        return cls.of_days(zone, today - (days - 1) * DAY, today, interval)

    @classmethod
    def last_hours(cls, zone: ZoneInfo, now: datetime, hours: int) -> Self:
        """So many hours, the current local hour the last of them."""
        hour = _quarter_at(now - timedelta(minutes=now.astimezone(zone).minute))
        return cls.between(zone, hour - (hours - 1) * HOUR, hour + HOUR, Interval.HOUR)

    @classmethod
    def last_months(cls, zone: ZoneInfo, now: datetime, months: int) -> Self:
        """So many local calendar months up to today, the current one the last of them."""
        today = now.astimezone(zone).date()
        first = today.replace(day=1)
        for _ in range(months - 1):
            first = (first - DAY).replace(day=1)
        return cls.of_days(zone, first, today, Interval.MONTH)

    @classmethod
    def parse(cls, zone: ZoneInfo, now: datetime, start: str | None, end: str | None, interval: str | None) -> Self:
        """A period as REST clients write it: dates are local days (the last one included), or date-times with offset.

        Left out: the last 30 days, by day. PeriodError says what to write instead.
        """
        chosen = _parse_interval(interval)
        until = _parse_bound("to", end, zone, days_after=1) if end else None
        if until is None:
            until = midnight(now.astimezone(zone).date() + DAY, zone)
        since = _parse_bound("from", start, zone) if start else None
        if since is None:
            last_day = (until - timedelta.resolution).astimezone(zone).date()
            since = midnight(last_day - (DEFAULT_DAYS - 1) * DAY, zone)
        return cls.between(zone, since, until, chosen)

    @property
    def first_date(self) -> date:
        return self.start.astimezone(self.zone).date()

    @property
    def last_date(self) -> date:
        return (self.end - QUARTER).astimezone(self.zone).date()

    @property
    def is_whole_days(self) -> bool:
        """Whether it begins and ends where local days do."""
        return self.start == midnight(self.first_date, self.zone) and self.end == midnight(
            self.last_date + DAY, self.zone
        )

    @property
    def has_days(self) -> bool:
        """Whether a point is at least one local day: shorter ones have no unique visitors of their own."""
        return self.interval not in (Interval.QUARTER, Interval.HOUR)

    @property
    def whole_dates(self) -> tuple[date, date]:
        """The first and the last local date that lie wholly inside; the last is before the first when none does."""
        first, last = self.first_date, self.last_date
        starts_inside = self.start == midnight(first, self.zone)
        ends_inside = self.end == midnight(last + DAY, self.zone)
        return first if starts_inside else first + DAY, last if ends_inside else last - DAY

    def starts(self) -> list[datetime]:
        """When each point begins, in UTC. The first begins with the period, even in the middle of a week."""
        if self.interval is Interval.QUARTER:
            return [self.start + number * QUARTER for number in range((self.end - self.start) // QUARTER)]
        return list(self._hours() if self.interval is Interval.HOUR else self._dates())

    def compared(self, comparison: Comparison) -> Self:
        """The period just before, as long as this one on the local clock; or the same one a year ago."""
        if comparison is Comparison.PREVIOUS:
            return self._previous()
        if self.is_whole_days:
            first, last = _year_before(self.first_date), _year_before(self.last_date)
            return self._with(midnight(first, self.zone), midnight(last + DAY, self.zone))
        start, end = self._on_the_clock()
        since = datetime.combine(_year_before(start.date()), start.time())
        return self._with(self._instant(since), self._instant(since + (end - start)))

    def _previous(self) -> Self:
        if self.is_whole_days:
            days = (self.last_date - self.first_date).days + 1
            return self._with(midnight(self.first_date - days * DAY, self.zone), self.start)
        start, end = self._on_the_clock()
        since = self._instant(start - (end - start))
        # In the hour that clocks repeat, the local clock may not have moved at all.
        return self._with(since if since < self.start else self.start - (self.end - self.start), self.start)

    def _with(self, start: datetime, end: datetime) -> Self:
        return type(self)(self.zone, start, max(end, start + QUARTER), self.interval)

    def _on_the_clock(self) -> tuple[datetime, datetime]:
        """Start and end as the local clock shows them, without a zone."""
        return self.start.astimezone(self.zone).replace(tzinfo=None), self.end.astimezone(self.zone).replace(
            tzinfo=None
        )

    def _instant(self, on_the_clock: datetime) -> datetime:
        return on_the_clock.replace(tzinfo=self.zone).astimezone(UTC)

    def _hours(self) -> Iterator[datetime]:
        """Full hours of the local clock. It is looked at hour by hour only on days on which it is changed."""
        moment, local = self.start, self.start.astimezone(self.zone)
        while moment < self.end:
            next_day = (moment + DAY).astimezone(self.zone)
            if not local.minute and moment + DAY <= self.end and local.utcoffset() == next_day.utcoffset():
                yield from [moment + hours for hours in _HOURS_OF_A_DAY]
                moment, local = moment + DAY, next_day
                continue
            yield moment
            moment = moment + HOUR - timedelta(minutes=local.minute)
            before, local = local, moment.astimezone(self.zone)
            if local.utcoffset() != before.utcoffset():
                moment = _change_of_the_clock(before, moment)
                local = moment.astimezone(self.zone)

    def _dates(self) -> Iterator[datetime]:
        moment, day = self.start, self.first_date
        while moment < self.end:
            day = _next_date(day, self.interval)
            following = midnight(day, self.zone)
            if following > moment:  # a date that a zone skipped altogether (Apia, 2011-12-30) is no point
                yield moment
            moment = following


def _year_before(day: date) -> date:
    """The same date a year ago; of 29 February the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _quarter_at(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour (UTC) that a moment lies in."""
    moment = moment.astimezone(UTC)
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _change_of_the_clock(local: datetime, until: datetime) -> datetime:
    """When a local clock is put forward or back, in UTC; `until` at the latest, to the quarter of an hour."""
    moment = local.astimezone(UTC) + QUARTER
    while moment < until and moment.astimezone(local.tzinfo).utcoffset() == local.utcoffset():
        moment += QUARTER
    return moment


def _next_date(day: date, interval: Interval) -> date:
    if interval is Interval.MONTH:
        return (day.replace(day=1) + 31 * DAY).replace(day=1)
    return day + (DAY if interval is Interval.DAY else (7 - day.weekday()) * DAY)


def _parse_interval(text: str | None) -> Interval:
    try:
        return Interval(text or Interval.DAY)
    except ValueError:
        raise PeriodError("interval", "Choose one of 15min, hour, day, week or month.") from None


def _parse_bound(parameter: str, text: str, zone: ZoneInfo, days_after: int = 0) -> datetime:
    """The instant a date (plus some days) begins on, or a date-time with offset stands for."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PeriodError(parameter, _how_to_write(parameter)) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise PeriodError(parameter, f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    if _DATE.fullmatch(text):
        return midnight(moment.date() + days_after * DAY, zone)
    if moment.tzinfo is None:
        raise PeriodError(parameter, _how_to_write(parameter))
    return moment.astimezone(UTC)


def _how_to_write(parameter: str) -> str:
    return (
        f"Write “{parameter}” as a date (2026-03-29) or as a date-time with its offset (2026-03-29T14:00:00Z, "
        "2026-03-29T14:00:00+02:00; in an address a plus sign is written %2B)."
    )


def _refuse_too_many_points(length: timedelta, interval: Interval) -> None:
    """Raise PeriodError that names the finest interval which would do."""
    if length <= MAX_POINTS * _SHORTEST[interval]:
        return
    fitting = next(coarser for coarser in Interval if length <= MAX_POINTS * _SHORTEST[coarser])
    raise PeriodError(
        "interval",
        f"That is about {round(length / _SHORTEST[interval]):,} points by {interval}, and the most is {MAX_POINTS:,}. "
        f"Choose interval={fitting} or a shorter range.",
    )
