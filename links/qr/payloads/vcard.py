"""Contacts as vCards, which phones offer to save."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from links.qr.payloads.content_lines import escaped, joined
from links.qr.payloads.fields import FieldRefused, check_line, check_text
from links.qr.payloads.mail import mail_address
from links.qr.payloads.phone import global_number
from links.qr.payloads.web import serialised

Version = Literal["3.0", "4.0"]
TelephoneType = Literal["home", "work", "cell", "voice", "fax", "video", "pager"]  # those that both versions know
AddressType = Literal["home", "work"]


@dataclass(frozen=True)
class Telephone:
    """TEL (RFC 2426 section 3.3.1, RFC 6350 section 6.4.1): a number with its country code and what it is for."""

    number: str
    types: tuple[TelephoneType, ...] = ()

    def __post_init__(self) -> None:
        global_number("number", self.number)
        for kind in self.types:
            _check_type("types", kind, get_args(TelephoneType))


@dataclass(frozen=True)
class PostalAddress:
    """ADR (RFC 2426 section 3.2.1, RFC 6350 section 6.3.1), its first two parts empty as version 4.0 advises."""

    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    type: AddressType | None = None

    def __post_init__(self) -> None:
        for field in ("street", "city", "region", "postal_code", "country"):
            check_line(field, getattr(self, field))
        if not any((self.street, self.city, self.region, self.postal_code, self.country)):
            raise FieldRefused("street", "Fill in at least one part of the address.")
        if self.type is not None:
            _check_type("type", self.type, get_args(AddressType))


@dataclass(frozen=True)
class VCard:
    """A vCard 3.0 (RFC 2426), which every phone reads, or 4.0 (RFC 6350)."""

    given_name: str = ""
    family_name: str = ""
    additional_names: str = ""
    prefix: str = ""
    suffix: str = ""
    organisation: str = ""
    unit: str = ""
    title: str = ""
    telephones: tuple[Telephone, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[PostalAddress, ...] = ()
    url: str = ""
    note: str = ""
    birthday: date | None = None
    version: Version = "3.0"

    def __post_init__(self) -> None:
        for field in ("given_name", "family_name", "additional_names", "prefix", "suffix", "organisation", "unit"):
            check_line(field, getattr(self, field))
        if not self.formatted_name.strip():
            raise FieldRefused("family_name", "Fill in a name or an organisation.")
        check_line("title", self.title)
        check_text("note", self.note)
        for email in self.emails:
            mail_address("emails", email)
        if self.url:
            serialised("url", self.url)
        _check_type("version", self.version, get_args(Version))

    def encode(self) -> str:
        return joined(self._lines())

    def _lines(self) -> Iterator[str]:
        """Version 4.0 wants VERSION right behind BEGIN (RFC 6350 section 3.3)."""
        yield from ("BEGIN:VCARD", f"VERSION:{self.version}")
        yield "N:" + _structured(self.family_name, self.given_name, self.additional_names, self.prefix, self.suffix)
        yield f"FN:{escaped(self.formatted_name)}"
        if self.organisation or self.unit:
            yield "ORG:" + _structured(self.organisation, *filter(None, [self.unit]))
        if self.title:
            yield f"TITLE:{escaped(self.title)}"
        yield from map(self._telephone_line, self.telephones)
        yield from (f"EMAIL:{escaped(mail_address('emails', email))}" for email in self.emails)
        yield from map(_address_line, self.addresses)
        if self.url:
            yield f"URL:{serialised('url', self.url)}"  # a URI is no TEXT: its commas and semicolons stay bare
        if self.birthday:
            yield f"BDAY:{self._date(self.birthday)}"
        if self.note:
            yield f"NOTE:{escaped(self.note)}"
        yield "END:VCARD"

    @property
    def formatted_name(self) -> str:
        """FN, which both versions require (RFC 2426 section 3.1.1, RFC 6350 section 6.2.1)."""
        names = (self.prefix, self.given_name, self.additional_names, self.family_name, self.suffix)
        return " ".join(filter(None, names)) or self.organisation

    def _telephone_line(self, telephone: Telephone) -> str:
        """Version 4.0 prefers a `tel` URI; version 3.0 knows text only."""
        number = global_number("number", telephone.number)
        if self.version == "4.0":
            return f"TEL;VALUE=uri{_types(*telephone.types)}:tel:{number}"
        return f"TEL{_types(*telephone.types)}:{number}"

    def _date(self, day: date) -> str:
        """Extended format (RFC 2426 section 3.1.5) or basic, the only one of RFC 6350 section 4.3.1."""
        return day.isoformat() if self.version == "3.0" else day.isoformat().replace("-", "")


def _address_line(address: PostalAddress) -> str:
    parts = ("", "", address.street, address.city, address.region, address.postal_code, address.country)
    return f"ADR{_types(*filter(None, [address.type]))}:{_structured(*parts)}"


def _types(*types: str) -> str:
    return f";TYPE={','.join(types)}" if types else ""


def _structured(*parts: str) -> str:
    return ";".join(map(escaped, parts))


def _check_type(field: str, value: str, allowed: tuple[str, ...]) -> None:
    """Literals are a matter of the type checker; what comes from a form or a request could hold anything."""
    if value not in allowed:
        raise FieldRefused(field, f"Choose one of: {', '.join(allowed)}.")
