"""Payments by India's UPI: a payment app opens with payee and amount."""

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from links.qr.payloads.fields import PayloadRefused, check_amount, check_line

_ADDRESS = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")
_CATEGORY = re.compile(r"[0-9]{4}")
_REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,35}")


@dataclass(frozen=True)
class UpiPayment:
    """`upi://pay` (NPCI, UPI Linking Specifications 1.6, section 1.2), in rupees.

    `address` is the payee's virtual payment address, `category` a merchant's ISO 18245 code.
    """

    address: str
    name: str
    amount: Decimal | None = None
    note: str = ""
    reference: str = ""
    category: str = ""

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise PayloadRefused("address", "Write a UPI address such as name@bank.")
        check_line("name", self.name, required=True, longest=99)
        if self.amount is not None:
            check_amount("amount", self.amount, largest="9999999999.99", places=2)
        check_line("note", self.note, longest=50)
        if self.reference and not _REFERENCE.fullmatch(self.reference):
            raise PayloadRefused("reference", "Use at most 35 letters, digits, points, dashes and underscores.")
        if self.category and not _CATEGORY.fullmatch(self.category):
            raise PayloadRefused("category", "Use the 4 digits of a merchant category code.")

    def encode(self) -> str:
        parameters = {
            "pa": self.address,
            "pn": self.name,
            "mc": self.category,
            "tr": self.reference,
            "tn": self.note,
            "am": "" if self.amount is None else f"{self.amount:.2f}",
            "cu": "INR",
        }
        return "upi://pay?" + "&".join(f"{key}={quote(value, safe='@')}" for key, value in parameters.items() if value)
