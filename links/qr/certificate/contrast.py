"""How much darker a style's code is than what it stands on, wherever the two meet.

Luma (ITU-R BT.601) on a scale of 0–255 is compared, because that is the grey that decoders work with; limits were
measured with them. The lightest colour of the code counts against the darkest of its background.
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageColor

from links.qr.art import Color
from links.qr.certificate.findings import LIMITS, Check, Finding, Limits
from links.qr.certificate.pictures import SCALE, Grey
from links.qr.matrix import QUIET_ZONE
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


def frame_findings(style: Style, picture: Grey) -> Iterator[Finding]:
    """For what frame and caption leave light around the code, measured in the quiet zone of the picture."""
    zone = np.asarray(Image.fromarray(picture).reduce(SCALE)).astype(np.float64)
    zone[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE] = np.inf
    difference = round(float(zone.min()) - max(map(luma, colors(style.foreground))), 1)
    limits = LIMITS["frame_contrast"]
    if limits.grade(difference) in "AB":
        yield Finding("frame_contrast", difference, "What stands around the code leaves light paper beside it.")
        return
    text = f"What stands around the code is too dark beside it: {difference:.0f} grey levels of {limits.grades[1]:.0f}."
    yield Finding("frame_contrast", difference, text)


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
