"""EMVCo merchant-presented payments, which national schemes from Brazil to Singapore build on.

Written after the EMV QR Code Specification for Payment Systems (EMV QRCPS), Merchant-Presented Mode, version 1.1 of
November 2020: its tables of data objects under the root and in templates for identifiers, lengths and presence.
"""

import re
import unicodedata
from binascii import crc_hqx
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import ClassVar, Literal

from links.qr.payloads.fields import FieldRefused, check_amount, check_line

_MOST_CHARACTERS = 512
_LONGEST_VALUE = 99  # its length is two digits
_LARGEST_AMOUNT = "999999999.999"  # 13 characters
_COMMON = re.compile(r"[\x20-\x7e]*")  # "ans": the common character set
_CHANNEL = re.compile(r"([0-7][0-3][0-3])?")
_CARD_ACCOUNTS, _NETWORK_ACCOUNTS, _UNRESERVED = range(2, 26), range(26, 52), range(80, 100)


@dataclass(frozen=True)
class CardAccount:
    """A merchant's account with a card network: data objects 02 to 25 of the root, primitive."""

    tag: int
    value: str

    def __post_init__(self) -> None:
        _check_tag(self.tag, _CARD_ACCOUNTS)
        _check_common("value", self.value, _LONGEST_VALUE, required=True)

    def data_object(self) -> str:
        return _data_object(self.tag, self.value)


@dataclass(frozen=True)
class Template:
    """Data objects 26 to 51 of the root, a payment network's, or 80 to 99, unreserved.

    `identifier` says whose the data is: an application identifier, a UUID or a reversed domain name.
    """

    FIRST_TAG: ClassVar = _NETWORK_ACCOUNTS.start

    tag: int
    identifier: str
    data: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        _check_tag(self.tag, (*_NETWORK_ACCOUNTS, *_UNRESERVED))
        _check_common("identifier", self.identifier, 32, required=True)
        if len({tag for tag, _ in self.data}) < len(self.data):
            raise FieldRefused("data", "Use each tag once.")
        for tag, value in self.data:
            if tag not in range(1, 100):
                raise FieldRefused("data", "Use tags from 1 to 99.")
            _check_common("data", value, _LONGEST_VALUE, required=True)
        _check_template("data", self._value)

    @property
    def _value(self) -> str:
        return _data_objects([(0, self.identifier), *self.data])

    def data_object(self) -> str:
        return _data_object(self.tag, self._value)


@dataclass(frozen=True)
class AdditionalData:
    """Data object 62, the additional data field template; *** as a value asks the consumer for it.

    `channel` says where the code is shown: medium, place and attendance, a digit each.
    """

    bill_number: str = ""
    mobile_number: str = ""
    store_label: str = ""
    loyalty_number: str = ""
    reference_label: str = ""
    customer_label: str = ""
    terminal_label: str = ""
    purpose: str = ""
    consumer_data_request: str = ""
    tax_id: str = ""
    channel: str = ""

    def __post_init__(self) -> None:
        for field in fields(self)[:8]:
            _check_common(field.name, getattr(self, field.name), 25)
        _check_common("tax_id", self.tax_id, 20)
        if not _CHANNEL.fullmatch(self.channel):
            raise FieldRefused("channel", "Use 3 digits: the medium (0-7), the place (0-3) and who attends (0-3).")
        if not re.fullmatch(r"A?M?E?", self.consumer_data_request):
            raise FieldRefused("consumer_data_request", "Use A, M and E, each once and in this order.")
        _check_template("bill_number", self.value())

    def value(self) -> str:
        return _data_objects(enumerate((getattr(self, field.name) for field in fields(self)), start=1))


@dataclass(frozen=True)
class LocalName:
    """Data object 64, the language template: the merchant in the language of the place."""

    language: str
    name: str
    city: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z]{2}", self.language):
            raise FieldRefused("language", "Use the two letters of ISO 639, such as zh.")
        _check_precomposed("name", self.name, 25, required=True)
        _check_precomposed("city", self.city, 15)

    def value(self) -> str:
        return _data_objects([(0, self.language), (1, self.name), (2, self.city)])


@dataclass(frozen=True)
class MerchantPayment:
    """EMV QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1: the root of its data objects.

    Currency by its number (ISO 4217), category by ISO 18245, country by ISO 3166. A tip is asked for, or a fee added,
    fixed or in per cent. A code that is shown once for one payment is dynamic; one that is printed is static.
    """

    accounts: tuple[CardAccount | Template, ...]
    category: str
    currency: str
    country: str
    name: str
    city: str
    amount: Decimal | None = None
    postal_code: str = ""
    tip: Literal["ask"] | None = None
    fee: Decimal | None = None
    fee_percent: Decimal | None = None
    additional: AdditionalData | None = None
    local: LocalName | None = None
    unreserved: tuple[Template, ...] = ()
    is_dynamic: bool = False

    def __post_init__(self) -> None:
        self._check_templates()
        for field, form in (("category", r"[0-9]{4}"), ("currency", r"[0-9]{3}"), ("country", r"[A-Z]{2}")):
            if not re.fullmatch(form, getattr(self, field)):
                raise FieldRefused(field, f"Use {form[-2]} {'capitals' if 'A' in form else 'digits'}.")
        _check_common("name", self.name, 25, required=True)
        _check_common("city", self.city, 15, required=True)
        _check_common("postal_code", self.postal_code, 10)
        self._check_amounts()
        if (size := len(self.encode())) > _MOST_CHARACTERS:
            raise FieldRefused("accounts", f"Shorten the fields: all make {size} characters, and 512 fit.")

    def encode(self) -> str:
        """Format first and checksum last; the order between is free."""
        return _with_checksum("".join(self._data_objects()))

    def _data_objects(self) -> Iterator[str]:
        yield _data_objects([(0, "01"), (1, "12" if self.is_dynamic else "11")])
        yield from (account.data_object() for account in self.accounts)
        yield _data_objects(
            [
                (52, self.category),
                (53, self.currency),
                (54, _number(self.amount)),
                (55, "01" if self.tip else "02" if self.fee else "03" if self.fee_percent else ""),
                (56, _number(self.fee)),
                (57, _number(self.fee_percent)),
                (58, self.country),
                (59, self.name),
                (60, self.city),
                (61, self.postal_code),
                (62, self.additional.value() if self.additional else ""),
                (64, self.local.value() if self.local else ""),
            ]
        )
        yield from (template.data_object() for template in self.unreserved)

    def _check_templates(self) -> None:
        if not self.accounts:
            raise FieldRefused("accounts", "Name at least one account.")
        for field, allowed in (("accounts", range(2, 52)), ("unreserved", _UNRESERVED)):
            tags = [entry.tag for entry in getattr(self, field)]
            if len(set(tags)) < len(tags) or not set(tags) <= set(allowed):
                raise FieldRefused(field, f"Use each tag once, from {allowed.start} to {allowed.stop - 1}.")

    def _check_amounts(self) -> None:
        if self.amount is not None:
            check_amount("amount", self.amount, largest=_LARGEST_AMOUNT, places=3)
        if self.tip not in (None, "ask"):
            raise FieldRefused("tip", "Choose one of: ask.")
        if self.fee is not None:
            check_amount("fee", self.fee, largest=_LARGEST_AMOUNT, places=3)
        if self.fee_percent is not None:
            check_amount("fee_percent", self.fee_percent, largest="99.99", places=2)
        if sum(extra is not None for extra in (self.tip, self.fee, self.fee_percent)) > 1:
            raise FieldRefused("tip", "Choose one of tip, fee and fee_percent.")


def _with_checksum(text: str) -> str:
    """Data object 63: CRC-16 with polynomial 1021 and initial FFFF over all before it and its own head."""
    covered = text + "6304"
    return f"{covered}{crc_hqx(covered.encode(), 0xFFFF):04X}"


def _data_object(tag: int, value: str) -> str:
    """Two digits of tag, two of length and the value; the length counts characters, not bytes."""
    return f"{tag:02}{len(value):02}{value}"


def _data_objects(tagged: Iterable[tuple[int, str]]) -> str:
    return "".join(_data_object(tag, value) for tag, value in tagged if value)


def _number(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


def _check_tag(tag: int, allowed: Iterable[int]) -> None:
    if tag not in (tags := list(allowed)):
        raise FieldRefused("tag", f"Use a tag from {tags[0]} to {tags[-1]} that this kind of data may have.")


def _check_common(field: str, text: str, longest: int, *, required: bool = False) -> None:
    check_line(field, text, required=required, longest=longest)
    if not _COMMON.fullmatch(text):
        raise FieldRefused(field, "Use letters without accents, digits and signs of ASCII only.")


def _check_precomposed(field: str, text: str, longest: int, *, required: bool = False) -> None:
    """Letters of one code unit each, so that all readers count the same length."""
    check_line(field, text, required=required, longest=longest)
    if text != unicodedata.normalize("NFC", text) or any(character > "\uffff" for character in text):
        raise FieldRefused(field, "Use whole letters, no emoji.")


def _check_template(field: str, value: str) -> None:
    if len(value) > _LONGEST_VALUE:
        raise FieldRefused(field, f"Shorten these fields: together they make {len(value)} characters, and 99 fit.")
