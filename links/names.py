"""What campaigns, tags and styles may be called, and by what two names are the same."""

import unicodedata
from collections.abc import Iterable

MAX_CAMPAIGN_NAME = 100
MAX_TAG_NAME = 50
MAX_STYLE_NAME = 80
MAX_TAGS = 20
# A case-folded character is three at most.
FOLDED = 3

_CONTROL = frozenset({"Cc", "Cs"})
_SHOWN = frozenset("LNPS")  # letters, numbers, punctuation and symbols; what is left is space or nothing at all


class NameRefused(ValueError):
    """This cannot be a name; the message says why."""


def key_of(name: str) -> str:
    """What a name is compared by: capitals do not matter, in any script."""
    return unicodedata.normalize("NFC", name).casefold()


def parse_campaign_name(text: str) -> str:
    return _parsed(text, "A campaign's name", MAX_CAMPAIGN_NAME)


def parse_style_name(text: str) -> str:
    return _parsed(text, "A style's name", MAX_STYLE_NAME)


def parse_tag(text: str) -> str:
    """One tag as it is stored; raises NameRefused."""
    if "," in text:
        raise NameRefused("A tag holds no comma: commas stand between tags.")
    return _parsed(text, "A tag", MAX_TAG_NAME)


def parse_tags(texts: Iterable[str]) -> list[str]:
    """Tags as they are stored, each once and in the order given; of two spellings the first. Raises NameRefused."""
    by_key: dict[str, str] = {}
    for text in texts:
        tag = parse_tag(text)
        by_key.setdefault(key_of(tag), tag)
    if len(by_key) > MAX_TAGS:
        raise NameRefused(f"These are {len(by_key)} tags; a link has at most {MAX_TAGS}.")
    return list(by_key.values())


def split_tags(text: str) -> list[str]:
    """The tags that somebody typed with commas between them; nothing between two commas is no tag."""
    return parse_tags(part for part in text.split(",") if part.strip())


def _parsed(text: str, what: str, longest: int) -> str:
    if any(unicodedata.category(character) in _CONTROL for character in text.strip()):
        raise NameRefused(f"{what} is one line without control characters.")
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not any(unicodedata.category(character)[0] in _SHOWN for character in name):
        raise NameRefused(f"{what} has at least one letter, number or sign.")
    if len(name) > longest:
        raise NameRefused(f"{what} has at most {longest} characters; this one has {len(name)}.")
    return name
