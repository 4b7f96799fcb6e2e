"""One wrong digit in an account or reference is noticed before it is printed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused
from links.qr.payloads.bank import bic, creditor_reference, iban
from tests.links.qr.payloads import accounts
from tests.links.qr.payloads.accounts import with_one_digit_wrong


@pytest.mark.parametrize(
    ("read", "typed", "number"),
    [
        (iban, "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        (iban, "gb82 west 1234 5698 7654 32", "GB82WEST12345698765432"),
        (iban, "CH93 0076 2011 6238 5295 7", "CH9300762011623852957"),
        (creditor_reference, "RF18 5390 0754 7034", "RF18539007547034"),
        (creditor_reference, "rf18539007547034", "RF18539007547034"),
        (bic, "BHBLDEHHXXX", "BHBLDEHHXXX"),
        (bic, "bpotbeb1", "BPOTBEB1"),
    ],
)
def test_numbers_are_written_without_spaces(read: Callable[[str, str], str], typed: str, number: str) -> None:
    assert read("number", typed) == number


@given(accounts.german_ibans | accounts.qr_ibans | accounts.swiss_ibans, st.integers(0, 25))
def test_one_wrong_digit_of_an_iban(number: str, at: int) -> None:
    assert iban("iban", number) == number
    with pytest.raises(FieldRefused, match="iban: Check the IBAN"):
        iban("iban", with_one_digit_wrong(number, at))


@given(accounts.creditor_references, st.integers(0, 25))
def test_one_wrong_digit_of_a_reference(number: str, at: int) -> None:
    assert creditor_reference("reference", number) == number
    with pytest.raises(FieldRefused, match="reference: Check the reference"):
        creditor_reference("reference", with_one_digit_wrong(number, at))


@pytest.mark.parametrize("read", [iban, creditor_reference, bic])
@pytest.mark.parametrize(
    "text",
    [
        "", " ", "DE", "DE89370400440532013000\nX", "DE89-3704-0044-0532-0130-00", "ＤＥ89370400440532013000",
        "DE٨٩370400440532013000", "XX82123456789", "DE8937040044053201300", "RF18", "RF18539007547034\n", "BHBLDE",
        "BHBLDEHHXX", "BHBL99HH",
    ],
)  # fmt: skip
def test_what_is_no_number(read: Callable[[str, str], str], text: str) -> None:
    with pytest.raises(FieldRefused, match=r"^field: Check the"):
        read("field", text)


def test_a_reference_has_at_most_25_characters() -> None:
    creditor_reference("reference", accounts.with_mod_97("RF", "1" * 21))
    with pytest.raises(FieldRefused, match=r"^reference: "):
        creditor_reference("reference", accounts.with_mod_97("RF", "1" * 22))
