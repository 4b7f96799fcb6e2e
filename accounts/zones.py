"""Which local day a moment belongs to, also of a workspace that changes its zone.

A change counts from the midnight that ends a day of the zone before. No date is ever counted twice: the day that begins
at the change lasts until the new zone's clock ends that date, so it is longer towards the west and shorter towards the
east; where the new zone is a whole date further, that one date has no scans at all.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

_BETWEEN = "@"  # in no name of a zone


class LocalDate(NamedTuple):
    """A local day, from `start` up to `end`."""

    date: date
    start: datetime
    end: datetime


class Zones(NamedTuple):
    """One zone; or two, and the moment (seconds since the epoch) at which the second follows the first."""

    first: str
    changes_at: int = 0
    then: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """What str() made: all that a cached target has to say of zones, and an ordinary name where there is one."""
        first, _, change = text.partition(_BETWEEN)
        moment, _, then = change.partition(_BETWEEN)
        return cls(first, int(moment), then) if then else cls(first)

    def __str__(self) -> str:
        return _BETWEEN.join([self.first, str(self.changes_at), self.then]) if self.then else self.first

    def at(self, moment: datetime) -> str:
        """The zone of a moment."""
        return self.then if self.then and moment.timestamp() >= self.changes_at else self.first

    def day_of(self, moment: datetime) -> LocalDate:
        """The day that a scan of this moment counts for."""
        day = _day_of(moment, ZoneInfo(self.at(moment)))
        if self.at(moment) == self.first:
            return day
        changed = datetime.fromtimestamp(self.changes_at, UTC)
        begun = changed.astimezone(ZoneInfo(self.first)).date()
        if day.date > begun:
            return day._replace(start=max(day.start, changed))
        return LocalDate(begun, changed, midnight(begun + timedelta(days=1), ZoneInfo(self.then)))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a date begins, in UTC. Where clocks skip midnight, that is the moment they jump over it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def next_midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    return _day_of(moment, zone).end


def _day_of(moment: datetime, zone: ZoneInfo) -> LocalDate:
    day = moment.astimezone(zone).date()
    return LocalDate(day, midnight(day, zone), midnight(day + timedelta(days=1), zone))
