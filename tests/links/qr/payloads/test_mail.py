"""A message by mail has the recipients, subject and body that were typed, whatever stands in them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, Mail
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.strategies import emails, injections, lines, texts
from tests.links.qr.payloads.uris import decoded, parts


def parsed(uri: str) -> dict[str, list[str] | str]:
    """RFC 6068 section 2: addresses between commas, each decoded on its own; header fields after the question mark."""
    scheme, to, fields = parts(uri)
    assert scheme == "mailto"
    message: dict[str, list[str] | str] = {"to": [decoded(address) for address in to.split(",")]}
    for name, value in fields:
        assert name not in message, "a header field came twice"
        message[name] = value.split(",") if name in ("cc", "bcc") else value
    return message


def test_the_examples_of_the_rfc() -> None:
    """RFC 6068 section 6."""
    assert Mail(("chris@example.com",)).encode() == "mailto:chris@example.com"
    assert (
        Mail(("infobot@example.com",), subject="current-issue").encode()
        == "mailto:infobot@example.com?subject=current-issue"
    )
    assert (
        Mail(("infobot@example.com",), body="send current-issue\nsend index").encode()
        == "mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index"
    )
    assert (
        Mail(("joe@example.com",), cc=("bob@example.com",), body="hello").encode()
        == "mailto:joe@example.com?cc=bob@example.com&body=hello"
    )
    assert Mail(("gorby%kremvax@example.com",)).encode() == "mailto:gorby%25kremvax@example.com"
    assert Mail(("user@example.org",), subject="café").encode() == "mailto:user@example.org?subject=caf%C3%A9"


@given(st.lists(emails, min_size=1, max_size=3), st.lists(emails, max_size=2), lines, texts | injections)
def test_a_message_is_read_back(to: list[str], cc: list[str], subject: str, body: str) -> None:
    expected: dict[str, list[str] | str] = {"to": to}
    if cc:
        expected["cc"] = cc
    if subject:
        expected["subject"] = subject
    if body:
        breaks = body.replace("\r\n", "\n").replace("\u2028", "\n")
        expected["body"] = breaks.replace("\n", "\r\n")
    assert parsed(Mail(tuple(to), subject, body, tuple(cc)).encode()) == expected


@settings(deadline=None, max_examples=20)
@given(emails, texts)
def test_a_message_is_read_back_from_the_picture(to: str, body: str) -> None:
    encoded = Mail((to,), body=body).encode()
    assert read_back(encoded) == encoded


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" Name@Example.COM ", "Name@example.com"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("jürgen@example.com", "j%C3%BCrgen@example.com"),
        ("a+b@example.com", "a%2Bb@example.com"),
        ("a&cc=b@example.com", "a%26cc%3Db@example.com"),
    ],
)
def test_addresses_are_written_in_ascii(typed: str, written: str) -> None:
    assert Mail((typed,)).encode() == f"mailto:{written}"


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "@example.com", "a@", "a@b", "a..b@example.com", ".a@example.com", "a b@example.com",
        "a@b@example.com", "a,b@example.com", '"a b"@example.com', "a@example.com,b@example.com",
        "a@example.com?bcc=b@example.com", "a@[192.0.2.1]", "a@192.0.2.1", "a@0x7f.1", "a@-b.example",
        "a@example..com", "a@example.com.", "a@exa_mple.com", "a@example.com:25", "a@%65xample.com",
        "a\n@example.com", "a@example.com\nb", "<a@example.com>", "a\ud800@b.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
def test_what_is_no_address(address: str, field: str) -> None:
    recipients: dict[str, Any] = {"to": ("a@example.com",), field: (address,)}
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        Mail(**recipients)


def test_the_longest_addresses() -> None:
    domain = ".".join(["d" * 61] * 3) + ".de"  # 188 characters
    Mail(("l" * 64 + "@" + domain,))
    Mail(("l" * 63 + "@" + domain[:-2] + "d.de",))
    with pytest.raises(FieldRefused, match="at most 64 bytes before the @ and 254 in all"):
        Mail(("l" * 65 + "@example.com",))
    with pytest.raises(FieldRefused, match="254 in all"):
        Mail(("l" * 64 + "@d." + domain,))
    assert len("l" * 64 + "@d." + domain) == 255


def test_nobody_is_no_recipient() -> None:
    with pytest.raises(FieldRefused, match="to: Name at least one recipient"):
        Mail(())


def test_a_subject_is_one_line() -> None:
    with pytest.raises(FieldRefused, match=r"^subject: "):
        Mail(("a@example.com",), subject="a\nb")
