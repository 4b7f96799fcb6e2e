"""From a payload to the hosted page that is kept of it, and back: what forms and the REST API write.

Everything a phone is sent beside the page itself, a file or a symbol, is made here: once, when it is saved.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import known_timezones
from links.hosted.stored import MAX_BYTES, SECURITIES, Stored
from links.qr.matrix import Symbol
from links.qr.payloads import Event, PostalAddress, Telephone, VCard, Wifi
from links.qr.payloads.fields import FieldRefused
from links.qr.payloads.mail import mail_address
from links.qr.payloads.web import serialised

# The part of a page that grows, and so the one to shorten.
_LONGEST = {"vcard": "note", "event": "description", "wifi": "ssid"}
# What nobody types: who an event is, and since when.
IDENTITY = ("uid", "made")


@dataclass(frozen=True)
class HostedEvent(Event):
    """An event on the clocks of the place where it is; one of whole days has no zone."""

    timezone: str = ""

    def __post_init__(self) -> None:
        times = [name for name in ("starts", "ends") if isinstance(getattr(self, name), datetime)]
        if (self.timezone or times) and self.timezone not in known_timezones():
            raise FieldRefused("timezone", "Name the time zone of the place, for example Europe/Berlin.")
        super().__post_init__()
        if not times:
            object.__setattr__(self, "timezone", "")
        for name in times:
            object.__setattr__(self, name, getattr(self, name).astimezone(ZoneInfo(self.timezone)))
        super().__post_init__()  # on these clocks, too: it is read back by them


Content = VCard | HostedEvent | Wifi
_KINDS: dict[type, str] = {VCard: "vcard", HostedEvent: "event", Wifi: "wifi"}
_CLASSES = {name: kind for kind, name in _KINDS.items()}
_PARTS: dict[str, type] = {"telephones": Telephone, "addresses": PostalAddress}


def hosted(content: Content, before: Stored | None = None) -> dict[str, Any]:
    """What is kept of a page; `before` is what the link shows now. Raises FieldRefused.

    An event stays the same one in people's calendars through all edits, and what is not changed keeps its moment.
    """
    content = _normal(content)
    kind = _KINDS[type(content)]
    if isinstance(content, HostedEvent) and before and before["kind"] == "event":
        content = _same_event(content, before)
    kept = _json(content)
    if (size := len(json.dumps(kept, ensure_ascii=False).encode())) > MAX_BYTES:
        raise FieldRefused(_LONGEST[kind], f"Shorten this: a page holds {MAX_BYTES} bytes, and these are {size}.")
    return {"kind": kind, "name": _name(content), "fields": kept} | _made(content)


def content_of(stored: Stored) -> Content:
    """What somebody wrote of a page that is kept."""
    given: dict[str, Any] = dict(stored["fields"])
    match stored["kind"]:
        case "vcard":
            return _contact(given)
        case "event":
            times: dict[str, date] = {name: _day_or_moment(given[name]) for name in ("starts", "ends", "made")}
            return HostedEvent(**given | times)
        case _:
            return Wifi(**given)


def typed(stored: Stored) -> dict[str, Any]:
    """The fields that people write, and read in the REST API."""
    return in_order(stored["kind"], {name: held for name, held in stored["fields"].items() if name not in IDENTITY})


def in_order(kind: str, named: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a kind in the order in which forms have them; PostgreSQL sorts the names of an object."""
    return _sorted(named, _CLASSES[kind])


def _sorted(named: Mapping[str, Any], kind: type) -> dict[str, Any]:
    return {
        each.name: [_sorted(part, _PARTS[each.name]) for part in named[each.name]]
        if each.name in _PARTS
        else named[each.name]
        for each in fields(kind)
        if each.name in named
    }


def _normal(content: Content) -> Content:
    """Addresses as browsers and mail servers take them, because a page links them."""
    if isinstance(content, Wifi):
        if content.security not in SECURITIES:
            raise FieldRefused("security", f"Choose one of: {', '.join(SECURITIES)}.")
        return content
    if isinstance(content, VCard):
        content = replace(content, emails=tuple(mail_address("emails", email) for email in content.emails))
    return replace(content, url=serialised("url", content.url)) if content.url else content


def _same_event(event: HostedEvent, before: Stored) -> HostedEvent:
    event = replace(event, uid=before["fields"]["uid"])
    unchanged = replace(event, made=datetime.fromisoformat(before["fields"]["made"]))
    return unchanged if _json(unchanged) == before["fields"] else event


def _made(content: Content) -> dict[str, Any]:
    """What goes with the page: the file to save, or the symbol for another phone to scan."""
    if not isinstance(content, Wifi):
        return {"file": content.encode()}
    symbol = Symbol.of(content.encode())
    return {"symbol": {"size": symbol.size, "bits": f"{int(''.join(symbol.rows()), 2):x}"}}


def _name(content: Content) -> str:
    match content:
        case VCard():
            return content.formatted_name
        case Wifi():
            return content.ssid
        case _:
            return content.summary


def _json(value: Any) -> Any:
    """A dataclass as JSON without what is left out."""
    if is_dataclass(value):
        named = [(each, getattr(value, each.name)) for each in fields(value)]
        return {each.name: _json(held) for each, held in named if each.default is MISSING or held != each.default}
    if isinstance(value, tuple):
        return [_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _contact(given: dict[str, Any]) -> VCard:
    telephones = [Telephone(each["number"], tuple(each.get("types", ()))) for each in given.get("telephones", ())]
    several = {
        "telephones": tuple(telephones),
        "emails": tuple(given.get("emails", ())),
        "addresses": tuple(PostalAddress(**each) for each in given.get("addresses", ())),
        "birthday": date.fromisoformat(given["birthday"]) if "birthday" in given else None,
    }
    return VCard(**given | several)


def _day_or_moment(text: str) -> date:
    return date.fromisoformat(text) if len(text) == len("2026-01-31") else datetime.fromisoformat(text)
