"""Plain text is shown as it was typed; a web address is opened, so it is what browsers make of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, PlainText, WebAddress
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.strategies import filled_texts
from tests.links.qr.payloads.uris import parts


@given(filled_texts)
def test_text_is_what_was_typed(text: str) -> None:
    assert PlainText(text).encode() == text


@settings(deadline=None, max_examples=30)
@given(filled_texts)
def test_text_is_read_back_from_the_picture(text: str) -> None:
    assert read_back(PlainText(text).encode()).encode() == text.encode()


@pytest.mark.parametrize("text", ["", " \n", "a\ud83d", "a\x00"])
def test_text_that_is_none(text: str) -> None:
    with pytest.raises(FieldRefused, match=r"^text: "):
        PlainText(text)


@pytest.mark.parametrize(
    ("address", "encoded"),
    [
        ("https://example.com", "https://example.com/"),
        ("https://bücher.example/ä?q=ü#ö", "https://xn--bcher-kva.example/%C3%A4?q=%C3%BC#%C3%B6"),
        ("http://Example.COM:80/a b", "http://example.com/a%20b"),
        ("https://example.com/?a\\b", "https://example.com/?a%5Cb"),
    ],
)
def test_an_address_is_what_browsers_make_of_it(address: str, encoded: str) -> None:
    assert WebAddress(address).encode() == encoded
    assert read_back(encoded) == encoded


@pytest.mark.parametrize(
    "address",
    ["", "example.com", "javascript:alert(1)", "ftp://example.com/", "https://a:b@example.com/", "https://\n"],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(FieldRefused, match=r"^address: "):
        WebAddress(address)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20))
def test_whatever_the_path_the_host_stays(path: str) -> None:
    encoded = WebAddress(f"https://example.com/{path}").encode()
    assert encoded.startswith("https://example.com/")
    assert "\\" not in encoded
    assert encoded.isascii()
    assert encoded.isprintable()


def test_an_address_is_a_uri() -> None:
    assert parts(WebAddress("https://example.com/a?b=ü&c=+").encode()) == (
        "https",
        "//example.com/a",
        [("b", "ü"), ("c", "+")],
    )
