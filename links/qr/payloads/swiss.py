"""Swiss QR-bills: what the code of a payment part says, and what its picture has to be.

Written after the Swiss Implementation Guidelines QR-bill, version 2.3 (SIX, the only one since 22 November 2025): the
table of data elements, permitted characters, and the section on the Swiss QR Code. Addresses are structured; combined
ones ended with version 2.2. Bills over 0.00 that must not be paid, which only notify, are not written here.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from stdnum.ch import esr

from links.qr import swiss_cross
from links.qr.payloads.bank import SymbolRequirement, creditor_reference, iban
from links.qr.payloads.fields import FieldRefused, check_amount, check_line

_MOST_BYTES = 997  # what version 25 holds at level M; the guidelines say characters, which were single bytes once
_LONGEST_MESSAGE = 140
# Guidelines 2.3, permitted characters: Basic Latin, Latin-1 Supplement, Latin Extended-A, Ș ș Ț ț and €.
_LATIN = re.compile(r"[\x20-\x7e\u00a0-\u017f\u0218-\u021b\u20ac]*")
_CODED = re.compile(r"//..")
_COUNTRY = re.compile(r"[A-Z]{2}")
_QR_REFERENCE = re.compile(r"[0-9]{27}")
_QR_BANKS = range(30000, 32000)  # bank numbers that only QR-IBANs have


@dataclass(frozen=True)
class Party:
    """A creditor or debtor with a structured address, the only kind since guidelines 2.3."""

    name: str
    postal_code: str
    town: str
    country: str
    street: str = ""
    house_number: str = ""

    def __post_init__(self) -> None:
        for field, longest in (("name", 70), ("postal_code", 16), ("town", 35)):
            _check_latin(field, getattr(self, field), longest, required=True)
        _check_latin("street", self.street, 70)
        _check_latin("house_number", self.house_number, 16)
        if not _COUNTRY.fullmatch(self.country):
            raise FieldRefused("country", "Use the two capitals of ISO 3166, such as CH.")
        if self.postal_code.upper().startswith(f"{self.country}-"):
            raise FieldRefused("postal_code", f"Leave out “{self.country}-”: the country has a field of its own.")

    def elements(self) -> tuple[str, ...]:
        return ("S", self.name, self.street, self.house_number, self.postal_code, self.town, self.country)


@dataclass(frozen=True)
class SwissBill:
    """A bill of the guidelines' table of data elements.

    The reference decides its own type: QRR with 27 digits, SCOR with RF, NON without any.
    """

    symbol: ClassVar[SymbolRequirement] = SymbolRequirement(
        level="M", max_version=25, look=swiss_cross.LOOK, printed_mm=swiss_cross.SYMBOL_MM
    )

    creditor: Party
    iban: str
    currency: Literal["CHF", "EUR"] = "CHF"
    amount: Decimal | None = None
    debtor: Party | None = None
    reference: str = ""
    message: str = ""
    bill_information: str = ""
    alternative_schemes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (account := iban("iban", self.iban))[:2] not in ("CH", "LI"):
            raise FieldRefused("iban", "Use an account in Switzerland or Liechtenstein.")
        if self.currency not in ("CHF", "EUR"):
            raise FieldRefused("currency", "Choose one of: CHF, EUR.")
        if self.amount is not None:
            check_amount("amount", self.amount, largest="999999999.99", places=2)
        self._check_reference(is_qr_iban=int(account[4:9]) in _QR_BANKS)
        self._check_words()
        if (size := len(self.encode().encode())) > _MOST_BYTES:
            raise FieldRefused("message", f"Shorten the texts: all make {size} bytes, and at most {_MOST_BYTES} fit.")

    def encode(self) -> str:
        nobody = ("",) * 7
        kind, reference = self._typed_reference
        elements = (
            *("SPC", "0200", "1", iban("iban", self.iban)),
            *self.creditor.elements(),
            *nobody,  # the ultimate creditor, kept for future use
            *("" if self.amount is None else f"{self.amount:.2f}", self.currency),
            *(self.debtor.elements() if self.debtor else nobody),
            *(kind, reference, self.message, "EPD", self.bill_information, *self.alternative_schemes),
        )
        return "\n".join(elements).rstrip("\n")  # what may follow EPD is left out where it is empty

    @property
    def _typed_reference(self) -> tuple[Literal["QRR", "SCOR", "NON"], str]:
        if not self.reference:
            return "NON", ""
        if self.reference.upper().startswith("RF"):
            return "SCOR", creditor_reference("reference", self.reference)
        return "QRR", _qr_reference(self.reference)

    def _check_reference(self, *, is_qr_iban: bool) -> None:
        """Data element Ref: a QR-IBAN goes with a QR reference, and with no other."""
        kind, _ = self._typed_reference
        if is_qr_iban and kind != "QRR":
            raise FieldRefused("reference", "Fill in the QR reference of 27 digits: this account is a QR-IBAN.")
        if not is_qr_iban and kind == "QRR":
            raise FieldRefused("reference", "Use an RF reference or none: this account is no QR-IBAN.")

    def _check_words(self) -> None:
        _check_latin("message", self.message, _LONGEST_MESSAGE)
        _check_latin("bill_information", self.bill_information, _LONGEST_MESSAGE)
        if self.bill_information and not _CODED.match(self.bill_information):
            raise FieldRefused("bill_information", "Begin with // and the two characters of its coding: //S1.")
        if len(self.message) + len(self.bill_information) > _LONGEST_MESSAGE:
            raise FieldRefused("message", f"Use at most {_LONGEST_MESSAGE} characters together with bill_information.")
        if len(self.alternative_schemes) > 2:
            raise FieldRefused("alternative_schemes", "Use at most two.")
        for scheme in self.alternative_schemes:
            _check_latin("alternative_schemes", scheme, 100, required=True)


def _qr_reference(text: str) -> str:
    """27 digits, the last by modulo 10, recursive. All zeros check out, too, but are no reference."""
    digits = text.replace(" ", "")
    if not _QR_REFERENCE.fullmatch(digits) or not digits.strip("0"):
        raise FieldRefused("reference", "Use the 27 digits of a QR reference, or RF and what follows.")
    if not esr.is_valid(digits):
        raise FieldRefused("reference", "Check the reference for a mistyped digit.")
    return digits


def _check_latin(field: str, text: str, longest: int, *, required: bool = False) -> None:
    check_line(field, text, required=required, longest=longest)
    if not _LATIN.fullmatch(text):
        raise FieldRefused(field, "Use the letters of European languages that are written in Latin script only.")
