"""What frames look like: for the size of a picture, the shapes around it and the place for its call to action."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from links.qr.art import Color, Fill, PathData, Solid
from links.qr.paths import number, rectangle, rounded


@dataclass(frozen=True)
class Box:
    """A rectangle in modules."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """A frame around a picture of a given size, in modules.

    `ground` is the area that continues the picture's own ground, drawn first; `shapes` never cover the `picture`.
    `label_on_ground` says that the text has the ground behind it and not the frame's colour.
    """

    width: int
    height: int
    picture: Box
    ground: PathData
    shapes: tuple[Fill, ...]
    label: Box
    label_on_ground: bool = False


Design = Callable[[float, float, Color, Color], Layout]


def label_below(width: float, height: float, color: Color, _: Color) -> Layout:
    """A card with a band of colour below."""
    border, band = _share(width, 0.05), _share(width, 0.2)
    return _card(width, height, color, top=border, bottom=band, border=border)


def label_above(width: float, height: float, color: Color, _: Color) -> Layout:
    """A card with a band of colour above."""
    border, band = _share(width, 0.05), _share(width, 0.2)
    return _card(width, height, color, top=band, bottom=border, border=border)


def badge(width: float, height: float, color: Color, _: Color) -> Layout:
    """A thin line around, and a pill upon its lower side."""
    line, gap, pill = width * 0.025, _share(width, 0.04), _share(width, 0.18)
    edge = math.ceil(line) + gap
    picture = Box(edge, edge, width, height)
    right, bottom = width + 2 * edge, edge + height + (pill + line) / 2
    outline = _ring(Box(0, 0, right, bottom), line, radius=2.5 * gap)
    label = Box(right * 0.12, bottom - line / 2 - pill / 2, right * 0.76, pill)
    shape = rounded(label.x, label.y, label.width, label.height, pill / 2)
    total = math.ceil(label.y + pill)
    ground = rounded(line / 2, line / 2, right - line, bottom - line, 2.5 * gap - line / 2)
    shapes = (Fill(outline, Solid(color), is_even_odd=True), Fill(shape, Solid(color)))
    return Layout(math.ceil(right), total, picture, ground, shapes, _inner(label, pill * 0.35))


def ribbon(width: float, height: float, color: Color, _: Color) -> Layout:
    """A thin line around, and a ribbon with folded ends across its lower side."""
    line, gap, band, ear = width * 0.025, _share(width, 0.03), _share(width, 0.18), _share(width, 0.09)
    edge = math.ceil(line) + gap
    card = Box(ear, 0, width + 2 * edge, height + edge + band * 0.75)
    picture = Box(ear + edge, edge, width, height)
    total, drop, y = card.width + 2 * ear, band * 0.22, edge + height
    body = Box(ear * 0.55, y, total - ear * 1.1, band)
    shade, dark = _shade(color, 0.22), _shade(color, 0.45)
    tails = "".join(_tail(x, y + drop, direction, ear, band) for x, direction in ((0.0, 1), (total, -1)))
    folds = _fold(body.x, y + band, ear * 0.45, drop) + _fold(body.x + body.width, y + band, -ear * 0.45, drop)
    shapes = (
        Fill(_ring(card, line, radius=1.5 * gap), Solid(color), is_even_odd=True),
        Fill(tails, Solid(shade)),
        Fill(folds, Solid(dark)),
        Fill(rectangle(body.x, body.y, body.width, body.height), Solid(color)),
    )
    ground = rounded(card.x + line / 2, line / 2, card.width - line, card.height - line, 1.5 * gap - line / 2)
    return Layout(math.ceil(total), math.ceil(y + band + drop), picture, ground, shapes, _inner(body, ear * 0.7))


def bubble(width: float, height: float, color: Color, _: Color) -> Layout:
    """A speech bubble below that points at the symbol."""
    tip, band = _share(width, 0.06), _share(width, 0.18)
    label = Box(0, height + tip, width, band)
    half = tip * 0.9
    point = f"M{number(width / 2)} {number(height)}l{number(half)} {tip}l{number(-2 * half)} 0z"
    shape = rounded(label.x, label.y, label.width, label.height, band * 0.3) + point
    total = math.ceil(height + tip + band)
    shapes = (Fill(shape, Solid(color)),)
    # As round below as the bubble, which has nothing behind its corners.
    ground = rectangle(0, 0, width, height) + rounded(0, 0, width, label.y + band, band * 0.3)
    return Layout(math.ceil(width), total, Box(0, 0, width, height), ground, shapes, _inner(label, band * 0.3))


def corners(width: float, height: float, color: Color, _: Color) -> Layout:
    """Four brackets like those of a viewfinder, and the text below in the frame's colour."""
    line, band = _share(width, 0.035), _share(width, 0.16)
    arm, picture = width * 0.2, Box(line, line, width, height)
    right, bottom = width + 2 * line, height + 2 * line
    places = ((0, 0, 1, 1), (right, 0, -1, 1), (right, bottom, -1, -1), (0, bottom, 1, -1))
    shape = "".join(_bracket(x, y, dx * arm, dy * arm, line) for x, y, dx, dy in places)
    total = math.ceil(bottom + band)
    label = Box(0, bottom, right, band)
    ground = rectangle(0, 0, right, total)
    return Layout(math.ceil(right), total, picture, ground, (Fill(shape, Solid(color)),), label, label_on_ground=True)


def phone(width: float, height: float, color: Color, text_color: Color) -> Layout:
    """The outline of a phone: speaker above, text and the home bar below."""
    border, top, band, foot = (_share(width, part) for part in (0.06, 0.13, 0.17, 0.07))
    card = _card(width, height, color, top=top, bottom=band + foot, border=border, radius=width * 0.13)
    bars = ((top * 0.45, 0.22, 0.03), (card.height - foot * 0.65, 0.36, 0.022))
    shape = "".join(_bar(card.width / 2, y, width * long, width * thick) for y, long, thick in bars)
    label = Box(card.label.x, card.label.y, card.label.width, band)
    marks = Fill(shape, Solid(text_color))
    return Layout(card.width, card.height, card.picture, card.ground, (*card.shapes, marks), label)


DESIGNS: dict[str, Design] = {
    "label-below": label_below,
    "label-above": label_above,
    "badge": badge,
    "ribbon": ribbon,
    "bubble": bubble,
    "corners": corners,
    "phone": phone,
}


def _share(width: float, part: float) -> int:
    """Whole modules, so that the symbol's own stay whole pixels."""
    return max(1, round(width * part))


def _card(
    width: float, height: float, color: Color, *, top: int, bottom: int, border: int, radius: float | None = None
) -> Layout:
    """A filled card with a window for the picture and its label in the wider of the two bands."""
    gap = _share(width, 0.025)
    window = Box(border, top, width + 2 * gap, height + 2 * gap)
    total = Box(0, 0, window.width + 2 * border, window.height + top + bottom)
    outside = rounded(0, 0, total.width, total.height, radius or 1.5 * border)
    # The window's corners are as round as they may be without touching the picture.
    inside = rounded(window.x, window.y, window.width, window.height, 2 * gap)
    y, band = (0.0, top) if top > bottom else (window.y + window.height, bottom)
    label = _inner(Box(border, y, window.width, band), width * 0.03)
    picture = Box(border + gap, top + gap, width, height)
    ground = rectangle(window.x - border / 2, window.y - border / 2, window.width + border, window.height + border)
    shapes = (Fill(outside + inside, Solid(color), is_even_odd=True),)
    return Layout(math.ceil(total.width), math.ceil(total.height), picture, ground, shapes, label)


def _ring(box: Box, line: float, radius: float) -> PathData:
    """A line of some width inside a rectangle's edge; to be filled by the even-odd rule."""
    inner = _inner(Box(box.x, box.y + line, box.width, box.height - 2 * line), line)
    return rounded(box.x, box.y, box.width, box.height, radius) + rounded(
        inner.x, inner.y, inner.width, inner.height, max(radius - line, 0)
    )


def _inner(box: Box, margin: float) -> Box:
    """Narrower on both sides."""
    return Box(box.x + margin, box.y, box.width - 2 * margin, box.height)


def _bracket(x: float, y: float, dx: float, dy: float, line: float) -> PathData:
    """An angle whose corner is at x, y; arms reach dx to the side and dy up or down."""
    across, along = math.copysign(line, dx), math.copysign(line, dy)
    steps = (("h", dx), ("v", along), ("h", across - dx), ("v", dy - along), ("h", -across))
    return f"M{number(x)} {number(y)}{''.join(step + number(length) for step, length in steps)}z"


def _bar(x: float, y: float, width: float, height: float) -> PathData:
    return rounded(x - width / 2, y - height / 2, width, height, height / 2)


def _tail(x: float, y: float, direction: int, ear: float, band: float) -> PathData:
    """A ribbon's end with its notch, from outside at x inwards."""
    long, notch = direction * ear * 1.1, direction * ear * 0.35
    return (
        f"M{number(x)} {number(y)}h{number(long)}v{number(band)}h{number(-long)}l{number(notch)} {number(-band / 2)}z"
    )


def _fold(x: float, y: float, dx: float, drop: float) -> PathData:
    """The triangle where a ribbon turns to its back."""
    return f"M{number(x)} {number(y)}h{number(dx)}v{number(drop)}z"


def _shade(color: Color, part: float) -> Color:
    """Darker by a part; dark colours lighter, since nothing is darker than black."""
    values = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    goal = 255 if max(values) < 96 else 0
    return "#" + "".join(f"{round(value + (goal - value) * part):02x}" for value in values)
