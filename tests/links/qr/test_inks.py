"""Colours in print are those of the screen, with as little ink as they allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from links.qr import inks
from links.qr.art import Radial
from tests.links.qr.samples import LINEAR

channels = st.integers(0, 255)


def parts(text: str) -> list[float]:
    return [float(part) for part in text.split()]


@pytest.mark.parametrize(
    ("color", "cmyk"),
    [
        ("#000000", "0 0 0 1"),
        ("#ffffff", "0 0 0 0"),
        ("#808080", "0 0 0 0.498"),
        ("#ff0000", "0 1 1 0"),
        ("#00ffff", "1 0 0 0"),
    ],
)
def test_black_and_grey_are_black_ink_alone(color: str, cmyk: str) -> None:
    assert inks.operands(color, "cmyk") == cmyk


@given(channels, channels, channels)
def test_inks_give_the_colour_back(red: int, green: int, blue: int) -> None:
    color = f"#{red:02x}{green:02x}{blue:02x}"
    rgb = parts(inks.operands(color, "rgb"))
    assert [round(part * 255) for part in rgb] == [red, green, blue]
    *shares, black = parts(inks.operands(color, "cmyk"))
    # As PDF and PostScript turn inks into light.
    assert [1 - min(1, share + black) for share in shares] == pytest.approx(rgb, abs=2e-4)
    assert min(shares) == 0


@given(channels, channels, channels)
def test_pixels_follow_the_same_rule(red: int, green: int, blue: int) -> None:
    image = Image.new("RGB", (1, 1), (red, green, blue))
    assert inks.pixels(image, "rgb") == bytes((red, green, blue))
    expected = [part * 255 for part in parts(inks.operands(f"#{red:02x}{green:02x}{blue:02x}", "cmyk"))]
    assert list(inks.pixels(image, "cmyk")) == pytest.approx(expected, abs=0.1)


def test_a_gradient_has_a_function_for_each_change() -> None:
    dictionary = inks.shading(LINEAR, "rgb")
    assert dictionary.count("/FunctionType 2") == 3  # two stops at one place change at once
    assert "/Bounds [0.2 0.5]" in dictionary
    assert "/ShadingType 2 /ColorSpace /DeviceRGB /Coords [4 4 29 29]" in dictionary
    assert "/Extend [true true]" in dictionary


def test_a_gradient_from_a_centre_begins_with_no_width() -> None:
    dictionary = inks.shading(Radial(5, 6, 7, ((0, "#000000"), (1, "#ffffff"))), "cmyk")
    assert "/ShadingType 3 /ColorSpace /DeviceCMYK /Coords [5 6 0 5 6 7]" in dictionary
    assert "/C0 [0 0 0 1] /C1 [0 0 0 0]" in dictionary
    assert "/Bounds []" in dictionary
