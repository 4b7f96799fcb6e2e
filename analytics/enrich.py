"""From a scan event to the row that is stored: a list of named steps. Nothing is dropped, everything is labelled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from analytics.geo import place_of
from analytics.partitions import MAX_APART
from links.classes import RULES_VERSION, classify, hinted
from links.clients import describe, language_of
from links.scan_events import ScanEvent

MAX_AHEAD = timedelta(minutes=5)
# Retention goes by the moment in an event id, reports by the one beside it.
_MAX_APART_MS = MAX_APART // timedelta(milliseconds=1)
# What stands behind the milliseconds of a UUIDv7, in bits.
MS_IN_ID = 80


class ScanRow(NamedTuple):
    """The columns of Scan, in the order in which the steps find them."""

    event_id: UUID
    at: datetime
    local_date: date
    workspace_id: int
    domain_id: int
    campaign_id: int
    link_id: int
    code_id: int
    revision: int
    outcome: str
    destination: str
    scan_class: str
    class_reason: str
    rules_version: str
    method: str
    purpose: str
    device: str
    brand: str
    os: str
    browser: str
    app: str
    user_agent: str
    address: str
    country: str
    region: str
    city: str
    visitor: str
    language: str
    referrer: str


class OrphanRow(NamedTuple):
    """The columns of OrphanScan."""

    event_id: UUID
    at: datetime
    host: str
    path: str
    scan_class: str
    user_agent: str


class CannotCount(ValueError):
    """An event that must be set aside; the message is its reason."""


@dataclass(frozen=True)
class Horizon:
    """Between which moments scans can still be counted."""

    oldest: datetime
    newest: datetime

    @classmethod
    def at(cls, now: datetime, raw_days: int) -> "Horizon":
        return cls(now - timedelta(days=raw_days), now + MAX_AHEAD)


def scan_row(event: ScanEvent, horizon: Horizon) -> ScanRow:
    """The columns of Scan for one event; raises CannotCount."""
    found = chain.from_iterable([step(event) for step in STEPS])
    event_id = event_id_of(event)
    row = ScanRow(event_id, moment_of(event_id, event.at_ms, horizon), *found)
    if abs(row.local_date.toordinal() - row.at.toordinal()) > 1:  # recounts look for a day's scans near that day
        raise CannotCount(f"the local date is not that of its time: {row.local_date} at {row.at.isoformat()}")
    return row


def orphan_row(event: ScanEvent, horizon: Horizon) -> OrphanRow:
    """The columns of OrphanScan for one event; raises CannotCount."""
    event_id, user_agent = event_id_of(event), _text(event.user_agent, 512)
    return OrphanRow(
        event_id,
        moment_of(event_id, event.at_ms, horizon),
        _text(event.host, 253),
        _text(event.path, 200),
        classify(event.method, event.purpose, user_agent).name,
        user_agent,
    )


# --- Steps: what each finds out of an event, as the next columns of Scan -------------------------

Columns = tuple[Any, ...]


def target(event: ScanEvent) -> Columns:
    """What was followed, and what came of it: local_date … destination."""
    ids = (event.workspace_id, event.domain_id, event.campaign_id, event.link_id, event.code_id, event.revision)
    if min(ids) < 0 or max(ids) >= 2**31:
        workspace_id, domain_id, campaign_id, link_id, code_id, revision = map(_id, ids)
        ids = (workspace_id, domain_id, campaign_id, link_id, code_id, min(revision, 2**31 - 1))
    return (_date(event.local_date), *ids, _text(event.outcome, 12), _text(event.destination, 4096))


def scan_class(event: ScanEvent) -> Columns:
    """Who or what followed it, why we think so, and by which rules: scan_class … purpose."""
    hint = hinted(event.class_hint) if event.class_hint else None
    kind = hint or classify(event.method, event.purpose, _text(event.user_agent, 512))
    purpose = _text(event.purpose, 40) if event.purpose else ""
    return kind.name, _text(kind.reason, 100), RULES_VERSION, _text(event.method, 10), purpose


def client(event: ScanEvent) -> Columns:
    """With what: device, brand, os, browser, app, user_agent."""
    return _client(_text(event.user_agent, 512))


@lru_cache(maxsize=10_000)
def _client(user_agent: str) -> Columns:
    found = describe(user_agent)
    return found.device, _text(found.brand, 40), _text(found.os, 40), _text(found.browser, 60), found.app, user_agent


def place(event: ScanEvent) -> Columns:
    """From where, as far as a truncated address tells: address, country, region, city."""
    address = _text(event.address, 43)
    found = place_of(address)
    return address, _text(found.country, 2), _text(found.region, 80), _text(found.city, 80)


def visitor(event: ScanEvent) -> Columns:
    """By whom, for a day; the language preferred; and the host of the page it was clicked on, which paper has not."""
    referrer = referrer_host(event.referrer) if event.referrer else ""
    return _text(event.visitor, 32), _text(language_of(event.language), 35), referrer


STEPS: list[Callable[[ScanEvent], Columns]] = [target, scan_class, client, place, visitor]


# --- What fields can hold --------------------------------------------------------------------------


def event_id_of(event: ScanEvent) -> UUID:
    try:
        return UUID(hex=event.event_id)
    except ValueError as error:
        raise CannotCount(f"the event id is no UUID: {event.event_id[:40]!r}") from error


def moment_of(event_id: UUID, at_ms: int, horizon: Horizon) -> datetime:
    """When it was scanned (UTC), where that can be believed and still be counted."""
    try:
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise CannotCount(f"the time is out of range: {at_ms}") from error
    if at > horizon.newest:
        raise CannotCount(f"the time lies in the future: {at.isoformat()}")
    if at < horizon.oldest:
        raise CannotCount(f"older than raw scans are kept: {at.isoformat()}")
    if abs((event_id.int >> MS_IN_ID) - at_ms) > _MAX_APART_MS:
        raise CannotCount(f"the event id is of another time than {at.isoformat()}: {event_id}")
    return at


def referrer_host(referrer: str) -> str:
    """Only the host of a referrer is kept: paths and queries can name a person."""
    try:
        return _text(urlsplit(referrer).hostname or "", 253)
    except ValueError:
        return ""


def _id(number: int) -> int:
    if not 0 <= number < 2**63:
        raise CannotCount(f"not an id: {number}"[:200])
    return number


@lru_cache(maxsize=1000)
def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CannotCount(f"the local date is none: {text[:20]!r}") from error


def _text(text: str, length: int) -> str:
    """What a text column can hold: no NUL, which PostgreSQL refuses, and no lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text[:length]
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:length]
