"""Frames and captions stand around a symbol and never on it; their texts fit and can be read, in many languages."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.qr import frames, paths, raster
from links.qr.art import Art, Bitmap, Fill, Linear, Solid
from links.qr.frame_designs import DESIGNS
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Frame
from tests.links.qr.samples import BLACK, LINEAR, RADIAL, symbol_art, typeface

WHITE = Solid("#ffffff")
SCALE = 3


def blank(width: int) -> Art:
    """As wide as a symbol with its quiet zone, without modules: frames do not look at them."""
    return Art(width, width, (Fill(paths.rectangle(0, 0, width, width), WHITE, is_crisp=True),), "")


SMALL, LARGE = blank(29), blank(185)
TEXTS = [(purpose, language) for purpose, texts in frames.calls_to_action().items() for language in texts]


def framed(art: Art, design: str = "label-below", text: str = "Scan me", **changes: str) -> Art:
    return frames.framed(art, Frame(design, text, **changes), typeface())


def fills_of(art: Art, without: Art) -> list[Fill]:
    """What a frame added, in the order it is drawn."""
    inside = {layer.path for layer in without.layers if isinstance(layer, Fill)}
    dx, dy = art.symbol_x - without.symbol_x, art.symbol_y - without.symbol_y
    inside = {paths.moved(path, dx, dy) for path in inside}
    return [layer for layer in art.layers if isinstance(layer, Fill) and layer.path not in inside]


@pytest.mark.parametrize("art", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_touches_the_symbol_and_its_quiet_zone(design: str, art: Art) -> None:
    result = framed(art, design, color="#b3261e")
    corner = int(result.symbol_x) * SCALE, int(result.symbol_y) * SCALE
    drawn = raster.draw(result, scale=SCALE).convert("RGBA")
    zone = drawn.crop((*corner, corner[0] + int(art.width) * SCALE, corner[1] + int(art.height) * SCALE))
    assert zone.tobytes() == raster.draw(art, scale=SCALE).convert("RGBA").tobytes()
    # And something is drawn around it, or this would say nothing.
    assert (0xB3, 0x26, 0x1E, 255) in {color for _, color in drawn.getcolors(1 << 24) or []}


@pytest.mark.parametrize("art", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("design", DESIGNS)
def test_everything_lies_inside_and_modules_stay_whole_pixels(design: str, art: Art) -> None:
    result = framed(art, design)
    for number in (result.width, result.height, result.symbol_x, result.symbol_y):
        assert number == int(number)
    for layer in result.layers:
        assert isinstance(layer, Fill)
        left, top, right, bottom = paths.bounds(layer.path)
        assert left >= -1e-3
        assert top >= -1e-3
        assert right <= result.width + 1e-3
        assert bottom <= result.height + 1e-3


@pytest.mark.parametrize("design", DESIGNS)
def test_each_text_in_each_language_fits_each_design(design: str) -> None:
    for art in (SMALL, LARGE):
        for purpose, language in TEXTS:
            text = frames.calls_to_action()[purpose][language]
            label = framed(art, design, text).layers[-1]
            assert isinstance(label, Fill)
            assert paths.bounds(label.path)[2] - paths.bounds(label.path)[0] > art.width / 8


@given(st.sampled_from(sorted(DESIGNS)), st.integers(29, 185), st.integers(29, 220))
def test_layouts_hold_for_every_size(design: str, width: int, height: int) -> None:
    layout = DESIGNS[design](width, height, "#000000", "#ffffff")
    picture, label = layout.picture, layout.label
    assert (picture.width, picture.height) == (width, height)
    for number in (layout.width, layout.height, picture.x, picture.y):
        assert number == int(number) >= 0
    assert picture.x + width <= layout.width
    assert 0 <= label.x < label.x + label.width <= layout.width
    assert 0 <= label.y < label.y + label.height <= layout.height
    assert label.y + label.height <= picture.y or label.y >= picture.y + height
    for layer in layout.shapes:
        left, top, right, bottom = paths.bounds(layer.path)
        assert -1e-3 <= left <= right <= layout.width + 1e-3
        assert -1e-3 <= top <= bottom <= layout.height + 1e-3


def test_the_same_purposes_exist_in_the_same_languages() -> None:
    texts = frames.calls_to_action()
    assert {"scan", "menu", "app", "pay", "wifi"} <= set(texts)
    languages = set(texts["scan"])
    assert {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "el", "uk"} <= languages
    assert all(set(by_language) == languages for by_language in texts.values())


def test_what_is_inside_keeps_its_look() -> None:
    art = symbol_art(RADIAL, LINEAR, with_bitmap=True)
    result = framed(art, "ribbon")
    ground, symbol, bitmap = [layer for layer in result.layers if layer not in fills_of(result, art)][-3:]
    dx, dy = result.symbol_x, result.symbol_y
    assert isinstance(ground, Fill)
    assert ground.paint == Linear(4 + dx, 4 + dy, 29 + dx, 29 + dy, LINEAR.stops)
    assert isinstance(symbol, Fill)
    assert symbol.paint == replace(RADIAL, x=RADIAL.x + dx, y=RADIAL.y + dy)
    assert symbol.is_crisp
    original = art.layers[-1]
    assert isinstance(original, Bitmap)
    assert isinstance(bitmap, Bitmap)
    assert (bitmap.x, bitmap.y) == (original.x + dx, original.y + dy)
    assert paths.bounds(bitmap.clip or "")[:2] == pytest.approx((original.x + dx, original.y + dy), abs=1e-3)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_ground_goes_on_under_the_frame_and_only_where_there_is_one(design: str) -> None:
    cream = Solid("#ffeecc")
    lowest, *_ = framed(symbol_art(ground=cream), design).layers
    assert isinstance(lowest, Fill)
    assert lowest.paint == cream
    transparent = framed(symbol_art(), design)
    assert all(layer.paint != cream for layer in transparent.layers if isinstance(layer, Fill))


def test_a_frame_and_a_caption_go_together() -> None:
    art = symbol_art(ground=WHITE)
    result = framed(frames.captioned(art, "q.example.com/abc123", typeface()), "badge")
    assert result.height > framed(art, "badge").height
    assert result.symbol_y == framed(art, "badge").symbol_y
    assert result.title == art.title


@pytest.mark.parametrize("design", DESIGNS)
def test_a_caption_below_a_frame_without_ground_paints_nothing_behind_the_code(design: str) -> None:
    art = symbol_art()
    below = frames.captioned(framed(art, design, color="#b3261e"), "q.example.com/abc123", typeface())
    x, y = int(below.symbol_x), int(below.symbol_y)
    quiet = raster.draw(below, scale=1).crop((x, y, x + int(art.width), y + 4))
    assert quiet.getchannel("A").getextrema() == (0, 0)


def test_a_caption_stands_below_within_the_symbols_width() -> None:
    art = symbol_art(ground=WHITE)
    result = frames.captioned(art, "q.example.com/abc123", typeface())
    label = result.layers[-1]
    assert isinstance(label, Fill)
    left, top, right, bottom = paths.bounds(label.path)
    assert 4 <= left < right <= art.width - 4
    assert left - 4 == pytest.approx(art.width - 4 - right, abs=0.3)
    assert art.height <= top < bottom <= result.height
    assert label.paint == BLACK
    assert (result.symbol_x, result.symbol_y, result.width) == (0, 0, art.width)
    assert paths.bounds(result.layers[0].path) == (0, 0, result.width, result.height)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "field", "advice"),
    [
        ({"design": "lasso"}, "frame.design", "label-below, label-above, badge"),
        ({"text": ""}, "frame.text", "Fill this in"),
        ({"text": "x" * 41}, "frame.text", "at most 40"),
        ({"text": "W" * 40}, "frame.text", "shorter"),
        ({"text": "扫我"}, "frame.text", "扫"),
        ({"text": "Scan\nme"}, "frame.text", "one line"),
        ({"color": "#ffff00"}, "frame.text_color", "the contrast is 1.1, at least 3"),
        ({"design": "corners", "color": "#ffff00"}, "frame.color", "from the background"),
    ],
)
def test_what_does_not_work_is_refused(changes: dict[str, str], field: str, advice: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        framed(symbol_art(), **changes)
    assert refused.value.field == field
    assert advice in refused.value.advice


@pytest.mark.parametrize(("text", "advice"), [("", "Fill this in"), ("m" * 80, "shorter"), ("ا", "Leave out")])
def test_captions_are_checked_too(text: str, advice: str) -> None:
    with pytest.raises(FieldRefused, match=advice) as refused:
        frames.captioned(symbol_art(), text, typeface())
    assert refused.value.field == "caption"


def test_contrast_is_that_of_wcag() -> None:
    assert frames.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert frames.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert frames.contrast("#ffffff", "#ff0000") == pytest.approx(4.0, abs=0.01)
