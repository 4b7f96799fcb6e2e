"""How much darker a style's code is than what it stands on, wherever the two meet.

Luma (ITU-R BT.601) on a scale of 0–255 is compared, because that is the grey that decoders work with; limits were
measured with them. The lightest colour of the code counts against the darkest of its background.
"""

from collections.abc import Iterator

from PIL import ImageColor

from links.qr.art import Color
from links.qr.certificate.findings import LIMITS, Check, Finding, Limits
from links.qr.styles import Gradient, Style

PAPER = "#ffffff"  # where a style has no background, it is judged as if printed on this


def luma(color: Color) -> float:
    """0 (black) to 255 (white) of "#rrggbb"."""
    red, green, blue = ImageColor.getrgb(color)[:3]
    return 0.299 * red + 0.587 * green + 0.114 * blue


def contrast_findings(style: Style) -> Iterator[Finding]:
    """For the code and for parts of eyes that have a colour of their own."""
    background = min(map(luma, colors(style.background)))
    yield _finding("contrast", "code", colors(style.foreground), background, style)
    if style.eye_frame_color is not None:
        yield _finding("eye_frame_contrast", "eyes' frame", [style.eye_frame_color], background, style)
    if style.eye_ball_color is not None:
        yield _finding("eye_ball_contrast", "eyes' middle", [style.eye_ball_color], background, style)


def colors(paint: Color | Gradient | None) -> list[Color]:
    """All colours of a paint."""
    if isinstance(paint, Gradient):
        return [color for _, color in paint.stops]
    return [PAPER if paint is None else paint]


def _finding(check: Check, part: str, paint: list[Color], background: float, style: Style) -> Finding:
    difference = background - max(map(luma, paint))
    limits: Limits = LIMITS[check]
    if difference < 0:
        text = f"The {part} is lighter than its background; many scanners read dark on light only."
    elif limits.grade(difference) in "AB":
        text = f"The {part} stands out: {difference:.0f} grey levels between its lightest and the background's darkest."
    else:
        text = f"The {part} is too close to its background: {difference:.0f} grey levels of {limits.grades[1]:.0f}."
    if style.background is None:
        text += " The background is transparent: this holds on white paper only."
    return Finding(check, round(difference, 1), text)
