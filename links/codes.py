"""The alphabet of codes, how one is generated and looked up, and which words are never issued."""

import re
import secrets
from functools import cache
from pathlib import Path

# Crockford base32: no I, L, O (misread) and no U (rude words), https://www.crockford.com/base32.html
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
MAX_LENGTH = 64

_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_~.-]*")
_CODE_SHAPED = re.compile(rf"[A-Za-z0-9_~.-]{{2,{MAX_LENGTH}}}")
# ASCII only: str.upper() would fold ß, ı and other letters onto codes that somebody else owns.
_FOLD = str.maketrans("abcdefghijklmnopqrstuvwxyzILO", "ABCDEFGH1JK1MN0PQRSTUVWXYZ110")


class AliasRefused(ValueError):
    """An alias that cannot be issued; the message says what to change."""


def canonical(path: str) -> str:
    """The form in which codes are compared: ASCII upper case, I and L read as 1, O as 0."""
    return path.translate(_FOLD)


def is_code_shaped(path: str) -> bool:
    """Whether a path could have been meant as a code; anything else is noise and not an orphan scan."""
    return _CODE_SHAPED.fullmatch(path) is not None


def generate(length: int = LENGTH) -> str:
    """A random code that holds no rude and no reserved word; 30 bits at six characters."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(length))
        if not is_rude(code) and code not in reserved():
            return code


def validate_alias(alias: str) -> str:
    """Return the alias, or raise AliasRefused with what to change."""
    if len(alias) < 2 or len(alias) > MAX_LENGTH:
        raise AliasRefused(f"An alias has 2 to {MAX_LENGTH} characters; this one has {len(alias)}.")
    if not _ALIAS.fullmatch(alias):
        raise AliasRefused("Use only letters A–Z, digits, “-”, “_”, “.” and “~”, beginning with a letter or digit.")
    if canonical(alias) in reserved():
        raise AliasRefused(f"“{alias}” is a page of this site. Choose another alias.")
    # Whole words only: people may well want “classic” or “sussex”, which random codes can do without.
    if _words("rude_words.txt").intersection(re.split(r"[-_.~]", canonical(alias))):
        raise AliasRefused("This alias holds a word that would be read as rude. Choose another.")
    return alias


def is_rude(code: str) -> bool:
    return any(word in code for word in _words("rude_words.txt"))


def reserved() -> frozenset[str]:
    """First path segments of the product's own pages, in canonical form."""
    return _words("reserved_words.txt")


@cache
def _words(name: str) -> frozenset[str]:
    lines = (Path(__file__).parent / "data" / name).read_text().splitlines()
    return frozenset(canonical(line.strip()) for line in lines if line.strip() and not line.startswith("#"))
