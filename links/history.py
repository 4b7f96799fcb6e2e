"""Says in words what one revision changed."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from links.hosted import facts

Pair = Sequence[str | None]


def sentences(changes: Mapping[str, Pair]) -> list[str]:
    """One sentence a field, from the {field: [before, after]} of a LinkRevision; moments in the current zone."""
    said = (line for field, (before, after) in changes.items() for line in _lines(field, before, after))
    return list(said)


def _lines(field: str, before: str | None, after: str | None) -> list[str]:
    """A page that takes the place of a destination, or gives it up, is one change of two fields."""
    if field == "hosted":
        return facts.changed(before, after)
    return [] if field == "destination" and not after else [_sentence(field, before, after)]


def _sentence(field: str, before: str | None, after: str | None) -> str:
    match field:
        case "is_paused":
            return "Paused" if after == "True" else "Resumed"
        case "deleted_at":
            return "Deleted"
        case "expires_at":
            return f"End: {_moment(before)} → {_moment(after)}"
        case "rules":
            return f"Rules: {_how_many(before)} → {_how_many(after)}"
        case "code":
            return f"Code {after} added"
        case "destination" if before is None:
            return f"Made, leading to {after}"
        case "destination" if not before:
            return f"Leads to {after} instead of showing a page"
        case "campaign":
            return f"Campaign: {before or 'none'} → {after or 'none'}"
        case "tags":
            return f"Tags: {_words(before)} → {_words(after)}"
        case _ if field.startswith("counts_only of "):
            code = field.removeprefix("counts_only of ")
            return f"Code {code} {'only counts' if after == 'True' else 'counts and tells who scans'}"
        case _ if field.startswith("style of "):
            return f"Style of {field.removeprefix('style of ')}: {before or 'default'} → {after or 'default'}"
        case _:
            name = field[:1].upper() + field[1:]
            return f"{name}: {before or 'empty'} → {after or 'empty'}"


def _how_many(rules: str | None) -> str:
    n = len(json.loads(rules or "[]"))
    return str(n or "none")


def _words(tags: str | None) -> str:
    return ", ".join(json.loads(tags or "[]")) or "none"


def _moment(text: str | None) -> str:
    if not text:
        return "never"
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "j M Y, H:i")
