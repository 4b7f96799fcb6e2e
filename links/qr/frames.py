"""Frames with a call to action around a symbol, and the readable short address below it."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from links.qr.art import Art, Bitmap, Color, Fill, Linear, Modules, Paint, Radial, Solid
from links.qr.frame_designs import DESIGNS, Box
from links.qr.lettering import Typeface
from links.qr.matrix import QUIET_ZONE
from links.qr.paths import bounds, moved, rectangle
from links.qr.payloads.fields import FieldRefused, check_line
from links.qr.styles import Frame, Style

LONGEST_LABEL = 40
LONGEST_CAPTION = 80
LEAST_CONTRAST = 3.0  # WCAG 2's ratio for large text
# An em, as a share of the picture's width: smaller letters are not read beside the symbol.
_SMALLEST_LABEL = 0.045
_SMALLEST_CAPTION = 0.03
_LARGEST_CAPTION = 0.085
# Capitals take so much of a label's height.
_CAPITALS = 0.44


@dataclass(frozen=True)
class Surroundings:
    """What a whole picture needs besides symbol and style: the line below, and what texts are set in, if any."""

    typeface: Callable[[], Typeface]
    caption: str = ""

    def around(self, art: Art, style: Style) -> Art:
        """The picture with the style's frame, and the line where the style has one; raises FieldRefused."""
        if style.frame:
            art = framed(art, style.frame, self.typeface())
        if style.has_caption and self.caption:
            art = captioned(art, self.caption, self.typeface())
        return art


@cache
def calls_to_action() -> dict[str, dict[str, str]]:
    """Texts for frames: by purpose, then by language."""
    texts: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "data" / "calls_to_action.json").read_text())
    return texts


def framed(art: Art, frame: Frame, typeface: Typeface) -> Art:
    """The picture inside a frame; raises FieldRefused for fields of `frame`. Nothing covers what is inside."""
    design = DESIGNS.get(frame.design)
    if design is None:
        raise FieldRefused("frame.design", f"Choose one of {', '.join(DESIGNS)}.")
    layout = design(art.width, art.height, frame.color, frame.text_color)
    ground = _ground(art)
    color, behind = frame.text_color, Solid(frame.color)
    if layout.label_on_ground:
        color, behind = frame.color, ground if isinstance(ground, Solid) else Solid("#ffffff")
    _check_contrast(layout.label_on_ground, color, behind.color)
    text = _fitted("frame.text", frame.text, typeface, layout.label, art.width * _SMALLEST_LABEL)
    inside = _moved(art, layout.picture.x, layout.picture.y)
    below = [Fill(layout.ground, _moved_paint(ground, layout.picture.x, layout.picture.y))] if ground else []
    return replace(
        inside,
        width=layout.width,
        height=layout.height,
        layers=(*below, *layout.shapes, *inside.layers, Fill(text, Solid(color))),
    )


def captioned(art: Art, text: str, typeface: Typeface, color: Color = "#000000") -> Art:
    """The picture with a line of text below, within the symbol's width; raises FieldRefused for `caption`."""
    check_line("caption", text, required=True, longest=LONGEST_CAPTION)
    typeface.check("caption", text)
    width = art.width - 2 * QUIET_ZONE
    size = min(art.width * _LARGEST_CAPTION, width / typeface.width(text))
    if size < art.width * _SMALLEST_CAPTION:
        raise FieldRefused("caption", "Use a shorter text: this one would be too small to read.")
    height = math.ceil(size * 1.6)
    x = (art.width - typeface.width(text) * size) / 2
    line = Fill(typeface.outline(text, x, art.height + size, size), Solid(color))
    ground = _ground(art)
    below = [Fill(rectangle(0, 0, art.width, art.height + height), ground, is_crisp=True)] if ground else []
    return replace(art, height=art.height + height, layers=(*below, *art.layers, line))


def contrast(one: Color, other: Color) -> float:
    """WCAG 2's ratio of two colours' luminances, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _fitted(field: str, text: str, typeface: Typeface, box: Box, smallest: float) -> str:
    """The text's outlines in the middle of a box, as large as it allows."""
    check_line(field, text, required=True, longest=LONGEST_LABEL)
    typeface.check(field, text)
    width = typeface.width(text)
    size = min(box.height * _CAPITALS / typeface.cap_height, box.width / width)
    if size < smallest:
        raise FieldRefused(field, "Use a shorter text: this one would be too small to read.")
    baseline = box.y + (box.height + typeface.cap_height * size) / 2
    return typeface.outline(text, box.x + (box.width - width * size) / 2, baseline, size)


def _check_contrast(on_ground: bool, color: Color, behind: Color) -> None:
    ratio = contrast(color, behind)
    if ratio < LEAST_CONTRAST:
        field, other = ("frame.color", "the background") if on_ground else ("frame.text_color", "the frame's colour")
        advice = f"Choose a colour that differs more from {other}: the contrast is {ratio:.1f}, at least"
        raise FieldRefused(field, f"{advice} {LEAST_CONTRAST:.0f} is needed.")


def _luminance(color: Color) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ground(art: Art) -> Paint | None:
    """What the lowest layer paints the whole picture with; frames and captions continue it. No frame is a ground."""
    lowest = art.layers[0]
    if not isinstance(lowest, Fill) or lowest.is_even_odd:
        return None
    return lowest.paint if bounds(lowest.path) == (0, 0, art.width, art.height) else None


def _moved(art: Art, dx: float, dy: float) -> Art:
    layers = tuple(_moved_layer(layer, dx, dy) for layer in art.layers)
    return replace(art, layers=layers, symbol_x=art.symbol_x + dx, symbol_y=art.symbol_y + dy)


def _moved_layer(layer: Fill | Bitmap, dx: float, dy: float) -> Fill | Bitmap:
    if isinstance(layer, Fill):
        path, paint = moved(layer.path, dx, dy), _moved_paint(layer.paint, dx, dy)
        return replace(layer, path=path, paint=paint, modules=layer.modules and _moved_modules(layer.modules, dx, dy))
    return replace(layer, x=layer.x + dx, y=layer.y + dy, clip=layer.clip and moved(layer.clip, dx, dy))


def _moved_modules(modules: Modules, dx: float, dy: float) -> Modules | None:
    """None where they would not lie on whole modules any more."""
    x, y = modules.x + dx, modules.y + dy
    if (x, y) != (int(x), int(y)):
        return None
    return replace(modules, x=int(x), y=int(y), beside=moved(modules.beside, dx, dy))


def _moved_paint(paint: Paint, dx: float, dy: float) -> Paint:
    match paint:
        case Linear():
            return replace(paint, x1=paint.x1 + dx, y1=paint.y1 + dy, x2=paint.x2 + dx, y2=paint.y2 + dy)
        case Radial():
            return replace(paint, x=paint.x + dx, y=paint.y + dy)
    return paint
