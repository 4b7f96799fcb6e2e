"""Calendar events that a phone offers to add."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from links.qr.payloads.content_lines import escaped, joined
from links.qr.payloads.fields import FieldRefused, check_line, check_text
from links.qr.payloads.web import serialised

_YEARS = range(1900, 3000)


@dataclass(frozen=True)
class Event:
    """A calendar of one VEVENT (RFC 5545 section 3.6.1).

    `starts` and `ends` are both dates for an all-day event, whose `ends` is the day after its last, or both datetimes
    with a zone. `uid` stays the same when a changed event is issued again; `made` is when it was first written.
    """

    summary: str
    starts: date
    ends: date
    uid: str
    made: datetime
    location: str = ""
    description: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        check_line("summary", self.summary, required=True)
        check_line("uid", self.uid, required=True)
        check_line("location", self.location)
        check_text("description", self.description)
        if self.url:
            serialised("url", self.url)
        for field in ("starts", "ends", "made"):
            _check_time(field, getattr(self, field))
        if isinstance(self.starts, datetime) != isinstance(self.ends, datetime):
            raise FieldRefused("ends", "Give a time to both the start and the end, or to neither.")
        if _instant(self.ends) <= _instant(self.starts):
            raise FieldRefused("ends", "Let the event end after its start; an all-day event ends the day after.")

    def encode(self) -> str:
        return joined(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//qrplatform//EN")
        yield from self._zone_lines()
        yield from ("BEGIN:VEVENT", f"UID:{escaped(self.uid)}", f"DTSTAMP:{_utc(self.made)}")
        yield from (self._time_line("DTSTART", self.starts), self._time_line("DTEND", self.ends))
        yield f"SUMMARY:{escaped(self.summary)}"
        if self.location:
            yield f"LOCATION:{escaped(self.location)}"
        if self.description:
            yield f"DESCRIPTION:{escaped(self.description)}"
        if self.url:
            yield f"URL:{serialised('url', self.url)}"
        yield from ("END:VEVENT", "END:VCALENDAR")

    def _time_line(self, name: str, time: date) -> str:
        """A date, a UTC time or a local time with its zone (sections 3.3.4 and 3.3.5, forms 2 and 3)."""
        if not isinstance(time, datetime):
            return f"{name};VALUE=DATE:{_basic(time)}"
        if zone := self._zone:
            return f"{name};TZID={zone}:{_basic(time)}"
        return f"{name}:{_utc(time)}"

    @property
    def _zone(self) -> str | None:
        """The zone to write, if start and end share one and each of their times was on its clocks exactly once."""
        times = (self.starts, self.ends)
        zones = {time.tzinfo if isinstance(time, datetime) else None for time in times}
        zone = zones.pop()
        if zones or not isinstance(zone, ZoneInfo) or zone.key in (None, "UTC", "Etc/UTC"):
            return None
        return zone.key if all(isinstance(time, datetime) and _is_unambiguous(time) for time in times) else None

    def _zone_lines(self) -> Iterator[str]:
        """VTIMEZONE, which a TZID must have (section 3.2.19), cut down to the offsets of this event's two times."""
        if (zone := self._zone) and isinstance(self.starts, datetime) and isinstance(self.ends, datetime):
            first, last = _offset(self.starts), _offset(self.ends)
            yield from ("BEGIN:VTIMEZONE", f"TZID:{zone}")
            yield from _observance(self.starts, first, first)
            if last != first:
                yield from _observance(self.ends, first, last)
            yield "END:VTIMEZONE"


def _observance(onset: datetime, before: timedelta, after: timedelta) -> Iterator[str]:
    """Section 3.6.5: the onset is told by the clocks as they were before it."""
    yield from ("BEGIN:STANDARD", f"DTSTART:{_basic(onset - after + before)}")
    yield from (f"TZOFFSETFROM:{_signed(before)}", f"TZOFFSETTO:{_signed(after)}", "END:STANDARD")


def check_year(field: str, time: date) -> None:
    """Refuse what cannot be moved to another clock, or is a slip; raises FieldRefused."""
    if time.year not in _YEARS:
        raise FieldRefused(field, f"Use a year from {_YEARS.start} to {_YEARS.stop - 1}.")


def _check_time(field: str, time: date) -> None:
    check_year(field, time)
    if isinstance(time, datetime) and time.utcoffset() is None:
        raise FieldRefused(field, "Say which time zone the time is in.")
    if isinstance(time, datetime) and _instant(time).microsecond:
        raise FieldRefused(field, "Use whole seconds.")


def _instant(time: date) -> datetime:
    return time.astimezone(UTC) if isinstance(time, datetime) else datetime(time.year, time.month, time.day, tzinfo=UTC)


def _is_unambiguous(time: datetime) -> bool:
    return time.replace(fold=0).utcoffset() == time.replace(fold=1).utcoffset()


def _offset(time: datetime) -> timedelta:
    return time.utcoffset() or timedelta()


def _signed(offset: timedelta) -> str:
    """UTC-OFFSET (section 3.3.14); seconds only where there are some, as before zones were whole minutes."""
    sign, seconds = ("-", -offset) if offset < timedelta() else ("+", offset)
    hours, minutes, rest = str(seconds).split(":")
    return f"{sign}{hours:0>2}{minutes}" + (rest if rest != "00" else "")


def _utc(time: datetime) -> str:
    return _basic(time.astimezone(UTC)) + "Z"


def _basic(time: date) -> str:
    """ISO 8601 basic format, without an offset."""
    bare = time.replace(tzinfo=None) if isinstance(time, datetime) else time
    return bare.isoformat().replace("-", "").replace(":", "")
