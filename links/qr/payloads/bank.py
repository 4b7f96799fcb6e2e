"""What European payment codes share: account numbers, banks and references with their check digits, and the symbol."""

import re
from dataclasses import dataclass

from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum import iso11649
from stdnum.exceptions import ValidationError

from links.qr.matrix import Level
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Style

# The library also takes digits of other scripts and other punctuation for what they look like; nobody types those.
_TYPED = re.compile(r"[A-Za-z0-9 ]+")


@dataclass(frozen=True)
class SymbolRequirement:
    """What a specification says of the picture: this level exactly, and a version no larger.

    Some say more: `look` is the only one that it may have, and `printed_mm` the width in print of the symbol itself,
    without its quiet zone.
    """

    level: Level
    max_version: int
    look: Style | None = None
    printed_mm: float | None = None


def iban(field: str, text: str) -> str:
    """An IBAN without spaces: ISO 13616, with check digits by ISO 7064 MOD 97-10 and its country's form."""
    try:
        return stdnum_iban.validate(_typed(text))
    except ValidationError as invalid:
        raise FieldRefused(field, "Check the IBAN for a mistyped or missing digit.") from invalid


def bic(field: str, text: str) -> str:
    """A BIC of 8 or 11 characters (ISO 9362)."""
    try:
        return stdnum_bic.validate(_typed(text))
    except ValidationError as invalid:
        raise FieldRefused(
            field, "Check the BIC: it has 8 or 11 letters and digits, the country at the 5th."
        ) from invalid


def creditor_reference(field: str, text: str) -> str:
    """An RF reference without spaces (ISO 11649, check digits by ISO 7064 MOD 97-10)."""
    try:
        return iso11649.validate(_typed(text))
    except ValidationError as invalid:
        raise FieldRefused(
            field, "Check the reference for a mistyped digit: it is RF, two check digits and 1 to 21 characters."
        ) from invalid


def _typed(text: str) -> str:
    return text.replace(" ", "") if _TYPED.fullmatch(text) else ""
