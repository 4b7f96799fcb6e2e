"""Pixels are those that the SVG shows, say how large they are meant to be, and are refused before they fill memory."""

from dataclasses import replace
from io import BytesIO
from typing import Any, get_args

import pytest
import resvg_py
from PIL import Image, ImageChops

from links.qr import frames, raster, svg
from links.qr.art import Art, Bitmap, Fill, Solid
from links.qr.matrix import Symbol
from links.qr.payloads.fields import FieldRefused
from links.qr.presets import PRESETS
from links.qr.shapes import compose
from links.qr.styles import Frame, Gradient, Logo, ModuleShape, Style
from tests.links.qr.pictures import logo_png, scanned
from tests.links.qr.samples import typeface

SYMBOL = Symbol.of("https://Q.EXAMPLE.COM/ABC123", at_least="Q")
STOPS = ((0, "#ff0000"), (0.3, "#00ff00"), (1, "#0000ff"))
LINEAR, RADIAL = Gradient("linear", STOPS, 30), Gradient("radial", STOPS)
STYLES: dict[str, Style] = PRESETS | {
    "crisp radial": Style(foreground=RADIAL),
    "crisp linear": Style(foreground=LINEAR, background="#eeeeee"),
    "crisp colors": Style(foreground="#123456", background="#fedcba"),
    "crisp eyes": Style(eye_frame_color="#ff0000", eye_ball_color="#00ff00"),
    "both gradients": Style(foreground=RADIAL, background=LINEAR),
    "no background": Style(modules="dots", foreground=RADIAL, background=None),
    "crisp, no background": Style(background=None),
    "logo": Style(modules="rounded", foreground=LINEAR, logo=Logo(logo_png(40, 30), 0.2, 1, "rounded")),
}


def shown(art: Art, scale: int) -> Image.Image:
    """What a program that knows SVG makes of the file, gradients and all."""
    drawn = svg.draw(art, width=art.width * scale).decode()
    return Image.open(BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=drawn)))).convert("RGBA")


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("scale", [1, 3, 8])
def test_pixels_are_those_of_the_svg(name: str, scale: int) -> None:
    """Two levels of 255 apart at most, as gradients are rounded in two ways."""
    art = compose(SYMBOL, STYLES[name])
    image, other = raster.draw(art, scale=scale).convert("RGBA"), shown(art, scale)
    assert image.size == other.size
    ground = Image.new("RGBA", image.size, "white")
    seen, expected = (Image.alpha_composite(ground, each).convert("RGB") for each in (image, other))
    assert max(highest for _, highest in ImageChops.difference(seen, expected).getextrema()) <= 3  # type: ignore[misc]


@pytest.mark.parametrize("dot_size", [0.55, 1])
@pytest.mark.parametrize("shape", get_args(ModuleShape))
def test_stamped_modules_are_those_drawn_outline_by_outline(shape: ModuleShape, dot_size: float) -> None:
    """With eyes of their own, a gradient, and a logo's gap."""
    style = Style(
        modules=shape, dot_size=dot_size, eye_frame="leaf", eye_ball="circle", foreground=RADIAL, background=None
    )
    art = compose(SYMBOL, replace(style, logo=Logo(logo_png(40, 30), 0.2, 1)))
    whole = replace(art, layers=tuple(map(_by_outlines, art.layers)))
    for scale in (1, 5, 12):
        stamped, drawn = (raster.draw(each, scale=scale).convert("RGBA") for each in (art, whole))
        assert max(highest for _, highest in ImageChops.difference(stamped, drawn).getextrema()) <= 3  # type: ignore[misc]


def _by_outlines(layer: Fill | Bitmap) -> Fill | Bitmap:
    return replace(layer, modules=None) if isinstance(layer, Fill) else layer


def test_modules_are_stamped_inside_of_a_frame_too() -> None:
    style = Style(modules="rounded", eye_frame="rounded", foreground=LINEAR)
    art = frames.framed(compose(SYMBOL, style), Frame("label-above", "Scan me"), typeface())
    assert [layer.modules.x for layer in art.layers if isinstance(layer, Fill) and layer.modules] == [art.symbol_x + 4]
    seen, expected = (image.convert("RGB") for image in (raster.draw(art, scale=4), shown(art, 4)))
    assert max(highest for _, highest in ImageChops.difference(seen, expected).getextrema()) <= 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "fill",
    [
        Fill("M1 1h6v6h-6zM2 2h4v4h-4z", Solid("#000000"), is_even_odd=True, is_crisp=True),
        Fill("M1 1h6v6h-6zM2 2v4h4v-4z", Solid("#000000"), is_crisp=True),
        Fill("M1 1h9v6h-9z", Solid("#000000"), is_crisp=True),
        Fill("M1 1h6v9h-6z", Solid("#000000"), is_crisp=True),
        Fill("M1 1h6v2l-6 4z", Solid("#000000")),
        Fill("M1 1h6v6h-5z", Solid("#000000"), is_crisp=True),
    ],
)
def test_what_is_more_than_rectangles_is_no_less_exact(fill: Fill) -> None:
    art = Art(8, 8, (Fill("M0 0h8v8h-8z", Solid("#ffffff"), is_crisp=True), fill), "")
    for scale in (1, 4):
        assert raster.draw(art, scale=scale).convert("RGBA").tobytes() == shown(art, scale).tobytes()


def test_a_picture_of_nothing_is_transparent() -> None:
    assert raster.draw(Art(2, 3, (), ""), scale=2).getcolors() == [(24, (0, 0, 0, 0))]


@pytest.mark.parametrize(
    ("style", "mode"),
    [
        (Style(), "1"),
        (Style(foreground="#123456"), "P"),
        (Style(foreground=RADIAL), "P"),
        (Style(modules="dots"), "RGB"),
        (Style(background=None), "RGBA"),
    ],
)
def test_no_more_bits_than_a_picture_needs(style: Style, mode: str) -> None:
    assert raster.draw(compose(SYMBOL, style), scale=3).mode == mode


def test_a_picture_of_broken_modules_ends_with_a_whole_pixel() -> None:
    art = Art(10, 4.3, (Fill("M0 0h10v4.3h-10z", Solid("#ff0000")),), "")
    image = raster.draw(art, scale=2)
    assert image.size == (20, 9)
    assert image.convert("RGB").getpixel((19, 7)) == (255, 0, 0)


@pytest.mark.parametrize("style", [Style(), Style(foreground=RADIAL), Style(modules="dots")])
@pytest.mark.parametrize("dpi", [300, 600])
def test_files_say_how_many_dots_an_inch_has(style: Style, dpi: int) -> None:
    image = raster.draw(compose(SYMBOL, style), scale=3)
    for encode in (raster.png, raster.jpeg):
        assert opened(encode(image, dpi=dpi)).info["dpi"] == pytest.approx((dpi, dpi), abs=0.1)
    exif = opened(raster.webp(image, dpi=dpi)).getexif()
    assert [exif[tag] for tag in (0x011A, 0x011B, 0x0128)] == [dpi, dpi, 2]


@pytest.mark.parametrize("style", [Style(), Style(foreground=RADIAL), Style(modules="dots"), Style(background=None)])
def test_png_and_webp_lose_nothing(style: Style) -> None:
    image = raster.draw(compose(SYMBOL, style), scale=3)
    for encode in (raster.png, raster.webp):
        assert opened(encode(image)).convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


def test_what_is_transparent_is_white_in_a_jpeg() -> None:
    image: Any = opened(raster.jpeg(raster.draw(compose(SYMBOL, Style(background=None)), scale=3)))
    assert image.convert("L").getpixel((0, 0)) == 255
    assert scanned(raster.png(image)).text == SYMBOL.text


def test_jpeg_keeps_colors_at_full_resolution() -> None:
    image: Any = opened(raster.jpeg(raster.draw(compose(SYMBOL, Style(foreground="#c62828")), scale=3)))
    assert {component[1:3] for component in image.layer} == {(1, 1)}


@pytest.mark.parametrize(
    ("style", "most"),
    [
        (Style(), raster.MAX_FLAT_PIXELS),
        (Style(foreground=RADIAL), raster.MAX_PIXELS),
        (Style(modules="dots"), raster.MAX_PIXELS),
    ],
)
def test_what_fills_memory_is_refused_before_it_is_drawn(style: Style, most: int) -> None:
    art = compose(SYMBOL, style)
    with pytest.raises(FieldRefused) as refused:
        raster.draw(art, scale=10**6)
    assert refused.value.field == "scale"
    fitting = int(refused.value.advice.split()[3])
    assert (art.width * fitting) ** 2 <= most < (art.width * (fitting + 1)) ** 2
    with pytest.raises(FieldRefused, match=f"more than {most:,} pixels"):
        raster.draw(art, scale=int((most / art.width / art.height) ** 0.5) + 1)


def test_a_flat_picture_without_a_ground_is_blended_all_the_same() -> None:
    art = compose(SYMBOL, Style(background=None))
    with pytest.raises(FieldRefused, match=f"more than {raster.MAX_PIXELS:,} pixels"):
        raster.draw(art, scale=int((raster.MAX_FLAT_PIXELS / art.width / art.height) ** 0.5))


def opened(file: bytes) -> Image.Image:
    return Image.open(BytesIO(file))
