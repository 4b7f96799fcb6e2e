"""Whether a style can be drawn at all; how well it scans is the certificate's question."""

import re
from typing import Any, get_args

from links.qr.payloads.fields import FieldRefused
from links.qr.styles import EyeShape, Frame, Gradient, GradientKind, Logo, LogoShape, ModuleShape, Style

SMALLEST_DOT = 0.1
MOST_STOPS = 8
LOGO_WIDTHS = (0.05, 0.5)
WIDEST_MARGIN = 5  # modules
LONGEST_LOGO_SIDE = 4096  # pixels

_COLOR = re.compile(r"#[0-9a-f]{6}")
# What every PNG begins with: a signature, then the length and name of the chunk that holds width and height first.
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_SIZES = slice(len(_PNG), len(_PNG) + 8)


def check(style: Style) -> None:
    """Raises FieldRefused for the first field (`foreground.stops`, `logo.width`) that cannot be drawn."""
    _check_choice("modules", style.modules, get_args(ModuleShape))
    _check_number("dot_size", style.dot_size, SMALLEST_DOT, 1)
    _check_paint("foreground", style.foreground)
    if style.background is not None:
        _check_paint("background", style.background)
    for field in ("eye_frame", "eye_ball"):
        _check_choice(field, getattr(style, field), get_args(EyeShape))
        if (color := getattr(style, f"{field}_color")) is not None:
            check_color(f"{field}_color", color)
    if style.logo is not None:
        _check_logo(style.logo)
    if style.frame is not None:
        _check_frame(style.frame)
    _check_choice("has_caption", style.has_caption, (True, False))


def _check_paint(field: str, paint: object) -> None:
    if isinstance(paint, Gradient):
        _check_gradient(field, paint)
    else:
        check_color(field, paint)


def _check_gradient(field: str, gradient: Gradient) -> None:
    _check_choice(f"{field}.kind", gradient.kind, get_args(GradientKind))
    _check_number(f"{field}.angle", gradient.angle, -360, 360)
    if not 2 <= len(gradient.stops) <= MOST_STOPS:
        raise FieldRefused(f"{field}.stops", f"Give 2 to {MOST_STOPS} colours; these are {len(gradient.stops)}.")
    before = 0.0
    for place, color in gradient.stops:
        _check_number(f"{field}.stops", place, 0, 1)
        check_color(f"{field}.stops", color)
        if place < before:
            raise FieldRefused(f"{field}.stops", "Put the colours in order, from 0 to 1.")
        before = place


def _check_logo(logo: Logo) -> None:
    _check_choice("logo.shape", logo.shape, get_args(LogoShape))
    _check_number("logo.width", logo.width, *LOGO_WIDTHS)
    _check_number("logo.margin", logo.margin, 0, WIDEST_MARGIN)
    png = logo.png if isinstance(logo.png, bytes) else b""
    sides = png[_PNG_SIZES]
    if not png.startswith(_PNG) or len(sides) < 8:
        raise FieldRefused("logo.png", "Choose a picture in the PNG format.")
    if not all(1 <= int.from_bytes(side, "big") <= LONGEST_LOGO_SIDE for side in (sides[:4], sides[4:])):
        raise FieldRefused("logo.png", f"Choose a picture of at most {LONGEST_LOGO_SIDE:,} pixels a side.")


def _check_frame(frame: Frame) -> None:
    """Which designs there are and how much text fits is known where frames are drawn."""
    for field in ("design", "text"):
        if not isinstance(getattr(frame, field), str):
            raise FieldRefused(f"frame.{field}", "Write it as text.")
    check_color("frame.color", frame.color)
    check_color("frame.text_color", frame.text_color)


def _check_choice(field: str, value: object, choices: tuple[Any, ...]) -> None:
    if not any(value is choice or (isinstance(value, str) and value == choice) for choice in choices):
        raise FieldRefused(field, f"Choose one of {', '.join(map(_written, choices))}.")


def _written(choice: object) -> str:
    return str(choice).lower()


def _check_number(field: str, value: object, least: float, most: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:  # type: ignore[operator]  # it is a number by then
        raise FieldRefused(field, f"Use a number from {least:g} to {most:g}.")


def check_color(field: str, value: object) -> None:
    if not isinstance(value, str) or not _COLOR.fullmatch(value):
        raise FieldRefused(field, "Write the colour as # and six digits from 0 to f, such as #1a237e.")
