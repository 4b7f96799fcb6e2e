"""Codes: the alphabet, the canonical form, and what is never issued."""

import string

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import given
from hypothesis import strategies as st

from links import codes


def test_generated_codes_are_canonical_and_not_rude() -> None:
    for _ in range(2000):
        code = codes.generate()
        assert len(code) == codes.LENGTH
        assert set(code) <= set(codes.ALPHABET)
        assert codes.canonical(code) == code
        assert not codes.is_rude(code)


@given(st.text(alphabet=codes.ALPHABET, min_size=6, max_size=6))
def test_misread_letters_lead_to_the_same_code(code: str) -> None:
    misread = code.replace("1", "l").replace("0", "o").lower()
    assert codes.canonical(misread) == code
    assert codes.canonical(code.replace("1", "I")) == code


@given(st.text())
def test_canonical_is_idempotent_and_touches_ascii_only(text: str) -> None:
    once = codes.canonical(text)
    assert codes.canonical(once) == once
    assert [c for c in once if not c.isascii()] == [c for c in text if not c.isascii()]


@pytest.mark.parametrize("alias", ["summer-sale", "2026", "Classic", "assets-2", "a.b", "Sussex", "title"])
def test_reasonable_aliases_are_allowed(alias: str) -> None:
    assert codes.validate_alias(alias) == alias


@pytest.mark.parametrize(
    ("alias", "says"),
    [
        ("x", "2 to 64"),
        ("x" * 65, "2 to 64"),
        ("a b", "Use only"),
        ("a+b", "Use only"),
        ("a/b", "Use only"),
        ("straße", "Use only"),
        (".well-known", "Use only"),
        ("API", "page of this site"),
        ("Readyz", "page of this site"),
        ("shit", "rude"),
        ("sh1t-2", "rude"),
    ],
)
def test_a_refused_alias_is_told_why(alias: str, says: str) -> None:
    with pytest.raises(codes.AliasRefused, match=says):
        codes.validate_alias(alias)


def first_segments(resolver: URLResolver) -> set[str]:
    """The literal first path segment of every pattern in a URLconf."""
    found = set()
    for pattern in resolver.url_patterns:
        route = str(pattern.pattern)
        head = route.lstrip("^").split("/")[0].rstrip("$\\Z")
        if head and not set(head) & set("<("):
            found.add(head)
        elif isinstance(pattern, URLResolver) and not head:
            found |= first_segments(pattern)
        else:
            assert isinstance(pattern, URLPattern | URLResolver)
    return found


def test_every_first_segment_of_the_urlconf_is_never_issued() -> None:
    segments = first_segments(get_resolver())
    assert {"api", "accounts", "admin", "w", "readyz"} <= segments
    assert {s for s in segments if codes.canonical(s) not in codes.reserved()} == set()


def test_what_is_code_shaped() -> None:
    assert codes.is_code_shaped("ABC123")
    assert not codes.is_code_shaped("a" * 65)
    assert not codes.is_code_shaped("a")
    assert not any(codes.is_code_shaped(f"ab{c}") for c in string.punctuation if c not in "._~-")
