"""A MeCard holds exactly the contact that was typed."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, MeCard
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.semicolons import fields_of
from tests.links.qr.payloads.strategies import emails, filled_lines, lines, numbers

cards = st.builds(
    MeCard,
    given_name=filled_lines,
    family_name=filled_lines,
    telephones=st.lists(numbers, max_size=2).map(tuple),
    emails=st.lists(emails, max_size=2).map(tuple),
    address=lines,
    url=st.sampled_from(["", "https://example.com/?a=1,2;3:4"]),
    note=lines,
    birthday=st.none() | st.dates(),
)


def test_the_text_of_a_card() -> None:
    card = MeCard(
        "Sean", "Owen", ("+1 212 555 1212",), ("srowen@example.com",), "76 9th Avenue, New York", "https://example.com",
        "a;b:c\\", date(1980, 1, 2),
    )  # fmt: skip
    assert card.encode() == (
        r"MECARD:N:Owen,Sean;TEL:+12125551212;EMAIL:srowen@example.com;ADR:76 9th Avenue\, New York;"
        r"URL:https\://example.com/;BDAY:19800102;NOTE:a\;b\:c\\;;"
    )


@given(cards)
def test_a_contact_is_read_back(card: MeCard) -> None:
    expected = [
        ("N", [card.family_name, card.given_name]),
        *(("TEL", [number]) for number in card.telephones),
        *(("EMAIL", [email]) for email in card.emails),
        ("ADR", [card.address]),
        ("URL", [card.url]),
        ("BDAY", [card.birthday.strftime("%Y%m%d").zfill(8) if card.birthday else ""]),
        ("NOTE", [card.note]),
    ]
    assert fields_of("MECARD", card.encode(), r"\;,:") == [(name, value) for name, value in expected if any(value)]


@settings(deadline=None, max_examples=20)
@given(cards)
def test_a_contact_is_read_back_from_the_picture(card: MeCard) -> None:
    encoded = card.encode()
    assert read_back(encoded) == encoded


@pytest.mark.parametrize("names", [{"given_name": "Ann;TEL:1"}, {"family_name": "Ann;TEL:1"}])
def test_one_name_is_enough_and_adds_no_field(names: dict[str, Any]) -> None:
    assert fields_of("MECARD", MeCard(**names).encode(), r"\;,:") == [("N", ["Ann;TEL:1"])]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"given_name": ""}, "family_name"),
        ({"given_name": "a\nb"}, "given_name"),
        ({"note": "a\nb"}, "note"),
        ({"address": "a\r\nb"}, "address"),
        ({"note": "\ud800"}, "note"),
        ({"telephones": ("112",)}, "telephones"),
        ({"emails": ("x",)}, "emails"),
        ({"url": "x"}, "url"),
    ],
)
def test_what_a_card_refuses(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        MeCard(**{"given_name": "Ann"} | fields)
