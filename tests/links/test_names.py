"""What campaigns and tags may be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.names import (
    FOLDED,
    MAX_CAMPAIGN_NAME,
    MAX_TAG_NAME,
    MAX_TAGS,
    NameRefused,
    key_of,
    parse_campaign_name,
    parse_tag,
    parse_tags,
    split_tags,
)

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=150)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("  Spring   menu ", "Spring menu"), ("Cafe\u0301", "Café"), ("№ 5", "№ 5"), ("☕", "☕")],
)
def test_names_are_stored_in_one_form(typed: str, stored: str) -> None:
    assert parse_campaign_name(typed) == stored


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b", "\u202e", "a\0b", "a\nb", "a\tb", "\ud800", "x" * (MAX_CAMPAIGN_NAME + 1)]
)
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(NameRefused):
        parse_campaign_name(text)


def test_a_tag_has_no_comma() -> None:
    with pytest.raises(NameRefused, match="comma"):
        parse_tag("a,b")


@pytest.mark.parametrize(
    ("one", "other"), [("Poster", "POSTER"), ("Grüße", "GRÜSSE"), ("Ärzte", "ärzte"), ("é", "e\u0301")]
)
def test_capitals_make_no_difference_in_any_script(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)
    assert parse_tags([one, other]) == [parse_tag(one)]


def test_typed_tags_are_split_at_commas() -> None:
    assert split_tags(" poster ,, Spring menu,POSTER,") == ["poster", "Spring menu"]
    assert split_tags(" , ") == []


def test_there_are_at_most_so_many() -> None:
    words = [f"tag {n}" for n in range(MAX_TAGS + 1)]
    assert len(parse_tags([*words[:MAX_TAGS], "TAG 0"])) == MAX_TAGS
    with pytest.raises(NameRefused, match=f"{MAX_TAGS + 1} tags"):
        parse_tags(words)


@given(ANYTHING)
def test_any_text_is_stored_within_its_columns_or_refused(text: str) -> None:
    try:
        name = parse_campaign_name(text)
    except NameRefused:
        return
    assert 0 < len(name) <= MAX_CAMPAIGN_NAME
    assert len(key_of(name)) <= MAX_CAMPAIGN_NAME * FOLDED
    assert parse_campaign_name(name) == name
    assert "\0" not in name
    name.encode()


@given(st.lists(ANYTHING, max_size=30))
def test_any_tags_survive_being_shown_and_typed_again(texts: list[str]) -> None:
    try:
        tags = parse_tags(texts)
    except NameRefused:
        return
    assert split_tags(", ".join(tags)) == tags
    assert all(len(tag) <= MAX_TAG_NAME for tag in tags)
    assert len({key_of(tag) for tag in tags}) == len(tags) <= MAX_TAGS
