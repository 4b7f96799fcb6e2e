"""Letters become shapes of the right size and place; what the font cannot draw is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.qr import paths
from links.qr.payloads.fields import FieldRefused
from tests.links.qr.samples import typeface

texts = st.text("ABCabcÄßéŁŞΩψЖїґ 0123-’", min_size=1, max_size=12).filter(str.strip)


@given(texts, st.floats(-50, 50), st.floats(-50, 50), st.floats(0.5, 20))
def test_an_outline_stands_on_its_baseline(text: str, x: float, y: float, size: float) -> None:
    face = typeface()
    left, top, right, bottom = paths.bounds(face.outline(text, x, y, size))
    # Letters may lean a little out of their width, and reach below the line and above capitals.
    assert x - 0.15 * size <= left < right <= x + (face.width(text) + 0.15) * size
    assert y - 1.1 * size <= top < bottom <= y + 0.35 * size


@given(texts, st.floats(0.5, 20))
def test_a_moved_outline_is_the_outline_elsewhere(text: str, size: float) -> None:
    face = typeface()
    here = [number for _, points in paths.steps(face.outline(text, 0, 0, size)) for number in points]
    there = [number for _, points in paths.steps(face.outline(text, 3, 3, size)) for number in points]
    assert there == pytest.approx([number + 3 for number in here], abs=3e-4)


def test_capitals_have_the_height_that_is_said() -> None:
    face = typeface()
    _, top, _, bottom = paths.bounds(face.outline("H", 0, 0, 1))
    assert (-top, bottom) == pytest.approx((face.cap_height, 0))
    assert 0.7 < face.cap_height < 0.75


def test_pairs_are_brought_together() -> None:
    face = typeface()
    assert face.width("AV") < face.width("A") + face.width("V") - 0.02
    assert face.width("HH") == pytest.approx(2 * face.width("H"))


def test_holes_are_contours_of_their_own() -> None:
    assert typeface().outline("Ö8", 0, 0, 1).count("M") == 4 + 3


@pytest.mark.parametrize("text", ["Größe", "Łódź", "Ğüneş", "Ψηφίο", "Їжак ґанок", "Виж менюто", "Télé—«œuf»", "€ ’ –"])
def test_latin_greek_and_cyrillic_can_be_drawn(text: str) -> None:
    typeface().check("frame.text", text)
    assert typeface().outline(text, 0, 0, 1)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("漢字 A", ["漢", "字", "U+6F22"]),
        ("שלום", ["ש", "ם"]),
        ("مرحبا", ["م"]),
        ("हिन्दी", ["ह"]),
        ("q\u0302", ["U+0302"]),
        ("party 🎉", ["🎉", "U+1F389"]),
    ],
)
def test_what_cannot_be_drawn_is_named(text: str, named: list[str]) -> None:
    with pytest.raises(FieldRefused) as refused:
        typeface().check("frame.text", text)
    assert refused.value.field == "frame.text"
    for part in named:
        assert part in refused.value.advice
    assert "“A”" not in refused.value.advice


def test_letters_with_marks_are_composed_first() -> None:
    face = typeface()
    face.check("caption", "e\u0301")
    assert face.outline("e\u0301", 0, 0, 1) == face.outline("é", 0, 0, 1)
