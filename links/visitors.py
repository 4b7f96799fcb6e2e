"""Visitor: an anonymous daily hash, and the random salts it is made with."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2s
from typing import NamedTuple

from accounts.zones import Zones
from links.models import VisitorSalt
from links.scan_events import NOTHING, about_request

DAYS_AHEAD = 3


class LocalDay(NamedTuple):
    """A day in one zone, as far as it is known: from `start` up to `end` (seconds since the epoch)."""

    start: float
    end: float
    date: str  # ISO
    plain_get: str  # what a record says of an ordinary request on that day
    keyed: blake2s | None  # a hash that has taken in the day's salt: half of the work; None while there is no salt

    def visitor(self, workspace_id: int, address: bytes, agent_digest: str) -> str:
        """Who scanned: 32 hexadecimal digits, good for one day and one workspace; empty without a salt.

        Keyed BLAKE2s (RFC 7693) is a MAC by itself and takes a sixth of the time of OpenSSL's HMAC-SHA256. The agent
        comes as its digest, so that the message is one block of 64 bytes (two for an IPv6 phone).
        """
        if self.keyed is None:
            return ""
        visitor = self.keyed.copy()
        visitor.update(f"{workspace_id}\0{address.hex()}\0{agent_digest}".encode())
        return visitor.hexdigest()


class LocalDays:
    """The local day of a moment in a zone, worked out once per zone and minute.

    `salts` gives what is known at that time, by ISO date: some may come later.
    """

    _SECONDS = 60.0
    _WITHOUT_SALT_SECONDS = 1.0

    def __init__(self, salts: Callable[[], Mapping[str, bytes]]) -> None:
        self._salts = salts
        self._known: dict[str, LocalDay] = {}

    def of(self, at: float, zone: str) -> LocalDay:
        """The day at `at` (seconds since the epoch) in an IANA zone, or in one of Zones as text."""
        day = self._known.get(zone)
        if day is not None and day[0] <= at < day[1]:
            return day
        return self._work_out(at, zone)

    def _work_out(self, at: float, zone: str) -> LocalDay:
        date, start, end = Zones.parse(zone).day_of(datetime.fromtimestamp(at, UTC))
        salt = self._salts().get(date.isoformat())
        sure_until = at + (self._SECONDS if salt else self._WITHOUT_SALT_SECONDS)
        keyed = blake2s(key=salt, digest_size=16) if salt else None
        plain_get = about_request(date.isoformat(), "GET", NOTHING, "")
        day = LocalDay(start.timestamp(), min(end.timestamp(), sure_until), date.isoformat(), plain_get, keyed)
        self._known[zone] = day
        return day


def agent_digest(user_agent: str) -> str:
    """Stands for a user agent in a visitor's hash."""
    return blake2s(user_agent.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def load_salts(now: datetime) -> dict[str, bytes]:
    """Salts by ISO date around `now`; the missing ones are made, so that any process may be the first.

    Insert-or-ignore, then read: whoever came first decides, and every process reads the same.
    """
    days = [now.date() + timedelta(days=offset) for offset in range(-1, DAYS_AHEAD + 1)]
    kept = _kept_salts(days)
    if len(kept) < len(days):
        missing = [VisitorSalt(date=day, salt=os.urandom(32)) for day in days if day.isoformat() not in kept]
        VisitorSalt.objects.bulk_create(missing, ignore_conflicts=True)
        kept = _kept_salts(days)
    return kept


def _kept_salts(days: list[date]) -> dict[str, bytes]:
    return {row.date.isoformat(): bytes(row.salt) for row in VisitorSalt.objects.filter(date__in=days)}


def delete_old_salts(now: datetime | None = None) -> int:
    """Forget salts 48 hours after their date has ended everywhere (UTC−12 is last)."""
    moment = now or datetime.now(UTC)
    last_kept = (moment - timedelta(hours=48 + 12)).date()
    return VisitorSalt.objects.filter(date__lt=last_kept).delete()[0]
