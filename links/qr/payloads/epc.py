"""SEPA credit transfers: a banking app fills in its form."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from links.qr.payloads.bank import SymbolRequirement, bic, creditor_reference, iban
from links.qr.payloads.fields import FieldRefused, check_amount, check_line

_MOST_BYTES = 331
_PURPOSE = re.compile(r"[A-Z0-9]{1,4}")
# The European Economic Area, within which an IBAN says which bank.
_EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class SepaTransfer:
    """EPC069-12, "Quick Response Code: Guidelines to Enable Data Capture for the Initiation of an SCT", section 2.

    A transfer carries a reference or a text, never both. `purpose` is a code of ISO 20022 such as CHAR; `information`
    is for the payer and does not travel with the money.
    """

    symbol: ClassVar[SymbolRequirement] = SymbolRequirement(level="M", max_version=13)

    name: str
    iban: str
    amount: Decimal | None = None
    bic: str = ""
    purpose: str = ""
    reference: str = ""
    text: str = ""
    information: str = ""
    version: Literal["001", "002"] = "002"

    def __post_init__(self) -> None:
        check_line("name", self.name, required=True, longest=70)
        iban("iban", self.iban)
        if self.amount is not None:
            check_amount("amount", self.amount, largest="999999999.99", places=2)
        if self.purpose and not _PURPOSE.fullmatch(self.purpose):
            raise FieldRefused("purpose", "Use a code of at most 4 capitals and digits, such as CHAR.")
        check_line("text", self.text, longest=140)
        check_line("information", self.information, longest=70)
        self._check_reference()
        self._check_version()
        self._check_size()

    def encode(self) -> str:
        elements = (
            "BCD",
            self.version,
            "1",  # UTF-8
            "SCT",
            bic("bic", self.bic) if self.bic else "",
            self.name,
            iban("iban", self.iban),
            f"EUR{self.amount.normalize():f}" if self.amount is not None else "",
            self.purpose,
            creditor_reference("reference", self.reference) if self.reference else "",
            self.text,
            self.information,
        )
        return "\n".join(elements).rstrip("\n")  # nothing follows the last element that is filled in

    def _check_reference(self) -> None:
        if self.reference:
            creditor_reference("reference", self.reference)
        if self.reference and self.text:
            raise FieldRefused("text", "Leave out either the text or the reference.")

    def _check_version(self) -> None:
        """Version 001 always names the bank, 002 outside of the European Economic Area."""
        if self.version not in ("001", "002"):
            raise FieldRefused("version", "Choose one of: 001, 002.")
        if self.bic:
            bic("bic", self.bic)
        elif self.version == "001" or iban("iban", self.iban)[:2] not in _EEA:
            raise FieldRefused("bic", "Fill in the BIC: version 001 and accounts outside of the EEA need it.")

    def _check_size(self) -> None:
        if (size := len(self.encode().encode())) > _MOST_BYTES:
            longest = max(("name", "text", "information"), key=lambda field: len(getattr(self, field).encode()))
            raise FieldRefused(longest, f"Shorten this: all fields make {size} bytes, and at most {_MOST_BYTES} fit.")
