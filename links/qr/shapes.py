"""From a symbol and a style to a picture's geometry."""

import math
from dataclasses import replace

from links.qr import clear_zone, eyes, module_shapes
from links.qr.art import Art, Bitmap, Color, Fill, Linear, Modules, Paint, PathData, Radial, Solid
from links.qr.matrix import QUIET_ZONE, Symbol
from links.qr.styles import Gradient, Logo, Style

PLAIN = Style()
# Shapes whose edges all lie on borders of modules.
_CRISP = "square"


def compose(symbol: Symbol, style: Style = PLAIN) -> Art:
    """The picture with its quiet zone, from background to logo; frame and caption are put around it by others.

    The style is one that `style_checks.check` lets pass. Raises FieldRefused for `logo.width` where the logo does
    not fit into this symbol: no logo ever touches eyes, timing, format or version information.
    """
    side = symbol.size + 2 * QUIET_ZONE
    layers: list[Fill | Bitmap] = []
    if style.background is not None:
        paint = _paint(style.background, 0, side)
        layers.append(Fill(f"M0 0h{side}v{side}h-{side}z", paint, is_crisp=True))
    layers += _dark(symbol, style)
    if style.logo:
        layers.append(_bitmap(style.logo, symbol.size))
    return Art(side, side, tuple(layers), symbol.text)


def _dark(symbol: Symbol, style: Style) -> list[Fill]:
    """Modules, frames and balls of the eyes: one path for each paint."""
    rows = symbol.rows()
    if style.logo:
        rows = clear_zone.with_room(rows, style.logo)
    foreground = _paint(style.foreground, QUIET_ZONE, symbol.size)
    if _has_plain_eyes(style):
        return [_modules(rows, style, foreground)]
    size, at = symbol.size, QUIET_ZONE
    frame, ball = style.eye_frame, style.eye_ball
    return _merged(
        _modules(_without_eyes(rows), style, foreground),
        Fill(eyes.frames(size, at, at, frame), _own(style.eye_frame_color, foreground), is_crisp=frame == _CRISP),
        Fill(eyes.balls(size, at, at, ball), _own(style.eye_ball_color, foreground), is_crisp=ball == _CRISP),
    )


def _has_plain_eyes(style: Style) -> bool:
    """Eyes that are made of modules like everything else: they need no paths of their own."""
    shapes = (style.modules, style.eye_frame, style.eye_ball)
    has_own_color = style.eye_frame_color or style.eye_ball_color
    return shapes == (_CRISP, _CRISP, _CRISP) and style.dot_size == 1 and not has_own_color


def _modules(rows: list[str], style: Style, paint: Paint) -> Fill:
    is_crisp = style.modules == _CRISP and style.dot_size == 1
    path = module_shapes.drawn(style.modules, rows, QUIET_ZONE, QUIET_ZONE, style.dot_size)
    shaped = None if is_crisp else Modules(style.modules, tuple(rows), QUIET_ZONE, QUIET_ZONE, style.dot_size)
    return Fill(path, paint, is_crisp=is_crisp, modules=shaped)


def _without_eyes(rows: list[str]) -> list[str]:
    gap = "0" * eyes.SIZE
    top = [gap + row[eyes.SIZE : -eyes.SIZE] + gap for row in rows[: eyes.SIZE]]
    return top + rows[eyes.SIZE : -eyes.SIZE] + [gap + row[eyes.SIZE :] for row in rows[-eyes.SIZE :]]


def _merged(*fills: Fill) -> list[Fill]:
    paths: dict[Paint, list[Fill]] = {}
    for fill in fills:
        paths.setdefault(fill.paint, []).append(fill)
    return [_joined(same) for same in paths.values()]


def _joined(fills: list[Fill]) -> Fill:
    """Fills of one paint, modules first where there are any."""
    first, *others = fills
    beside = "".join(fill.path for fill in others)
    modules = first.modules and replace(first.modules, beside=beside)
    return Fill(first.path + beside, first.paint, is_crisp=all(fill.is_crisp for fill in fills), modules=modules)


def _own(color: Color | None, paint: Paint) -> Paint:
    return paint if color is None else Solid(color)


def _paint(paint: Color | Gradient, start: float, side: float) -> Paint:
    """A colour, or a gradient from corner to corner (or from the middle to the corners) of a square."""
    if not isinstance(paint, Gradient):
        return Solid(paint)
    middle = start + side / 2
    if paint.kind == "radial":
        return Radial(middle, middle, side * math.sqrt(0.5), paint.stops)
    across, down = math.cos(math.radians(paint.angle)), math.sin(math.radians(paint.angle))
    reach = side / 2 * (abs(across) + abs(down))
    dx, dy = across * reach, down * reach
    return Linear(middle - dx, middle - dy, middle + dx, middle + dy, paint.stops)


def _bitmap(logo: Logo, size: int) -> Bitmap:
    x, y, width, height = clear_zone.picture_box(logo, size)
    zone = clear_zone.Zone.of(logo, size)
    clip: PathData | None = clear_zone.outline(logo, QUIET_ZONE + zone.x, QUIET_ZONE + zone.y, zone.width, zone.height)
    return Bitmap(logo.png, QUIET_ZONE + x, QUIET_ZONE + y, width, height, clip)
