"""Payments by India's UPI: a payment app opens with payee and amount.

Written after NPCI's UPI Linking Specifications 1.6, section 1.2, for parameters; the lengths of payee, note and
reference are those of the fields that they are mapped to in the UPI API (Payee addr and name, Txn note and refId).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from links.qr.payloads.fields import FieldRefused, check_amount, check_line
from links.qr.payloads.web import serialised

_LONGEST_ADDRESS = 255
_ADDRESS = re.compile(r"[A-Za-z0-9._-]{2,}@[A-Za-z][A-Za-z0-9]{1,63}")
_CATEGORY = re.compile(r"[0-9]{4}")
_REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,35}")


@dataclass(frozen=True)
class UpiPayment:
    """`upi://pay`, in rupees.

    `address` is the payee's virtual payment address, `category` a merchant's ISO 18245 code, `url` where the payer can
    read more about this very payment, such as its bill.
    """

    address: str
    name: str
    amount: Decimal | None = None
    note: str = ""
    reference: str = ""
    category: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address) or len(self.address) > _LONGEST_ADDRESS:
            raise FieldRefused("address", "Write a UPI address such as name@bank.")
        check_line("name", self.name, required=True, longest=99)
        if self.amount is not None:
            check_amount("amount", self.amount, largest="9999999999.99", places=2)
        check_line("note", self.note, longest=50)
        if self.reference and not _REFERENCE.fullmatch(self.reference):
            raise FieldRefused("reference", "Use at most 35 letters, digits, points, dashes and underscores.")
        if self.category and not _CATEGORY.fullmatch(self.category):
            raise FieldRefused("category", "Use the 4 digits of a merchant category code.")

        if self.url:
            serialised("url", self.url)

    def encode(self) -> str:
        parameters = {
            "pa": self.address,
            "pn": self.name,
            "mc": self.category,
            "tr": self.reference,
            "tn": self.note,
            "am": "" if self.amount is None else f"{self.amount:.2f}",
            "cu": "INR",
            "url": serialised("url", self.url) if self.url else "",
        }
        return "upi://pay?" + "&".join(f"{key}={quote(value, safe='@')}" for key, value in parameters.items() if value)
