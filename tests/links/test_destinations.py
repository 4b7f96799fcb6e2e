"""A destination is what a browser would open, written in a form that is safe in a header, or a clear refusal."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.destinations import MAX_LENGTH, DestinationRefused, parse
from tests import corpora

PRINTABLE_ASCII = re.compile(r"[!-~]+")


def parsed_or_none(text: str) -> str | None:
    try:
        return parse(text)
    except DestinationRefused:
        return None


@pytest.mark.parametrize(
    ("text", "serialised"),
    [
        ("https://example.com", "https://example.com/"),
        ("  https://example.com/menu \r\n", "https://example.com/menu"),
        ("\u00a0https://example.com/menu\u3000", "https://example.com/menu"),
        ("HTTPS://EXAMPLE.com:443/Menu", "https://example.com/Menu"),
        ("http://example.com:8080/a/../b", "http://example.com:8080/b"),
        (
            "https://münchen.example/straße?größe=1#ü",
            "https://xn--mnchen-3ya.example/stra%C3%9Fe?gr%C3%B6%C3%9Fe=1#%C3%BC",
        ),
        ("https://example.com/my file.pdf", "https://example.com/my%20file.pdf"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("https://example.com/a%0d%0ab", "https://example.com/a%0d%0ab"),
    ],
)
def test_serialises_as_a_browser_does(text: str, serialised: str) -> None:
    assert parse(text) == serialised


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "https://example.com/menu"),
        (" \n", "https://example.com/menu"),
        ("menu", "not a web address"),
        ("/menu.html", "not a web address"),
        ("//", "not a web address"),
        ("somebody@example.com", "not a web address"),
        ("example.com/menu", "Write https://example.com/menu"),
        ("example.com:8080/menu", "Write https://example.com:8080/menu"),
        ("localhost:8000", "Write https://localhost:8000/"),
        ("//example.com", "Write https://example.com/"),
        ("javascript:alert(1)", "not with “javascript:”"),
        ("mailto:somebody@example.com", "not with “mailto:”"),
        ("tel:12345", "not with “tel:”"),
        ("file:///etc/passwd", "not with “file:”"),
        ("htps://example.com", "not with “htps:”"),
        ("https://", "Browsers do not accept"),
        ("https://exa mple.com/", "Browsers do not accept"),
        ("https://example.com:99999/", "Browsers do not accept"),
        ("https://1.2.3.4.5/", "Browsers do not accept"),
        ("https://user:secret@example.com/", "user name or password"),
        ("https://user@example.com/", "user name or password"),
        ("https://example.com/\r\nSet-Cookie: a=b", "U+000D"),
        ("https://exam\tple.com/", "Character 13"),
        ("https://example.com/\ud800", "U+D800"),
        ("https://example.com/" + "a" * MAX_LENGTH, f"at most {MAX_LENGTH}"),
        ("https://example.com/" + "ü" * 400, "has 2420 characters"),
    ],
)
def test_refuses_and_says_what_to_change(text: str, advice: str) -> None:
    with pytest.raises(DestinationRefused, match=re.escape(advice)):
        parse(text)


def test_the_longest_address_is_accepted() -> None:
    longest = "https://example.com/".ljust(MAX_LENGTH, "a")
    assert parse(longest) == longest


def test_refuses_what_browsers_refuse() -> None:
    refusable = [entry for entry in url_entries() if entry.get("failure")]
    assert len(refusable) > 200
    assert [entry["input"] for entry in refusable if parsed_or_none(entry["input"]) is not None] == []


def test_serialises_every_browser_example_exactly() -> None:
    examples = [entry for entry in url_entries() if could_be_a_destination(entry)]
    assert len(examples) > 100
    assert [(entry, parsed_or_none(entry["input"])) for entry in examples if differs(entry)] == []


def url_entries() -> list[dict[str, Any]]:
    return [entry for entry in corpora.entries("urltestdata.json") if isinstance(entry, dict)]


def could_be_a_destination(entry: dict[str, Any]) -> bool:
    """Absolute, http or https, no credentials, and no control characters: browsers drop those, we ask."""
    return (
        entry.get("protocol") in ("http:", "https:")
        and not (entry["username"] or entry["password"])
        and (entry["base"] is None or re.match(r"(?i)https?://", entry["input"].strip()) is not None)
        and not any(unicodedata.category(character) in ("Cc", "Cs") for character in entry["input"].strip())
    )


def differs(entry: dict[str, Any]) -> bool:
    return bool(parsed_or_none(entry["input"]) != entry["href"])


@pytest.mark.parametrize("corpus", ["crlf.txt", "open_redirects.txt", "open_redirect_wordlist.txt"])
def test_attacks_never_reach_a_header(corpus: str) -> None:
    for attack in corpora.lines(corpus):
        for text in (attack, "https://example.com" + attack, "https://example.com/?next=" + attack):
            result = parsed_or_none(text)
            assert result is None or (PRINTABLE_ASCII.fullmatch(result) and parse(result) == result), text


near_addresses = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["https://", "http://", "HTTPS:", "//", ""]),
        st.text(max_size=12),
        st.sampled_from(["example.com", "[::1]", "127.1", "ü.example", "a_b.example:81", ""]),
        st.sampled_from(["/", "?", "#", "\\", "@", "\r\n", "%0d%0a", ""]),
        st.text(max_size=40),
    ),
)


@given(near_addresses | st.text())
def test_every_result_is_printable_and_stays_as_it_is(text: str) -> None:
    if (result := parsed_or_none(text)) is not None:
        assert PRINTABLE_ASCII.fullmatch(result)
        assert result.startswith(("http://", "https://"))
        assert parse(result) == result
