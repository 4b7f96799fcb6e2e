"""Telephone numbers, and the code that starts a call."""

import re
from dataclasses import dataclass

from links.qr.payloads.fields import FieldRefused

_VISUAL_SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2013]+")
_GLOBAL_NUMBER = re.compile(r"\+[1-9][0-9]{2,14}")
_EXTENSION = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True)
class PhoneCall:
    """A `tel` URI (RFC 3966 section 3); the extension is dialled after the connection (section 5.3)."""

    number: str
    extension: str = ""

    def __post_init__(self) -> None:
        global_number("number", self.number)
        if self.extension and not _EXTENSION.fullmatch(self.extension):
            raise FieldRefused("extension", "Write the extension as digits only, at most 11.")

    def encode(self) -> str:
        extension = f";ext={self.extension}" if self.extension else ""
        return f"tel:{global_number('number', self.number)}{extension}"


def global_number(field: str, text: str) -> str:
    """The number as + and digits, without what people write between them (RFC 3966 section 5.1.1; E.164: 15 digits).

    A local number means another line wherever it is scanned, so the country code is asked for.
    """
    if "(0)" in text:
        raise FieldRefused(field, "Leave out the (0), which is not dialled behind a country code.")
    number = _VISUAL_SEPARATORS.sub("", text)
    if not _GLOBAL_NUMBER.fullmatch(number):
        raise FieldRefused(
            field, "Write the number with + and the country code, 3 to 15 digits, for example +49 30 1234567."
        )
    return number
