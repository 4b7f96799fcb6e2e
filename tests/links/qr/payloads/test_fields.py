"""Every field refuses what no scanner would get whole, and says which field and what to do."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from links.qr.payloads import FieldRefused
from links.qr.payloads.fields import check_amount, check_line, check_text, with_line_feeds


@pytest.mark.parametrize("check", [check_line, check_text])
@pytest.mark.parametrize("text", ["a\ud800b", "a\x00", "\x1b[2J", "\x85", "\x0b"])
def test_control_characters_and_half_characters_are_refused(check: Callable[[str, str], None], text: str) -> None:
    with pytest.raises(FieldRefused, match=r"^note: Remove the .*U\+") as refused:
        check("note", text)
    assert refused.value.field == "note"


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\tb", "a\u2028b", "a\u2029b"])
def test_a_line_is_one_line(text: str) -> None:
    with pytest.raises(FieldRefused, match="name: Write it on one line"):
        check_line("name", text)
    check_text("note", text)


@pytest.mark.parametrize("check", [check_line, check_text])
def test_length_is_counted_in_characters(check: Callable[..., None]) -> None:
    check("name", "漢" * 70, longest=70)
    with pytest.raises(FieldRefused, match="name: Use at most 70 characters; these are 71"):
        check("name", "漢" * 71, longest=70)


@pytest.mark.parametrize("text", ["", " ", "\u00a0"])
def test_white_space_fills_nothing_in(text: str) -> None:
    check_line("name", text)
    with pytest.raises(FieldRefused, match="name: Fill this in"):
        check_line("name", text, required=True)


def test_every_kind_of_line_break_is_one() -> None:
    assert with_line_feeds("a\r\nb\rc\nd\u2028e\u2029f\r\r\n") == "a\nb\nc\nd\ne\nf\n\n"


@pytest.mark.parametrize("amount", ["0.01", "1", "999.99", "1E+2", "1.500"])
def test_an_amount_within_its_limits(amount: str) -> None:
    check_amount("amount", Decimal(amount), largest="999.99", places=2)


@pytest.mark.parametrize("amount", ["0", "0.009", "-1", "1000", "1.001", "NaN", "sNaN", "Infinity", "1E+999999"])
def test_an_amount_beyond_its_limits(amount: str) -> None:
    with pytest.raises(FieldRefused, match=r"amount: Use (an amount from 0.01 to 999.99|at most 2 decimal places)"):
        check_amount("amount", Decimal(amount), largest="999.99", places=2)
