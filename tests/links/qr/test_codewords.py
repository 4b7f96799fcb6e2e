"""Code words are qrcode's, for every version and level and for every way to end the data."""

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode import base, util

from links.qr.codewords import capacity, codewords
from links.qr.segments import Mode, Segment, bits

LEVELS = (0, 3, 2)  # M, Q, H as the standard numbers them
NUMBERS: dict[Mode, Literal[1, 2, 4]] = {"numeric": 1, "alphanumeric": 2, "byte": 4}

pieces = st.one_of(
    st.tuples(st.just("byte"), st.text(max_size=30)),
    st.tuples(st.just("alphanumeric"), st.text("0129ABZ $%*+-./:", max_size=30)),
    st.tuples(st.just("numeric"), st.text("0123456789", max_size=30)),
)


def by_qrcode(version: int, level: int, segments: tuple[Segment, ...]) -> bytes:
    # Unchecked, as it would refuse an empty text in any mode but that of digits.
    data = [util.QRData(text.encode(), mode=NUMBERS[mode], check_data=False) for mode, text in segments]
    return bytes(util.create_data(version, level, data))


@pytest.mark.parametrize("version", range(1, 41))
@pytest.mark.parametrize("level", LEVELS)
def test_every_version_and_level(version: int, level: int) -> None:
    room = capacity(version, level)
    assert room == 8 * sum(block.data_count for block in base.rs_blocks(version, level))
    for text in ("", "a/B1" * (room // 50), "ü" * ((room - 20) // 16)):
        segments: tuple[Segment, ...] = (("byte", text),)
        assert codewords(version, level, segments) == by_qrcode(version, level, segments)


@settings(deadline=None)
@given(st.lists(pieces, max_size=4).map(tuple), st.sampled_from(LEVELS))
def test_segments_of_every_mode(segments: tuple[Segment, ...], level: int) -> None:
    version = next(each for each in (9, 12, 27, 40) if bits(segments, each) <= capacity(each, level))
    assert codewords(version, level, segments) == by_qrcode(version, level, segments)


@pytest.mark.parametrize("digits", range(19, 35))
@pytest.mark.parametrize("letters", range(4))
def test_every_way_to_end_the_data(digits: int, letters: int) -> None:
    """Version 1-M has 128 bits: the last byte is whole or not, and there is room for four zeros or for fewer."""
    segments: tuple[Segment, ...] = (("numeric", "7" * digits),)
    if letters:
        segments += (("alphanumeric", "A" * letters),)
    if bits(segments, 1) <= 128:
        assert codewords(1, 0, segments) == by_qrcode(1, 0, segments)


def test_data_that_fill_a_symbol_to_the_last_bit() -> None:
    segments: tuple[Segment, ...] = (("numeric", "7" * 34),)
    assert bits(segments, 1) == 128
    assert codewords(1, 0, segments) == by_qrcode(1, 0, segments)
