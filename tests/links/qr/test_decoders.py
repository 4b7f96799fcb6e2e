"""Every shape and every preset is read back exactly, at every level, in several sizes and in every format of pixels."""

from functools import cache
from typing import get_args

import pytest

from links.qr import raster
from links.qr.matrix import Level, Symbol
from links.qr.presets import PRESETS
from links.qr.shapes import compose
from links.qr.style_checks import check
from links.qr.styles import EyeShape, Gradient, GradientKind, Logo, LogoShape, ModuleShape, Style
from tests.links.qr.pictures import logo_png, scanned

TEXT = "https://Q.EXAMPLE.COM/ABC123"
LEVELS = get_args(Level)
ENCODERS = {"png": raster.png, "jpeg": raster.jpeg, "webp": raster.webp}
SCALES = (2, 3, 4, 10)


@cache
def symbol_of(level: Level) -> Symbol:
    return Symbol.of(TEXT, level=level)


def check_read_back(style: Style, level: Level, scale: int) -> None:
    image = raster.draw(compose(symbol_of(level), style), scale=scale)
    for name, encode in ENCODERS.items():
        read = scanned(encode(image))
        assert read, (name, scale)
        assert (read.text, read.ec_level) == (TEXT, level), (name, scale)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("eye", get_args(EyeShape))
@pytest.mark.parametrize("shape", get_args(ModuleShape))
def test_every_shape(shape: ModuleShape, eye: EyeShape, level: Level) -> None:
    for scale in SCALES:
        check_read_back(Style(modules=shape, eye_frame=eye, eye_ball=eye), level, scale)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", PRESETS)
def test_every_preset(name: str, level: Level) -> None:
    check(PRESETS[name])
    for scale in SCALES:
        check_read_back(PRESETS[name], level, scale)


@pytest.mark.parametrize("kind", get_args(GradientKind))
def test_gradients_on_both_sides(kind: GradientKind) -> None:
    dark = Gradient(kind, ((0, "#4a148c"), (0.5, "#b71c1c"), (1, "#0d47a1")), 30)
    light = Gradient("radial", ((0, "#ffffff"), (1, "#e0f7fa")))
    for shape in get_args(ModuleShape):
        check_read_back(Style(modules=shape, foreground=dark, background=light), "M", 4)


@pytest.mark.parametrize("level", ["Q", "H"])
@pytest.mark.parametrize("shape", get_args(LogoShape))
def test_a_logo_in_the_middle(shape: LogoShape, level: Level) -> None:
    check_read_back(Style(logo=Logo(logo_png(20, 20), 0.2, 0.5, shape)), level, 4)


@pytest.mark.parametrize("length", [100, 300, 1000, 2331])
@pytest.mark.parametrize("style", [Style(), PRESETS["Dusk"], PRESETS["Dots"]])
def test_large_symbols(length: int, style: Style) -> None:
    text = "a/B1" * (length // 4) + "x" * (length % 4)
    read = scanned(raster.png(raster.draw(compose(Symbol.of(text), style), scale=4)))
    assert read.text == text


def test_a_decoder_that_reads_everything_would_prove_nothing() -> None:
    hidden = Style(foreground="#f4f4f4", modules="dots", dot_size=0.2)
    assert scanned(raster.png(raster.draw(compose(symbol_of("M"), hidden), scale=3))) is None
