"""Visitor: an anonymous daily hash, and the random salts it is made with."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2s

from accounts.zones import Zones
from links.models import VisitorSalt
from links.scan_events import NOTHING, about_request

DAYS_AHEAD = 3


@dataclass(slots=True)
class LocalDay:
    """A workspace's day, as far as it is known: from `start` up to `end` (seconds since the epoch)."""

    zone: str
    start: float
    end: float
    date: str  # ISO
    plain_get: str  # what a record says of an ordinary request on that day
    salted: blake2s | None  # a hash that has taken in the day's salt and the workspace; None while there is no salt

    def visitor(self, address: bytes, agent_digest: bytes) -> str:
        """Who scanned: 32 hexadecimal digits, good for one day and one workspace; empty without a salt.

        BLAKE2s (RFC 7693) knows no length extension: with a secret in front it is a MAC. Its keyed form, which gives
        the key a block of its own, takes nearly twice as long. Salt (32 bytes), workspace (8), agent (8) and address
        (4 or 16) have fixed lengths and fit into one block of 64.
        """
        if self.salted is None:
            return ""
        visitor = self.salted.copy()
        visitor.update(agent_digest + address)
        return visitor.hexdigest()


class LocalDays:
    """The local day of a moment in a workspace, worked out once a minute.

    `salts` gives what is known at that time, by ISO date: some may come later. Every hour the next scan has all
    forgotten: days that are over, whose salts must be, and workspaces that are not scanned any more.
    """

    _SECONDS = 60.0
    _WITHOUT_SALT_SECONDS = 1.0
    _FORGET_SECONDS = 3600.0

    def __init__(self, salts: Callable[[], Mapping[str, bytes]]) -> None:
        self._salts = salts
        self._known: dict[int, LocalDay] = {}
        # What all workspaces of a zone have in common: the hash has taken in the salt alone.
        self._zones: dict[str, LocalDay] = {}
        self._forget_at = 0.0

    def of(self, at: float, workspace_id: int, zone: str) -> LocalDay:
        """The day at `at` (seconds since the epoch) in a workspace's IANA zone, or its Zones as text."""
        day = self._known.get(workspace_id)
        if day is not None and day.start <= at < day.end and day.zone == zone:
            return day
        return self._work_out(at, workspace_id, zone)

    def _work_out(self, at: float, workspace_id: int, zone: str) -> LocalDay:
        if at >= self._forget_at:
            self._known, self._zones = {}, {}
            self._forget_at = at + self._FORGET_SECONDS
        zoned = self._zones.get(zone)
        if zoned is None or not zoned.start <= at < zoned.end:
            zoned = self._zones[zone] = self._work_out_zone(at, zone)
        salted = zoned.salted and zoned.salted.copy()
        if salted is not None:
            salted.update(workspace_id.to_bytes(8, "big"))
        day = self._known[workspace_id] = replace(zoned, salted=salted)
        return day

    def _work_out_zone(self, at: float, zone: str) -> LocalDay:
        date, start, end = Zones.parse(zone).day_of(datetime.fromtimestamp(at, UTC))
        salt = self._salts().get(date.isoformat())
        sure_until = at + (self._SECONDS if salt else self._WITHOUT_SALT_SECONDS)
        plain_get = about_request(date.isoformat(), "GET", NOTHING, "")
        salted = blake2s(salt, digest_size=16) if salt else None
        return LocalDay(zone, start.timestamp(), min(end.timestamp(), sure_until), date.isoformat(), plain_get, salted)


def agent_digest(user_agent: str) -> bytes:
    """Eight bytes that stand for a user agent in a visitor's hash."""
    return blake2s(user_agent.encode("utf-8", "surrogatepass"), digest_size=8).digest()


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
