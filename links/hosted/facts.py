"""What a hosted page says, as pairs of a label and a text: for the link's own page and its history."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from links.hosted.content import IDENTITY, in_order
from links.hosted.stored import HEADINGS
from links.studio.static_forms import FORMS


def facts(kind: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """Every field that somebody wrote, by the label that forms have for it."""
    labels = {name: str(field.label) for name, field in FORMS[kind].base_fields.items()}
    return {
        labels.get(name, name.replace("_", " ").capitalize()): _text(name, value)
        for name, value in in_order(kind, fields).items()
        if name not in IDENTITY
    }


def changed(before: str | None, after: str | None) -> list[str]:
    """One sentence a field, from a page as a LinkRevision has it: JSON of its kind and fields, or None."""
    if after is None:
        return []
    now = json.loads(after)
    kind = now.pop("kind")
    if before is None:
        return [f"Shows a page of its own: {HEADINGS[kind]}"]
    then = json.loads(before)
    if then.pop("kind") != kind:
        return [f"Shows another page: {HEADINGS[kind]}"]
    old, new = facts(kind, then), facts(kind, now)
    return [
        f"{label}: {old.get(label, 'empty')} → {new.get(label, 'empty')}"
        for label in old | new
        if old.get(label) != new.get(label)
    ]


def _text(name: str, value: Any) -> str:
    match value:
        case dict():
            return ", ".join(_text(part, held) for part, held in value.items())
        case list():
            return ", ".join(_text(name, each) for each in value)
        case bool():
            return "yes" if value else "no"
        case str() if name in ("starts", "ends"):
            return _moment(name, value)
        case _:
            return str(value)


def _moment(name: str, text: str) -> str:
    """On the event's own clocks; whole days up to the last, where calendars want the day after."""
    if "T" in text:
        return text[: len("2026-01-31T19:00")].replace("T", " ")
    return str(date.fromisoformat(text) - timedelta(days=name == "ends"))
