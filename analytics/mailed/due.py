"""Which period a mailed report is about, what it is compared with, and from when on it is due."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from analytics.mailed.models import Frequency
from analytics.periods import DAY, Interval, Period


@dataclass(frozen=True)
class Due:
    """The last whole day, week (from Monday) or month of a zone, the one before it, and when it is morning after it."""

    frequency: Frequency
    period: Period
    before: Period
    at: datetime

    @property
    def words(self) -> str:
        """The period as people say it."""
        first, last = self.period.first_date, self.period.last_date
        if self.frequency is Frequency.DAILY:
            return f"{first:%A}, {first.day} {first:%B %Y}"
        if self.frequency is Frequency.MONTHLY:
            return f"{first:%B %Y}"
        return f"{first.day} {first:%b} to {last.day} {last:%b %Y}"

    @property
    def before_words(self) -> str:
        """What it is compared with, as people say it."""
        first = self.before.first_date
        if self.frequency is Frequency.MONTHLY:
            return f"{first:%B}"
        return "the day before" if self.frequency is Frequency.DAILY else "the week before"


def last_due(frequency: Frequency, zone: ZoneInfo, now: datetime, hour: int) -> Due:
    """The newest report whose morning has come: `hour` o'clock on the first day after its period."""
    day = now.astimezone(zone).date()
    start = _start_of(frequency, day)
    if _morning(start, zone, hour) > now:
        start = _start_of(frequency, start - DAY)
    first = _start_of(frequency, start - DAY)
    return Due(
        frequency,
        _period(frequency, zone, first, start),
        _period(frequency, zone, _start_of(frequency, first - DAY), first),
        _morning(start, zone, hour),
    )


def next_due(frequency: Frequency, zone: ZoneInfo, now: datetime, hour: int) -> Due:
    """The report whose morning comes next."""
    return due_from(frequency, zone, last_due(frequency, zone, now, hour).period.last_date + DAY, hour)


def due_from(frequency: Frequency, zone: ZoneInfo, first: date, hour: int) -> Due:
    """The report on the period that begins with a day."""
    start = _start_of(frequency, first + 40 * DAY) if frequency is Frequency.MONTHLY else first + _DAYS[frequency] * DAY
    before = _period(frequency, zone, _start_of(frequency, first - DAY), first)
    return Due(frequency, _period(frequency, zone, first, start), before, _morning(start, zone, hour))


_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}


def _start_of(frequency: Frequency, day: date) -> date:
    """The first day of the day, week or month that a day lies in."""
    if frequency is Frequency.MONTHLY:
        return day.replace(day=1)
    return day - day.weekday() * DAY if frequency is Frequency.WEEKLY else day


def _period(frequency: Frequency, zone: ZoneInfo, first: date, after: date) -> Period:
    interval = Interval.HOUR if frequency is Frequency.DAILY else Interval.DAY
    return Period.of_days(zone, first, after - DAY, interval)


def _morning(day: date, zone: ZoneInfo, hour: int) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
