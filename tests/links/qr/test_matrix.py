"""A symbol is the smallest that holds its text, as strong as its size allows, and the same picture for ever."""

import hashlib
from typing import Any

import pytest
from qrcode import util

from links.qr import matrix
from links.qr.matrix import QUIET_ZONE, Level, Symbol, TextTooLong
from links.qr.segments import in_capitals

PLAIN = "https://q.example.com/abc123"
MIXED = in_capitals(PLAIN)
STORED = {
    "version": 2,
    "level": "M",
    "mask": 4,
    "segments": [["byte", "https"], ["alphanumeric", "://Q.EXAMPLE.COM/ABC123"]],
}


def test_capitals_save_a_version() -> None:
    assert (Symbol.of(MIXED).version, Symbol.of(PLAIN).version) == (2, 3)


def test_a_symbol_survives_storing() -> None:
    symbol = Symbol.of(MIXED)
    assert symbol.to_json() == STORED
    assert Symbol.from_json(STORED) == symbol
    assert symbol.text == MIXED


@pytest.mark.parametrize(("length", "level"), [(10, "H"), (16, "Q"), (20, "M")])
def test_error_correction_is_raised_for_free(length: int, level: str) -> None:
    """Version 1 holds 10 alphanumeric characters at H, 16 at Q and 20 at M (ISO/IEC 18004, table 7)."""
    symbol = Symbol.of("A" * length)
    assert (symbol.version, symbol.level) == (1, level)
    assert Symbol.of("A" * (length + 1)).level != level


@pytest.mark.parametrize("version", [1, 2, 6, 9, 10, 15, 26, 27, 40])
def test_a_full_symbol_and_one_character_more(version: int) -> None:
    length = (util.BIT_LIMIT_TABLE[0][version] - 4 - (8 if version < 10 else 16)) // 8
    assert Symbol.of("a" * length).version == version
    if version < 40:
        assert Symbol.of("a" * (length + 1)).version == version + 1


def test_refuses_what_no_symbol_holds() -> None:
    with pytest.raises(TextTooLong, match="2332 characters are more"):
        Symbol.of("a" * 2332)


def test_says_how_to_make_a_text_fit() -> None:
    with pytest.raises(TextTooLong, match=r"level H holds\. Shorten the text\."):
        Symbol.of("a" * 1274, level="H")


@pytest.mark.parametrize("level", ["M", "Q", "H"])
def test_a_pinned_level_is_kept_where_a_stronger_one_is_free(level: Level) -> None:
    symbol = Symbol.of("AB", level=level)
    assert (symbol.version, symbol.level) == (1, level)


@pytest.mark.parametrize(("at_least", "version", "level"), [("M", 1, "M"), ("Q", 2, "H"), ("H", 2, "H")])
def test_a_least_level_may_take_a_larger_symbol(at_least: Level, version: int, level: str) -> None:
    symbol = Symbol.of("A" * 20, at_least=at_least)
    assert (symbol.version, symbol.level) == (version, level)


def test_a_stored_symbol_never_looks_for_another_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Symbol.of(MIXED).modules()

    def another_library(*_: Any) -> int:
        raise AssertionError("the mask was searched again")

    monkeypatch.setattr(matrix, "best_mask", another_library)
    assert Symbol.from_json(STORED).modules() == drawn


def test_a_stored_symbol_is_the_same_picture_for_ever() -> None:
    """Not a snapshot to refresh: when this fails, printed codes and newly drawn ones differ."""
    picture = "\n".join("".join("#" if dark else "." for dark in row) for row in Symbol.from_json(STORED).modules())
    assert hashlib.sha256(picture.encode()).hexdigest() == (
        "69fe926dd07ac8ee75bcedd481d2e733f577357bec3957261a30ec5c604f80a9"
    )


@pytest.mark.parametrize("mask", range(8))
def test_the_stored_mask_is_drawn(mask: int) -> None:
    """Bits 3 to 5 of the format information, read where the standard puts them and with its own mask removed."""
    modules = Symbol.from_json(STORED | {"mask": mask}).modules()
    bits = [modules[QUIET_ZONE + 8][QUIET_ZONE + column] for column in (2, 3, 4)]
    assert sum(bit << (2 - place) for place, bit in enumerate(bits)) ^ 0b101 == mask


def test_the_quiet_zone_is_four_light_modules_wide() -> None:
    modules = Symbol.of(MIXED).modules()
    size = 4 * 2 + 17 + 2 * 4
    assert len(modules) == size
    assert {len(row) for row in modules} == {size}
    border = [modules[y][x] for y in range(size) for x in range(size) if not (4 <= x < size - 4 and 4 <= y < size - 4)]
    assert not any(border)
    assert modules[4][4], "the finder pattern begins right behind it"
