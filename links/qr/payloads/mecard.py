"""Contacts as MeCards: fewer fields than a vCard and half its size, so a coarser picture."""

import re
from dataclasses import dataclass
from datetime import date

from links.qr.payloads.fields import FieldRefused, check_line
from links.qr.payloads.mail import mail_address
from links.qr.payloads.phone import global_number
from links.qr.payloads.web import serialised

_SPECIAL = re.compile(r"([\\;,:])")


@dataclass(frozen=True)
class MeCard:
    """NTT DOCOMO's MeCard ("2D barcode creation", phone book registration), which knows no line breaks."""

    given_name: str = ""
    family_name: str = ""
    telephones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    url: str = ""
    note: str = ""
    birthday: date | None = None

    def __post_init__(self) -> None:
        for field in ("given_name", "family_name", "address", "note"):
            check_line(field, getattr(self, field))
        if not (self.given_name + self.family_name).strip():
            raise FieldRefused("family_name", "Fill in a name.")
        for number in self.telephones:
            global_number("telephones", number)
        for email in self.emails:
            mail_address("emails", email)
        if self.url:
            serialised("url", self.url)

    def encode(self) -> str:
        fields = [
            ("N", ",".join(map(escaped, filter(None, [self.family_name, self.given_name])))),
            *(("TEL", global_number("telephones", number)) for number in self.telephones),
            *(("EMAIL", escaped(mail_address("emails", email))) for email in self.emails),
            ("ADR", escaped(self.address)),
            ("URL", escaped(serialised("url", self.url)) if self.url else ""),
            ("BDAY", self.birthday.isoformat().replace("-", "") if self.birthday else ""),
            ("NOTE", escaped(self.note)),
        ]
        return "MECARD:" + "".join(f"{name}:{value};" for name, value in fields if value) + ";"


def escaped(value: str) -> str:
    r"""A backslash before each \ ; , and : of a value."""
    return _SPECIAL.sub(r"\\\1", value)
