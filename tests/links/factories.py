"""Links, targets and scan events as tests need them."""

import time
from typing import Any

from accounts.models import Workspace
from links.actions import Actor, create_link
from links.frames import framed
from links.models import Code, Link
from links.scan_events import EventIds, ScanEvent
from links.stream import Block

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)

_ids = EventIds()


def a_link(workspace: Workspace, destination: str = "https://example.com/menu", **options: Any) -> Link:
    return create_link(workspace, destination, actor=Actor(), **options)


def a_code(workspace: Workspace, **options: Any) -> Code:
    """The QR code of a new link, with its link and domain loaded."""
    return Code.objects.select_related("link", "domain").get(link=a_link(workspace, **options), kind=Code.Kind.QR)


def an_event(code: Code | None = None, **changes: Any) -> ScanEvent:
    """A human scan of a code a moment ago; any field can be set."""
    at_ms = changes.pop("at_ms", None) or int(time.time() * 1000)
    fields: dict[str, Any] = {
        "event_id": _ids.new(at_ms),
        "at_ms": at_ms,
        "workspace_id": code.link.workspace_id if code else 0,
        "domain_id": code.domain_id if code else 0,
        "campaign_id": (code.link.campaign_id or 0) if code else 0,
        "link_id": code.link_id if code else 0,
        "code_id": code.pk if code else 0,
        "revision": 1,
        "local_date": time.strftime("%Y-%m-%d", time.gmtime(at_ms / 1000)),
        "method": "GET",
        "purpose": "",
        "class_hint": "",
        "outcome": "redirected" if code else "unknown",
        "destination": "https://example.com/menu",
        "address": "203.0.113.0/24",
        "visitor": "0123456789abcdef0123456789abcdef",
        "user_agent": IPHONE,
        "language": "de",
        "referrer": "",
        "host": "",
        "path": "",
    }
    return ScanEvent(**(fields | changes))


def a_block(*events: ScanEvent | bytes, segment: str = "segment-1") -> Block:
    """Records as the stream hands them over; what is no event goes in as it is."""
    records = [event if isinstance(event, bytes) else event.encode() for event in events]
    return Block(segment, b"".join(framed(record) for record in records))
