"""The payload is cut so that it costs the fewest bits, and says exactly what it was given."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode import util

from links.qr.segments import Mode, Segment, bits, cheapest_segments, in_capitals

URL = "https://Q.EXAMPLE.COM/ABC123"
VERSIONS = (1, 9, 10, 26, 27, 40)


@pytest.mark.parametrize(
    ("url", "capitals"),
    [
        ("https://q.example.com/abc123", "https://Q.EXAMPLE.COM/ABC123"),
        ("http://127.0.0.1:8000/ABC123", "http://127.0.0.1:8000/ABC123"),
        ("http://[::a]:8000/ABC123", "http://[::A]:8000/ABC123"),
    ],
)
def test_the_scheme_stays_in_lower_case(url: str, capitals: str) -> None:
    assert in_capitals(url) == capitals


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        (URL, (("byte", "https"), ("alphanumeric", "://Q.EXAMPLE.COM/ABC123"))),
        ("http://Q.EXAMPLE.COM:8080/A", (("byte", "http"), ("alphanumeric", "://Q.EXAMPLE.COM:8080/A"))),
        ("http://[::1]:8000/ABC123", (("byte", "http://[::1]"), ("alphanumeric", ":8000/ABC123"))),
        ("https://A_B/AB", (("byte", "https://A_B/AB"),)),
        ("https://q.example.com/menu", (("byte", "https://q.example.com/menu"),)),
        ("ABC123", (("alphanumeric", "ABC123"),)),
        ("", (("byte", ""),)),
    ],
)
def test_cuts_where_it_saves_bits(text: str, segments: tuple[Segment, ...]) -> None:
    assert cheapest_segments(text, version=2) == segments


def test_the_mixed_payload_saves_what_the_design_says() -> None:
    assert bits((("byte", URL),), 2) == 236
    assert bits((("byte", "https://"), ("alphanumeric", URL[8:])), 2) == 199
    assert bits(cheapest_segments(URL, 2), 2) == 192


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("8005551234", (("numeric", "8005551234"),)),
        ("tel:+18005551234", (("byte", "tel:+"), ("numeric", "18005551234"))),
        ("https://Q.EXAMPLE.COM/1234567", (("byte", "https"), ("alphanumeric", "://Q.EXAMPLE.COM/1234567"))),
        (
            "https://Q.EXAMPLE.COM/12345678",
            (("byte", "https"), ("alphanumeric", "://Q.EXAMPLE.COM/"), ("numeric", "12345678")),
        ),
    ],
)
def test_digits_stand_apart_where_that_is_cheaper(text: str, segments: tuple[Segment, ...]) -> None:
    assert cheapest_segments(text, version=2) == segments


NUMBERS: dict[Mode, Literal[1, 2, 4]] = {"numeric": 1, "alphanumeric": 2, "byte": 4}
MODES: dict[Mode, str] = {"numeric": "0123456789", "alphanumeric": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"}
texts = st.text("aÿ€A/:012", min_size=1, max_size=7) | st.lists(
    st.sampled_from(["a", "AB", "12345", "1234567890123", "€", "CDEFGHIJ", "K"]), min_size=1, max_size=5
).map("".join)


def every_segmentation(text: str) -> Iterator[tuple[Segment, ...]]:
    """Every way to cut a text, with the narrowest mode for each piece: a wider one is another cut's or dearer."""
    for count in range(len(text)):
        for inner in combinations(range(1, len(text)), count):
            ends = (0, *inner, len(text))
            pieces = (text[start:end] for start, end in pairwise(ends))
            yield tuple((narrowest(piece), piece) for piece in pieces)


def narrowest(piece: str) -> Mode:
    return next((mode for mode, alphabet in MODES.items() if set(piece) <= set(alphabet)), "byte")


@settings(deadline=None)
@given(st.text("aÿ€A/:012", min_size=1, max_size=9), st.sampled_from(VERSIONS))
def test_no_other_segmentation_is_cheaper(text: str, version: int) -> None:
    segments = cheapest_segments(text, version)
    assert "".join(part for _, part in segments) == text
    assert bits(segments, version) == min(bits(each, version) for each in every_segmentation(text))


runs = st.lists(st.sampled_from(["a", "A", "1"]).flatmap(lambda kind: st.integers(1, 20).map(kind.__mul__)), min_size=1)


@given(runs.map("".join), st.sampled_from(VERSIONS))
def test_no_other_way_through_the_characters_is_cheaper(text: str, version: int) -> None:
    """The same question for long texts, answered character by character with every open pair and triple in view."""
    assert bits(cheapest_segments(text, version), version) == cheapest_by_character(text, version)


def cheapest_by_character(text: str, version: int) -> int:
    """Least bits; a state is the mode and how many characters of its last group are open."""
    steps: dict[Mode, tuple[int, ...]] = {"numeric": (4, 3, 3), "alphanumeric": (6, 5), "byte": (8,)}
    states: dict[tuple[Mode, int] | None, int] = {None: 0}
    for character in text:
        after: dict[tuple[Mode, int] | None, int] = {}
        for mode, costs in steps.items():
            if mode != "byte" and character not in MODES[mode]:
                continue
            head = bits(((mode, ""),), version)
            for state, cost in states.items():
                ways = [((mode, 1 % len(costs)), cost + head + costs[0])]
                if state and state[0] == mode:
                    ways.append(((mode, (state[1] + 1) % len(costs)), cost + costs[state[1]]))
                for way, price in ways:
                    after[way] = min(price, after.get(way, price))
        states = after
    return min(states.values())


@settings(deadline=None)
@given(texts, st.sampled_from(VERSIONS))
def test_bits_are_what_the_encoder_writes(text: str, version: int) -> None:
    segments = cheapest_segments(text, version)
    buffer = util.BitBuffer()
    for mode, part in segments:
        data = util.QRData(part.encode(), mode=NUMBERS[mode])
        buffer.put(data.mode, 4)
        buffer.put(len(data), util.length_in_bits(data.mode, version))
        data.write(buffer)
    assert len(buffer) == bits(segments, version)
