"""A Swiss bank reads exactly the bill that was meant."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, Party, SwissBill
from tests.links.qr.payloads import accounts
from tests.links.qr.payloads.scanning import read_back_as_required

QR_IBAN, QR_REFERENCE = "CH4431999123000889012", "210000000003139471430009017"
PLAIN_IBAN, RF_REFERENCE = "CH5800791123000889012", "RF18539007547034"
CREDITOR = Party("Robert Schneider AG", "2501", "Biel", "CH", "Rue du Lac", "1268")
DEBTOR = Party("Pia-Maria Rutschmann-Schnyder", "9400", "Rorschach", "CH", "Grosse Marktgasse", "28")
INFORMATION = "//S1/10/10201409/11/200701/20/140.000-53/30/102673831/31/200615/32/7.7/33/7.7:139.40/40/0:30"
BILL = SwissBill(
    CREDITOR, QR_IBAN, "CHF", Decimal("1949.75"), DEBTOR, QR_REFERENCE, "Order of 15 June 2020", INFORMATION
)  # fmt: skip


def latin(longest: int, *, shortest: int = 0) -> st.SearchStrategy[str]:
    letters = st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc"])
    letters |= st.sampled_from("ȘșȚț€")
    return st.text(letters, min_size=shortest, max_size=longest).filter(lambda text: text.strip() or not shortest)


parties = st.builds(
    Party, latin(30, shortest=1), latin(8, shortest=1), latin(20, shortest=1), st.sampled_from(["CH", "LI", "DE"]),
    latin(30), latin(5),
)  # fmt: skip
account_and_reference = (
    st.tuples(accounts.qr_ibans, accounts.qr_references)
    | st.tuples(accounts.swiss_ibans, accounts.creditor_references)
    | st.tuples(accounts.swiss_ibans, st.just(""))
)
bills = st.builds(
    lambda account, **fields: SwissBill(iban=account[0], reference=account[1], **fields),
    account_and_reference,
    creditor=parties,
    currency=st.sampled_from(["CHF", "EUR"]),
    amount=st.none() | st.decimals("0.01", "999999999.99", places=2),
    debtor=st.none() | parties,
    message=latin(70),
    bill_information=latin(66).map(lambda text: f"//S1{text}" if text else ""),
    alternative_schemes=st.lists(latin(50, shortest=1), max_size=2).map(tuple),
)


def parsed(text: str) -> dict[str, Any]:
    """Guidelines 2.3, data elements: 31 lines in a fixed order, then what may follow."""
    lines = text.split("\n")
    assert lines[:3] == ["SPC", "0200", "1"]
    assert lines[11:18] == [""] * 7, "the ultimate creditor is kept for future use"
    assert lines[30] == "EPD"
    assert len(lines) <= 34
    bill: dict[str, Any] = {"iban": lines[3], "creditor": party(lines[4:11]), "currency": lines[19]}
    bill["amount"] = Decimal(lines[18]) if lines[18] else None
    bill["debtor"] = party(lines[20:27]) if any(lines[20:27]) else None
    bill |= {"kind": lines[27], "reference": lines[28], "message": lines[29]}
    bill["bill_information"] = lines[31] if len(lines) > 31 else ""
    bill["alternative_schemes"] = tuple(lines[32:])
    return bill


def party(lines: list[str]) -> Party:
    kind, name, street, house_number, postal_code, town, country = lines
    assert kind == "S"
    return Party(name, postal_code, town, country, street, house_number)


def test_the_example_of_the_guidelines() -> None:
    assert BILL.encode() == (
        "SPC\n0200\n1\nCH4431999123000889012\n"
        "S\nRobert Schneider AG\nRue du Lac\n1268\n2501\nBiel\nCH\n"
        "\n\n\n\n\n\n\n"
        "1949.75\nCHF\n"
        "S\nPia-Maria Rutschmann-Schnyder\nGrosse Marktgasse\n28\n9400\nRorschach\nCH\n"
        "QRR\n210000000003139471430009017\nOrder of 15 June 2020\nEPD\n" + INFORMATION
    )


@given(bills)
def test_a_bill_is_read_back(bill: SwissBill) -> None:
    found = parsed(bill.encode())
    kind = "NON" if not bill.reference else "SCOR" if bill.reference.startswith("RF") else "QRR"
    assert found.pop("kind") == kind
    assert found == {field.name: getattr(bill, field.name) for field in fields(bill)}


@settings(deadline=None, max_examples=20)
@given(bills)
def test_a_bill_is_read_back_from_a_picture_at_level_m(bill: SwissBill) -> None:
    encoded = bill.encode()
    assert read_back_as_required(encoded, SwissBill.symbol) == encoded


def test_997_bytes_fill_version_25_at_level_m() -> None:
    big = Party("ä" * 70, "9" * 16, "ö" * 35, "CH", "ü" * 70, "1" * 16)
    schemes = ("a" * 100, "b" * 100)
    bill = SwissBill(big, PLAIN_IBAN, debtor=replace(big, name="n"), alternative_schemes=schemes)
    room = 997 - len(bill.encode().encode())
    full = replace(bill, message="m" * room).encode()
    assert len(full.encode()) == 997
    assert read_back_as_required(full, SwissBill.symbol) == full
    with pytest.raises(FieldRefused, match="message: Shorten the texts: all make 998 bytes, and at most 997 fit"):
        replace(bill, message="m" * (room + 1))


@given(accounts.qr_references, st.integers(0, 26))
def test_one_wrong_digit_of_a_reference(reference: str, at: int) -> None:
    assert parsed(replace(BILL, reference=reference).encode())["reference"] == reference
    with pytest.raises(FieldRefused, match=r"^reference: (Check the reference for|Use the 27 digits)"):
        replace(BILL, reference=accounts.with_one_digit_wrong(reference, at))


@pytest.mark.parametrize(
    ("iban", "reference", "kind"),
    [
        (QR_IBAN, "21 00000 00003 13947 14300 09017", "QRR"),
        (PLAIN_IBAN, "RF18 5390 0754 7034", "SCOR"),
        (PLAIN_IBAN, "", "NON"),
        ("LI21088100002324013AA", "", "NON"),
    ],
)
def test_the_reference_decides_its_type(iban: str, reference: str, kind: str) -> None:
    found = parsed(replace(BILL, iban=iban, reference=reference).encode())
    assert (found["kind"], found["reference"]) == (kind, reference.replace(" ", ""))


@pytest.mark.parametrize(
    ("bank", "reference"),
    [("29999", ""), ("30000", QR_REFERENCE), ("31999", QR_REFERENCE), ("32000", RF_REFERENCE)],
)
def test_which_banks_are_of_qr_ibans(bank: str, reference: str) -> None:
    iban = accounts.with_mod_97("CH", bank + "0" * 12)
    replace(BILL, iban=iban, reference=reference)
    with pytest.raises(FieldRefused, match=r"^reference: "):
        replace(BILL, iban=iban, reference=RF_REFERENCE if reference == QR_REFERENCE else QR_REFERENCE)


@pytest.mark.parametrize(
    ("iban", "reference"),
    [
        (QR_IBAN, ""), (QR_IBAN, RF_REFERENCE), (PLAIN_IBAN, QR_REFERENCE), (QR_IBAN, "0" * 27),
        (QR_IBAN, QR_REFERENCE[1:]), (QR_IBAN, QR_REFERENCE + "0"), (QR_IBAN, QR_REFERENCE + "\n"),
        (PLAIN_IBAN, "RF18539007547035"), (PLAIN_IBAN, "abc"),
    ],
)  # fmt: skip
def test_references_that_do_not_go_with_the_account(iban: str, reference: str) -> None:
    with pytest.raises(FieldRefused, match=r"^reference: "):
        replace(BILL, iban=iban, reference=reference)


@pytest.mark.parametrize(
    ("field", "longest"), [("name", 70), ("street", 70), ("house_number", 16), ("postal_code", 16), ("town", 35)]
)
def test_each_part_of_an_address_has_its_length(field: str, longest: int) -> None:
    fields: dict[str, Any] = {field: "é" * longest}
    assert getattr(replace(CREDITOR, **fields), field) == "é" * longest
    with pytest.raises(FieldRefused, match=f"{field}: Use at most {longest} characters"):
        replace(CREDITOR, **{field: "é" * (longest + 1)})
    for text in ("a\nb", "漢", "a\u2028b", "😀", "\ud800", "Б"):
        with pytest.raises(FieldRefused, match=rf"^{field}: "):
            replace(CREDITOR, **{field: text})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"iban": "DE89370400440532013000"}, "iban"),
        ({"iban": "CH4431999123000889013"}, "iban"),
        ({"currency": "USD"}, "currency"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("1000000000")}, "amount"),
        ({"amount": Decimal("0.005")}, "amount"),
        ({"message": "a" * 141, "bill_information": ""}, "message"),
        ({"message": "a" * 70, "bill_information": "//S1" + "b" * 67}, "message"),
        ({"bill_information": "S1/10"}, "bill_information"),
        ({"message": "a\nEPD"}, "message"),
        ({"bill_information": "//S1\n"}, "bill_information"),
        ({"alternative_schemes": ("a", "b", "c")}, "alternative_schemes"),
        ({"alternative_schemes": ("a" * 101,)}, "alternative_schemes"),
        ({"alternative_schemes": ("a\nb",)}, "alternative_schemes"),
    ],
)
def test_what_a_bill_refuses(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        replace(BILL, **fields)


def test_a_postal_code_stands_without_its_country() -> None:
    with pytest.raises(FieldRefused, match=r"^postal_code: Leave out “CH-”"):
        replace(CREDITOR, postal_code="ch-2501")
    assert replace(CREDITOR, country="GB", postal_code="SW1A 1AA").postal_code == "SW1A 1AA"


@pytest.mark.parametrize("field", ["name", "postal_code", "town", "country"])
def test_an_address_is_whole(field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        replace(CREDITOR, **{field: ""})
