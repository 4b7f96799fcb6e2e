"""From a scan event to the row that is stored: labelled, cleaned, nothing dropped."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from analytics.classes import RULES_VERSION, classify
from links.clients import describe
from links.scan_events import ScanEvent

Row = dict[str, Any]

MAX_AHEAD = timedelta(minutes=5)


class CannotCount(ValueError):
    """An event that must be set aside; the message is its reason."""


def scan_row(event: ScanEvent, *, now: datetime, oldest: datetime) -> Row:
    """The columns of Scan for one event; raises CannotCount."""
    user_agent = _text(event.user_agent, 512)
    kind = classify(event.method, event.purpose, user_agent)
    client = describe(user_agent)
    return {
        "event_id": event_id_of(event),
        "at": moment_of(event, now=now, oldest=oldest),
        "local_date": _date(event.local_date),
        "workspace_id": _id(event.workspace_id),
        "domain_id": _id(event.domain_id),
        "link_id": _id(event.link_id),
        "code_id": _id(event.code_id),
        "revision": min(_id(event.revision), 2**31 - 1),
        "outcome": _text(event.outcome, 12),
        "destination": _text(event.destination, 4096),
        "scan_class": kind.name,
        "class_reason": _text(kind.reason, 100),
        "rules_version": RULES_VERSION,
        "method": _text(event.method, 10),
        "purpose": _text(event.purpose, 40),
        "address": _text(event.address, 43),
        "visitor": _text(event.visitor, 32),
        "device": client.device,
        "os": _text(client.os, 40),
        "browser": _text(client.browser, 60),
        "user_agent": user_agent,
        "language": _text(event.language, 100),
        "referrer": referrer_host(event.referrer),
    }


def orphan_row(event: ScanEvent, *, now: datetime, oldest: datetime) -> Row:
    """The columns of OrphanScan for one event; raises CannotCount."""
    user_agent = _text(event.user_agent, 512)
    return {
        "event_id": event_id_of(event),
        "at": moment_of(event, now=now, oldest=oldest),
        "host": _text(event.host, 253),
        "path": _text(event.path, 200),
        "scan_class": classify(event.method, event.purpose, user_agent).name,
        "user_agent": user_agent,
    }


def event_id_of(event: ScanEvent) -> UUID:
    try:
        return UUID(hex=event.event_id)
    except ValueError as error:
        raise CannotCount(f"the event id is no UUID: {event.event_id[:40]!r}") from error


def moment_of(event: ScanEvent, *, now: datetime, oldest: datetime) -> datetime:
    """When it was scanned (UTC), where that can be believed and still be counted."""
    try:
        at = datetime.fromtimestamp(event.at_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise CannotCount(f"the time is out of range: {event.at_ms}") from error
    if at > now + MAX_AHEAD:
        raise CannotCount(f"the time lies in the future: {at.isoformat()}")
    if at < oldest:
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
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:length]
