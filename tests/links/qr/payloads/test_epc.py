"""A banking app fills in exactly the transfer that was meant."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, SepaTransfer
from tests.links.qr.payloads import accounts
from tests.links.qr.payloads.scanning import read_back_as_required
from tests.links.qr.payloads.strategies import filled_lines, injections, lines

IBAN = "DE89370400440532013000"
ELEMENTS = (
    "service", "version", "characters", "identification", "bic", "name", "iban", "amount", "purpose", "reference",
    "text", "information",
)  # fmt: skip

transfers = st.builds(
    SepaTransfer,
    name=filled_lines,
    iban=accounts.german_ibans,
    amount=st.none() | st.decimals("0.01", "999999999.99", places=2),
    bic=st.sampled_from(["", "BHBLDEHHXXX"]),
    purpose=st.sampled_from(["", "CHAR"]),
    text=lines,
    information=lines,
)


def parsed(text: str) -> dict[str, str]:
    """EPC069-12 section 2: elements in a fixed order on a line each, at most 331 bytes, the last one filled in."""
    assert len(text.encode()) <= 331
    found = text.split("\n")
    assert found[-1]
    assert len(found) <= len(ELEMENTS)
    transfer = dict(zip(ELEMENTS, found, strict=False))
    assert (transfer.pop("service"), transfer.pop("characters"), transfer.pop("identification")) == ("BCD", "1", "SCT")
    return {name: value for name, value in transfer.items() if value}


def test_the_examples_of_the_guidelines() -> None:
    assert SepaTransfer(
        "Red Cross of Belgium", "BE72000000001616", Decimal(1), "BPOTBEB1", "CHAR", text="Urgency fund",
        information="Sample EPC QR code", version="001",
    ).encode() == (
        "BCD\n001\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR1\nCHAR\n\nUrgency fund\n"
        "Sample EPC QR code"
    )  # fmt: skip
    assert SepaTransfer(
        "Franz Mustermänn", "DE71110220330123456789", Decimal("12.30"), "BHBLDEHHXXX", "GDDS", "RF18 5390 0754 7034",
        version="001",
    ).encode() == (
        "BCD\n001\n1\nSCT\nBHBLDEHHXXX\nFranz Mustermänn\nDE71110220330123456789\nEUR12.3\nGDDS\nRF18539007547034"
    )  # fmt: skip


@given(transfers)
def test_a_transfer_is_read_back(transfer: SepaTransfer) -> None:
    found = parsed(transfer.encode())
    amount = found.pop("amount", None)
    assert (Decimal(amount.removeprefix("EUR")) if amount else None) == transfer.amount
    names = ("version", "bic", "name", "iban", "purpose", "text", "information")
    assert found == {name: getattr(transfer, name) for name in names if getattr(transfer, name)}


@settings(deadline=None, max_examples=20)
@given(transfers)
def test_a_transfer_is_read_back_from_a_picture_at_level_m(transfer: SepaTransfer) -> None:
    encoded = transfer.encode()
    assert read_back_as_required(encoded, SepaTransfer.symbol) == encoded


def test_331_bytes_fill_version_13_at_level_m() -> None:
    fields: dict[str, Any] = {"iban": IBAN, "text": "t" * 140, "information": "ä" * 40}
    size = len(SepaTransfer("n", **fields).encode().encode())
    full = SepaTransfer("n" * (332 - size), **fields).encode()
    assert len(full.encode()) == 331
    assert (SepaTransfer.symbol.level, SepaTransfer.symbol.max_version) == ("M", 13)
    assert read_back_as_required(full, SepaTransfer.symbol) == full
    with pytest.raises(FieldRefused, match="text: Shorten this: all fields make 332 bytes, and at most 331 fit"):
        SepaTransfer("n" * (333 - size), **fields)


@pytest.mark.parametrize(("field", "longest"), [("name", 70), ("text", 140), ("information", 70)])
def test_each_text_has_its_length(field: str, longest: int) -> None:
    fields: dict[str, Any] = {"name": "Ann", "iban": IBAN}
    assert parsed(SepaTransfer(**fields | {field: "a" * longest}).encode())[field] == "a" * longest
    with pytest.raises(FieldRefused, match=f"{field}: Use at most {longest} characters"):
        SepaTransfer(**fields | {field: "a" * (longest + 1)})


@given(st.sampled_from(["name", "text", "information"]), injections)
def test_no_text_adds_an_element(field: str, injection: str) -> None:
    fields: dict[str, Any] = {"name": "Ann", "iban": IBAN, field: f"a{injection}b"}
    if any(separator in injection for separator in "\r\n\u2028"):
        with pytest.raises(FieldRefused, match=rf"^{field}: Write it on one line"):
            SepaTransfer(**fields)
    else:
        assert parsed(SepaTransfer(**fields).encode())[field] == f"a{injection}b"


@pytest.mark.parametrize("country", ["CH9300762011623852957", "GB82WEST12345698765432"])
def test_where_the_bank_must_be_named(country: str) -> None:
    with pytest.raises(FieldRefused, match="bic: Fill in the BIC"):
        SepaTransfer("Ann", country)
    SepaTransfer("Ann", country, bic="BHBLDEHHXXX")
    with pytest.raises(FieldRefused, match="bic: Fill in the BIC"):
        SepaTransfer("Ann", IBAN, version="001")
    SepaTransfer("Ann", IBAN)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"iban": "DE89370400440532013001"}, "iban"),
        ({"bic": "BHBLDEHHXX"}, "bic"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("1000000000")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"purpose": "CHARS"}, "purpose"),
        ({"purpose": "char"}, "purpose"),
        ({"purpose": "C\n1"}, "purpose"),
        ({"reference": "RF17539007547034"}, "reference"),
        ({"reference": "RF18539007547034", "text": "a"}, "text"),
        ({"version": "003"}, "version"),
    ],
)
def test_what_a_transfer_refuses(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        SepaTransfer(**{"name": "Ann", "iban": IBAN} | fields)


def test_the_largest_and_the_smallest_amount() -> None:
    for amount, written in (("0.01", "EUR0.01"), ("999999999.99", "EUR999999999.99"), ("1E+2", "EUR100")):
        assert f"\n{written}" in SepaTransfer("Ann", IBAN, Decimal(amount)).encode()
