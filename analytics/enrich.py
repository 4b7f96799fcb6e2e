"""From a scan event to the row that is stored: a list of named steps. Nothing is dropped, everything is labelled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from analytics.geo import place_of
from links.classes import RULES_VERSION, classify, hinted
from links.clients import describe, language_of
from links.scan_events import ScanEvent

Row = dict[str, Any]

MAX_AHEAD = timedelta(minutes=5)


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


def scan_row(event: ScanEvent, horizon: Horizon) -> Row:
    """The columns of Scan for one event; raises CannotCount."""
    row: Row = {"event_id": event_id_of(event), "at": moment_of(event, horizon)}
    for step in STEPS:
        row |= step(event)
    return row


def orphan_row(event: ScanEvent, horizon: Horizon) -> Row:
    """The columns of OrphanScan for one event; raises CannotCount."""
    user_agent = _text(event.user_agent, 512)
    return {
        "event_id": event_id_of(event),
        "at": moment_of(event, horizon),
        "host": _text(event.host, 253),
        "path": _text(event.path, 200),
        "scan_class": classify(event.method, event.purpose, user_agent).name,
        "user_agent": user_agent,
    }


# --- Steps: what each finds out of an event, as columns of Scan ----------------------------------


def target(event: ScanEvent) -> Row:
    """What was followed, and what came of it."""
    return {
        "local_date": _date(event.local_date),
        "workspace_id": _id(event.workspace_id),
        "domain_id": _id(event.domain_id),
        "campaign_id": _id(event.campaign_id),
        "link_id": _id(event.link_id),
        "code_id": _id(event.code_id),
        "revision": min(_id(event.revision), 2**31 - 1),
        "outcome": _text(event.outcome, 12),
        "destination": _text(event.destination, 4096),
    }


def scan_class(event: ScanEvent) -> Row:
    """Who or what followed it, why we think so, and by which rules."""
    kind = hinted(event.class_hint) or classify(event.method, event.purpose, _text(event.user_agent, 512))
    return {
        "scan_class": kind.name,
        "class_reason": _text(kind.reason, 100),
        "rules_version": RULES_VERSION,
        "method": _text(event.method, 10),
        "purpose": _text(event.purpose, 40),
    }


def client(event: ScanEvent) -> Row:
    """With what: device, system, browser, and the app it was opened in."""
    user_agent = _text(event.user_agent, 512)
    found = describe(user_agent)
    return {
        "device": found.device,
        "brand": _text(found.brand, 40),
        "os": _text(found.os, 40),
        "browser": _text(found.browser, 60),
        "app": found.app,
        "user_agent": user_agent,
    }


def place(event: ScanEvent) -> Row:
    """From where, as far as a truncated address tells."""
    address = _text(event.address, 43)
    found = place_of(address)
    return {
        "address": address,
        "country": _text(found.country, 2),
        "region": _text(found.region, 80),
        "city": _text(found.city, 80),
    }


def visitor(event: ScanEvent) -> Row:
    """By whom, for a day; the language preferred; and the host of the page it was clicked on, which paper has not."""
    return {
        "visitor": _text(event.visitor, 32),
        "language": _text(language_of(event.language), 35),
        "referrer": referrer_host(event.referrer) if event.referrer else "",
    }


STEPS: list[Callable[[ScanEvent], Row]] = [target, scan_class, client, place, visitor]


# --- What fields can hold --------------------------------------------------------------------------


def event_id_of(event: ScanEvent) -> UUID:
    try:
        return UUID(hex=event.event_id)
    except ValueError as error:
        raise CannotCount(f"the event id is no UUID: {event.event_id[:40]!r}") from error


def moment_of(event: ScanEvent, horizon: Horizon) -> datetime:
    """When it was scanned (UTC), where that can be believed and still be counted."""
    try:
        at = datetime.fromtimestamp(event.at_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise CannotCount(f"the time is out of range: {event.at_ms}") from error
    if at > horizon.newest:
        raise CannotCount(f"the time lies in the future: {at.isoformat()}")
    if at < horizon.oldest:
        raise CannotCount(f"older than raw scans are kept: {at.isoformat()}")
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
