"""Visitor: an anonymous daily hash, and the random salts it is made with."""

import os
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from links.models import VisitorSalt

DAYS_AHEAD = 3


class LocalDates:
    """The local date of a moment in a zone, worked out once per zone and day."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, float, str]] = {}

    def of(self, at: float, zone: str) -> str:
        """The ISO date at `at` (seconds since the epoch) in an IANA zone."""
        start, end, text = self._known.get(zone, (0.0, 0.0, ""))
        if start <= at < end:
            return text
        tz = ZoneInfo(zone)
        local = datetime.fromtimestamp(at, tz)
        midnight = datetime(local.year, local.month, local.day, tzinfo=tz)
        next_midnight = datetime.combine(midnight.date() + timedelta(days=1), midnight.timetz())
        text = local.date().isoformat()
        self._known[zone] = (midnight.timestamp(), next_midnight.timestamp(), text)
        return text


def visitor_hash(salt: bytes, workspace_id: int, address: bytes, user_agent: str) -> str:
    """Who scanned, under the day's salt: 32 hexadecimal digits, good for one day and one workspace.

    Keyed BLAKE2b (RFC 7693) is a MAC by itself and takes a fifth of the time of OpenSSL's HMAC-SHA256.
    """
    visitor = _keyed(salt).copy()
    visitor.update(f"{workspace_id}\0{address.hex()}\0{_digest(user_agent)}".encode("ascii"))
    return visitor.hexdigest()


@lru_cache(maxsize=20_000)
def _digest(user_agent: str) -> str:
    """Phones of a kind send the same long words: they are hashed once, and the visitor's message is one block."""
    return blake2b(user_agent.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@lru_cache(maxsize=4)
def _keyed(salt: bytes) -> blake2b:
    """A hash that has taken in the salt already: half of the work, and the same for everybody on that day."""
    return blake2b(key=salt, digest_size=16)


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
