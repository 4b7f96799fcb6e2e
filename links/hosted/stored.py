"""What a hosted page is kept as: JSON on its link, made from a payload when it is saved, read while a phone waits.

{"kind": "vcard", "name": "Ada Lovelace", "fields": {…}, "file": "BEGIN:VCARD…"}; a network has a "symbol" instead of a
file: {"size": 29, "bits": "fe3b…"}. A scan neither encodes nor draws anything, so nothing here reaches links/qr.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from links import destinations

Stored = Mapping[str, Any]

# What each kind is called on pages of ours.
HEADINGS = {"vcard": "Contact", "event": "Event", "wifi": "Wi-Fi"}
# Networks that everybody joins by one password or none, and what phones call that. Where each person has an own name
# and password there is nothing to show everybody.
SECURITIES = {"WPA": "WPA2/WPA3-Personal", "SAE": "WPA3-Personal", "WEP": "WEP", "nopass": "none"}
# Of the fields, as UTF-8: a host keeps all targets on its disk, and a process many in memory.
MAX_BYTES = 2048


class File(NamedTuple):
    """What a page offers to be saved, at CODE/name."""

    kind: str
    content_type: str
    extension: str


FILES = {
    "contact.vcf": File("vcard", "text/vcard; charset=utf-8", "vcf"),
    "event.ics": File("event", "text/calendar; charset=utf-8", "ics"),
}
FILE_OF_KIND = {file.kind: name for name, file in FILES.items()}


def summary(stored: Stored) -> str:
    """One line for lists: what is shown, and whose or which. Of a kind that only a later version knows, too."""
    return f"{HEADINGS.get(stored['kind'], stored['kind'])}: {stored.get('name', '')}"


def addresses(stored: Stored) -> list[str]:
    """Every web address on the page, wherever it stands: they are judged as destinations are. A password is none."""
    fields = stored["fields"]
    texts = _texts({name: held for name, held in fields.items() if name not in ("url", "password")})
    found = [address for text in texts for address in destinations.within(text)]
    return list(dict.fromkeys([*filter(None, [fields.get("url")]), *found]))


def _texts(value: Any) -> Iterator[str]:
    """Every text in what JSON holds."""
    match value:
        case str():
            yield value
        case dict():
            yield from chain.from_iterable(map(_texts, value.values()))
        case list():
            yield from chain.from_iterable(map(_texts, value))


def file_asked(path: str) -> tuple[str, str]:
    """Code and file of a path such as “ABC123/contact.vcf”; two empty texts for any other."""
    segment, _, name = path.partition("/")
    return (segment, name) if name in FILES else ("", "")
