"""What a phone gets of a hosted page: the page itself, and the file that it offers to save."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.template.loader import get_template, render_to_string
from django.utils.dateformat import format as in_words
from django.utils.http import content_disposition_header

from links.hosted.stored import FILE_OF_KIND, FILES, HEADINGS, SECURITIES, Stored

# The page's own style and script, and nothing of anybody else; it sends nothing anywhere.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
QUIET_ZONE = 4  # modules
LONGEST_FILE_NAME = 80  # percent-encoded in a header, of which some proxies take no more than 4 KB in all


def load() -> None:
    """Read the templates before the first scan comes."""
    for kind in HEADINGS:
        get_template(f"scan/hosted_{kind}.html")


@lru_cache(maxsize=1000)
def page(stored: str, segment: str) -> bytes:
    """The page of a target's `hosted`, scanned as /segment: the same for everybody, so rendered once."""
    hosted: Stored = json.loads(stored)
    name = FILE_OF_KIND.get(hosted["kind"])
    context = {"name": hosted["name"], "fields": hosted["fields"], "file": name and f"/{segment}/{name}"}
    shown = {"vcard": _contact, "event": _event, "wifi": _network}[hosted["kind"]](hosted)
    return render_to_string(f"scan/hosted_{hosted['kind']}.html", context | shown).encode()


def file(stored: str, path: str) -> tuple[bytes, list[tuple[str, str]]] | None:
    """A file's bytes and headers; None where the page has none at CODE/path.

    Not as an attachment: iPhones show a card or an event to be added, and put an attachment among downloads. Other
    browsers save it under its name, because they cannot show it.
    """
    hosted: Stored = json.loads(stored) if stored else {"kind": ""}
    wanted = FILES[path]
    if wanted.kind != hosted["kind"]:
        return None
    name = hosted["name"][:LONGEST_FILE_NAME].strip().replace("/", "-").replace("\\", "-")
    return hosted["file"].encode(), [
        ("Content-Type", wanted.content_type),
        ("Content-Disposition", str(content_disposition_header(False, f"{name}.{wanted.extension}"))),
    ]


def _contact(hosted: Stored) -> dict[str, Any]:
    fields = hosted["fields"]
    people = [fields.get(name, "").strip() for name in ("given_name", "family_name")]
    role = filter(None, (fields.get(name) for name in ("title", "unit", "organisation")))
    return {
        "initials": "".join(name[:1] for name in people if name) or hosted["name"].strip()[:1],
        "role": [line for line in role if line != hosted["name"]],
        "telephones": [_telephone(each) for each in fields.get("telephones", ())],
        "emails": [(f"mailto:{quote(email, safe='@')}", email) for email in fields.get("emails", ())],
        "addresses": [list(_address_lines(each)) for each in fields.get("addresses", ())],
        "birthday": in_words(date.fromisoformat(fields["birthday"]), "j F Y") if "birthday" in fields else "",
    }


def _telephone(telephone: dict[str, Any]) -> tuple[str, str, str]:
    """Its `tel` URI, the number as it was typed, and what it is for."""
    digits = "".join(character for character in telephone["number"] if character in "+0123456789")
    return f"tel:{digits}", telephone["number"], ", ".join(telephone.get("types", ()))


def _address_lines(address: dict[str, str]) -> Iterator[str]:
    town = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    return filter(None, (address.get("street"), town, address.get("region"), address.get("country")))


def _event(hosted: Stored) -> dict[str, Any]:
    """Day and time of start and end, on the clocks of the place; an end on the same day is only a time."""
    fields = hosted["fields"]
    if len(fields["starts"]) == len("2026-01-31"):
        first, after = date.fromisoformat(fields["starts"]), date.fromisoformat(fields["ends"])
        last = after - timedelta(days=1)
        return {"starts": (fields["starts"], _day(first), ""), "ends": last > first and (str(last), _day(last), "")}
    starts, ends = datetime.fromisoformat(fields["starts"]), datetime.fromisoformat(fields["ends"])
    end_day = _day(ends) if ends.date() != starts.date() else ""
    return {
        "starts": (fields["starts"], _day(starts), f"{starts:%H:%M}"),
        "ends": (fields["ends"], end_day, f"{ends:%H:%M}"),
        "zone": f"{fields['timezone'].replace('_', ' ')}, UTC{fields['starts'][-6:]}",
    }


def _day(day: date) -> str:
    return in_words(day, "l j F Y")


def _network(hosted: Stored) -> dict[str, Any]:
    size = hosted["symbol"]["size"]
    return {
        "security": SECURITIES[hosted["fields"].get("security", "WPA")],
        "side": size + 2 * QUIET_ZONE,
        "path": _path(size, f"{int(hosted['symbol']['bits'], 16):0{size * size}b}"),
    }


def _path(size: int, cells: str) -> str:
    """The dark modules as an SVG path, a rectangle for each run of a row."""
    parts = []
    for y in range(size):
        row, x = cells[y * size : (y + 1) * size], 0
        while (x := row.find("1", x)) >= 0:
            run = (row.find("0", x) if "0" in row[x:] else size) - x
            parts.append(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{run}v1h-{run}z")
            x += run
    return "".join(parts)
