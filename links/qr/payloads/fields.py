"""What every kind of payload asks of its fields, and the one error that names the field and says what to change."""

import re
import unicodedata
from decimal import Decimal

# Browsers and some scanners break lines at U+2028 and U+2029 too, so formats of one property a line must not see them.
_LINE_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_LAYOUT = frozenset("\t\r\n")
_LINE_SEPARATORS = frozenset({"Zl", "Zp"})


class FieldRefused(ValueError):
    """A field that cannot be encoded: `field` is its name, `advice` says what to change."""

    def __init__(self, field: str, advice: str) -> None:
        super().__init__(field, advice)
        self.field = field
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.field}: {self.advice}"


def check_line(field: str, value: str, *, required: bool = False, longest: int | None = None) -> None:
    """One line without control characters, at most `longest` characters; raises FieldRefused."""
    _check_present_and_short(field, value, required, longest)
    for character in value:
        if unicodedata.category(character) in _LINE_SEPARATORS or character in _LAYOUT:
            raise FieldRefused(field, "Write it on one line, without tabs and line breaks.")
        _check_character(field, character)


def check_text(field: str, value: str, *, required: bool = False, longest: int | None = None) -> None:
    """Text of any number of lines; raises FieldRefused."""
    _check_present_and_short(field, value, required, longest)
    for character in value:
        if character not in _LAYOUT:
            _check_character(field, character)


def _check_present_and_short(field: str, value: str, required: bool, longest: int | None) -> None:
    if required and not value.strip():
        raise FieldRefused(field, "Fill this in.")
    if longest is not None and len(value) > longest:
        raise FieldRefused(field, f"Use at most {longest} characters; these are {len(value)}.")


def _check_character(field: str, character: str) -> None:
    match unicodedata.category(character):
        case "Cs":  # half a character: no UTF-8 can hold it
            raise FieldRefused(field, f"Remove the half character U+{ord(character):04X}; type the character anew.")
        case "Cc":
            raise FieldRefused(field, f"Remove the invisible control character U+{ord(character):04X}.")


def with_line_feeds(text: str) -> str:
    """The text with one kind of line break, whichever kind was typed or pasted."""
    return _LINE_BREAK.sub("\n", text)


def check_amount(field: str, amount: Decimal, *, largest: str, places: int) -> None:
    """More than nothing, at most `largest`, in units no smaller than the last of `places` decimals."""
    smallest = Decimal(1).scaleb(-places)
    if not amount.is_finite() or not smallest <= amount <= Decimal(largest):
        raise FieldRefused(field, f"Use an amount from {smallest:f} to {largest}.")
    if amount != amount.quantize(smallest):
        raise FieldRefused(field, f"Use at most {places} decimal places.")
