"""Calls and messages reach the number that was meant, from any country."""

import re

import pytest
from hypothesis import given, settings

from links.qr.payloads import FieldRefused, PhoneCall, TextMessage
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.strategies import injections, numbers, texts

# RFC 3966 section 3, as far as a global number with an extension goes.
_TEL = re.compile(r"tel:(?P<number>\+[0-9().-]*[0-9][0-9().-]*)(?:;ext=(?P<extension>[0-9().-]+))?")


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        ("+1-201-555-0123", "tel:+12015550123"),  # section 6
        ("+49 (30) 123/45 67", "tel:+49301234567"),
        ("+49\u00a030\u2013123", "tel:+4930123"),
        ("+123", "tel:+123"),
        ("+" + "1" * 15, "tel:+" + "1" * 15),
    ],
)
def test_what_stands_between_the_digits_is_left_out(number: str, encoded: str) -> None:
    assert PhoneCall(number).encode() == encoded


@pytest.mark.parametrize(
    "number",
    [
        "",
        "112",
        "030 123",
        "0049 30 123",
        "+0301234",
        "+12",
        "+" + "1" * 16,
        "+49 30 abc",
        "+49;ext=1",
        "+٤٩٣٠١٢٣",
        "++49",
    ],
)
def test_other_numbers_are_refused(number: str) -> None:
    with pytest.raises(FieldRefused, match=r"number: Write the number with \+ and the country code"):
        PhoneCall(number)


def test_a_zero_that_is_not_dialled_is_not_guessed_away() -> None:
    with pytest.raises(FieldRefused, match=r"number: Leave out the \(0\)"):
        PhoneCall("+49 (0)30 123456")


@given(numbers)
def test_a_call_is_read_back(number: str) -> None:
    match = _TEL.fullmatch(PhoneCall(number, "42").encode())
    assert match
    assert (match["number"], match["extension"]) == (number, "42")


@pytest.mark.parametrize("extension", ["4a", ";isub=1", "1" * 12, "٤"])
def test_an_extension_is_digits(extension: str) -> None:
    with pytest.raises(FieldRefused, match=r"^extension: "):
        PhoneCall("+4930123456", extension)


def parsed_message(text: str) -> tuple[str, str]:
    """SMSTO, a number and all the rest, between two colons."""
    scheme, number, message = text.split(":", 2)
    assert scheme == "SMSTO"
    return number, message


@given(numbers, texts | injections)
def test_a_message_is_read_back(number: str, message: str) -> None:
    assert parsed_message(TextMessage(number, message).encode()) == (number, message)


@settings(deadline=None, max_examples=20)
@given(numbers, texts)
def test_a_message_is_read_back_from_the_picture(number: str, message: str) -> None:
    encoded = TextMessage(number, message).encode()
    assert read_back(encoded) == encoded


def test_a_message_of_half_characters_is_refused() -> None:
    with pytest.raises(FieldRefused, match=r"^message: "):
        TextMessage("+4930123456", "\ud83d")
