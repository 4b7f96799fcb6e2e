"""A vCard holds exactly the contact that was typed, in both versions."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, PostalAddress, Telephone, VCard
from links.qr.payloads.vcard import Version
from tests.links.qr.payloads.content_lines import Property, components, properties, unescaped
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.strategies import emails, filled_lines, injections, lines, numbers, texts

VERSIONS: list[Version] = ["3.0", "4.0"]
types = st.lists(st.sampled_from(["home", "work", "cell", "fax"]), unique=True, max_size=2).map(tuple)
addresses = st.builds(PostalAddress, filled_lines, lines, lines, lines, lines, st.sampled_from([None, "home", "work"]))
cards = st.builds(
    VCard,
    given_name=filled_lines,
    family_name=lines,
    additional_names=lines,
    prefix=lines,
    suffix=lines,
    organisation=lines,
    unit=st.just("") | filled_lines,
    title=lines,
    telephones=st.lists(st.builds(Telephone, numbers, types), max_size=2).map(tuple),
    emails=st.lists(emails, max_size=2).map(tuple),
    addresses=st.lists(addresses, max_size=2).map(tuple),
    url=st.sampled_from(["", "https://example.com/?a=1,2;3"]),
    note=texts,
    birthday=st.none() | st.dates(),
    version=st.sampled_from(VERSIONS),
)


def parsed(text: str) -> dict[str, Any]:
    """A contact by RFC 2426 section 3 or RFC 6350 section 6, as the fields of VCard."""
    found = properties(text)
    assert (found[0], found[-1]) == (("BEGIN", {}, "VCARD"), ("END", {}, "VCARD"))
    version = found[1].value
    assert found[1] == ("VERSION", {}, version)
    card: dict[str, Any] = {"version": version, "telephones": [], "emails": [], "addresses": []}
    for line in found[2:-1]:
        _read(card, line, version)
    return card


def _read(card: dict[str, Any], line: Property, version: str) -> None:
    kinds = tuple(line.parameters.get("TYPE", []))
    match line.name:
        case "N":
            names = ("family_name", "given_name", "additional_names", "prefix", "suffix")
            card |= dict(zip(names, components(line.value), strict=True))
        case "ORG":
            organisation = zip(("organisation", "unit"), components(line.value), strict=False)
            card |= {name: text for name, text in organisation if text}
        case "TEL":
            assert line.parameters.get("VALUE") == (["uri"] if version == "4.0" else None)
            number = line.value.removeprefix("tel:") if version == "4.0" else line.value
            card["telephones"].append((number, kinds))
        case "ADR":
            box, extended, *parts = components(line.value)
            assert (box, extended) == ("", "")
            card["addresses"].append(PostalAddress(*parts, *kinds))  # type: ignore[arg-type]  # a type is checked there
        case "EMAIL":
            card["emails"].append(unescaped(line.value))
        case "URL":
            card["url"] = line.value
        case "BDAY":
            if version == "4.0":
                assert "-" not in line.value
            card["birthday"] = date.fromisoformat(line.value)
        case name:
            key = {"FN": "formatted_name", "TITLE": "title", "NOTE": "note"}[name]
            assert key not in card, "a property came twice"
            card[key] = unescaped(line.value)


def expected(card: VCard) -> dict[str, Any]:
    fields = vars(card).copy()
    lists = {name: list(fields.pop(name)) for name in ("emails", "addresses")}
    lists["telephones"] = [(telephone.number, telephone.types) for telephone in fields.pop("telephones")]
    names = {name: fields.pop(name) for name in ("family_name", "given_name", "additional_names", "prefix", "suffix")}
    return lists | names | {name: value for name, value in fields.items() if value}


@given(cards)
def test_a_contact_is_read_back(card: VCard) -> None:
    found = parsed(card.encode())
    assert found.pop("formatted_name").strip()
    assert found == expected(card)


@settings(deadline=None, max_examples=20)
@given(cards)
def test_a_contact_is_read_back_from_the_picture(card: VCard) -> None:
    encoded = card.encode()
    assert read_back(encoded) == encoded


def test_a_card_of_version_3() -> None:
    card = VCard(
        "John", "Public", "Quinlan", "Mr.", "Esq.", "ABC, Inc.", "North American Division", "Shrimp Man",
        telephones=(Telephone("+1 919 555 7878", ("work", "voice")), Telephone("+1-919-555-0123")),
        emails=("frank@example.com",),
        addresses=(PostalAddress("123 Main Street", "Any Town", "CA", "91921-1234", "U.S.A.", "home"),),
        url="https://example.com",
        note="a;b\nc\\d",
        birthday=date(1996, 4, 15),
    )  # fmt: skip
    assert card.encode() == (
        "BEGIN:VCARD\r\n"
        "VERSION:3.0\r\n"
        "N:Public;John;Quinlan;Mr.;Esq.\r\n"
        "FN:Mr. John Quinlan Public Esq.\r\n"
        "ORG:ABC\\, Inc.;North American Division\r\n"
        "TITLE:Shrimp Man\r\n"
        "TEL;TYPE=work,voice:+19195557878\r\n"
        "TEL:+19195550123\r\n"
        "EMAIL:frank@example.com\r\n"
        "ADR;TYPE=home:;;123 Main Street;Any Town;CA;91921-1234;U.S.A.\r\n"
        "URL:https://example.com/\r\n"
        "BDAY:1996-04-15\r\n"
        "NOTE:a\\;b\\nc\\\\d\r\n"
        "END:VCARD\r\n"
    )


def test_what_version_4_writes_otherwise() -> None:
    card = VCard(
        "Ann", telephones=(Telephone("+1 919 555 7878", ("cell",)),), birthday=date(1996, 4, 15), version="4.0"
    )
    lines = card.encode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert "TEL;VALUE=uri;TYPE=cell:tel:+19195557878" in lines
    assert "BDAY:19960415" in lines


@given(injections, st.sampled_from(VERSIONS))
def test_no_note_adds_a_property(injection: str, version: Version) -> None:
    card = VCard("Ann", note=f"a{injection}b", version=version)
    names = [line.name for line in properties(card.encode())]
    assert names == ["BEGIN", "VERSION", "N", "FN", "NOTE", "END"]


@pytest.mark.parametrize(
    "field", ["given_name", "family_name", "additional_names", "prefix", "suffix", "organisation", "unit", "title"]
)
@pytest.mark.parametrize("text", ["a\nTEL:1", "a\r\nTEL:1", "a\u2028b", "a\ud800"])
def test_a_field_of_one_line_takes_no_break(field: str, text: str) -> None:
    fields: dict[str, Any] = {"given_name": "Ann", field: text}
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        VCard(**fields)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_organisation_alone_is_a_contact(version: Version) -> None:
    assert parsed(VCard(organisation="A;B", version=version).encode())["formatted_name"] == "A;B"


@pytest.mark.parametrize("fields", [{}, {"given_name": " "}, {"title": "Boss"}])
def test_a_contact_has_a_name(fields: dict[str, Any]) -> None:
    with pytest.raises(FieldRefused, match="family_name: Fill in a name or an organisation"):
        VCard(**fields)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"emails": ("a@b",)}, "emails"),
        ({"version": "2.1"}, "version"),
        ({"version": "3.0\r\nNOTE:x"}, "version"),
        ({"note": "\x00"}, "note"),
    ],
)
def test_what_a_contact_refuses(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        VCard("Ann", **fields)


def test_what_its_parts_refuse() -> None:
    with pytest.raises(FieldRefused, match="types: Choose one of: home, work, cell"):
        Telephone("+4930123456", ("work:1\r\nNOTE",))  # type: ignore[arg-type]  # as a request could hold it
    with pytest.raises(FieldRefused, match="type: Choose one of: home, work"):
        PostalAddress("Main St", type="cell")  # type: ignore[arg-type]  # as a request could hold it
    with pytest.raises(FieldRefused, match=r"^street: Fill in"):
        PostalAddress()
    with pytest.raises(FieldRefused, match=r"^city: "):
        PostalAddress(city="a\nb")


def test_no_line_is_folded_and_every_line_is_one() -> None:
    encoded = VCard("Ann", note="a" * 500).encode()
    assert all(not after.startswith((" ", "\t")) for _, after in pairwise(encoded.split("\r\n")))
    assert f"NOTE:{'a' * 500}\r\n" in encoded
