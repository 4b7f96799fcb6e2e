"""Whether the parts that decoders steer by have the shape they are looked for in: eyes, dots, clear zones.

Eyes and the quiet zone are measured in the picture, so that what is judged is what is printed.
"""

from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from links.qr.certificate.findings import Finding
from links.qr.certificate.layout import EYE, Grid, eyes, side
from links.qr.certificate.pictures import SCALE, Grey
from links.qr.matrix import QUIET_ZONE
from links.qr.styles import Logo, ModuleShape, Style

Darkness: TypeAlias = npt.NDArray[np.float64]  # from 0 (background) to 1 (code)
Places: TypeAlias = npt.NDArray[np.intp]

# Shapes that do not grow together with their neighbours, so that `dot_size` makes gaps between them.
APART: frozenset[ModuleShape] = frozenset({"dots", "diamond"})
_STEERING = 9  # modules from the symbol's edge that eyes, timing and format information take
_DIRECTIONS = 64
# Distances from an eye's middle in modules, along the axes, between which its frame is crossed: from outside of a
# square middle to outside of a square frame. Circles come closer in the diagonals, and are still inside.
_INSIDE, _OUTSIDE = 1.6, 3.8
_CROSSING = 24  # samples of it
_CORNER_LOSS = 1 - np.pi / 4  # of the square of its radius is what a rounded corner cuts off


def geometry_findings(style: Style, version: int, picture: Grey, true: Grid) -> Iterator[Finding]:
    """Of eyes, quiet zone, and where the style has them, dots and logo."""
    yield _corners(version, picture)
    yield _frames(version, picture)
    yield _quiet_zone(picture, true)
    if style.modules in APART:
        yield _dots(style.dot_size)
    if style.logo is not None:
        yield _logo(style.logo, version)


def _frames(version: int, picture: Grey) -> Finding:
    """How dark a frame is along the way from its eye's middle outwards, in the worst of many directions."""
    places, lengths = _rays(version)
    crossed = picture.reshape(-1)[places].astype(np.float64)
    # Frames may have a colour of their own: what is darkest in most directions.
    dark, light = np.median(crossed.min(axis=-1)), crossed.max()
    darkness = np.clip((light - crossed) / max(light - dark, 1), 0, 1)
    thinnest = round(float((darkness.mean(axis=-1) * lengths).min()), 2)
    if Finding("eye_frame", thinnest, "").outcome == "pass":
        return Finding("eye_frame", thinnest, "The eyes' frames are closed rings.")
    return Finding("eye_frame", thinnest, "The eyes' frames have gaps; scanners look for closed rings.")


@cache  # 40 versions at most
def _rays(version: int) -> tuple[Places, Darkness]:
    """Places in the flattened picture by eye, direction and step; and each direction's length in modules."""
    angles = np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS)
    directions = np.stack([np.sin(angles), np.cos(angles)])
    directions /= np.abs(directions).max(axis=0)  # the ways end on a square
    steps = _INSIDE + (np.arange(_CROSSING) + 0.5) * (_OUTSIDE - _INSIDE) / _CROSSING
    middles = np.array(eyes(version)).T + QUIET_ZONE + EYE / 2
    rows, columns = (middles[:, :, None, None] + directions[:, None, :, None] * steps) * SCALE
    width = (side(version) + 2 * QUIET_ZONE) * SCALE
    places = np.floor(rows).astype(np.intp) * width + np.floor(columns).astype(np.intp)
    return places, np.hypot(*directions) * (_OUTSIDE - _INSIDE)


def _corners(version: int, picture: Grey) -> Finding:
    """The radius that cuts off as much as is missing at the roundest corner of an eye."""
    roundest = max(_cut_off(_eye(picture, row, column)) for row, column in eyes(version))
    radius = round(float(np.sqrt(roundest / _CORNER_LOSS)) / EYE, 2)
    if Finding("eye_corners", radius, "").outcome == "pass":
        return Finding("eye_corners", radius, "The eyes' corners are square enough to be found.")
    return Finding("eye_corners", radius, "The eyes' corners are very round; some scanners find eyes by their corners.")


def _eye(picture: Grey, row: int, column: int) -> Darkness:
    top, left = ((QUIET_ZONE + at) * SCALE for at in (row, column))
    grey = picture[top : top + EYE * SCALE, left : left + EYE * SCALE].astype(np.float64)
    light, dark = float(picture[top - SCALE, left - SCALE]), grey[len(grey) // 2].min()
    darkness: Darkness = np.clip((light - grey) / max(light - dark, 1), 0, 1)
    return darkness


def _cut_off(eye: Darkness) -> float:
    """The largest light area, in modules, between the frame and one of the four corners."""
    half = len(eye) // 2
    quarters = [turned[:half, :half] for turned in (eye, eye[::-1], eye[:, ::-1], eye[::-1, ::-1])]
    return max(float((1 - np.maximum.accumulate(quarter, axis=1)).sum()) for quarter in quarters) / SCALE**2


def _quiet_zone(picture: Grey, true: Grid) -> Finding:
    """How many modules around the symbol are as light as its light modules."""
    modules = np.asarray(Image.fromarray(picture).reduce(SCALE), dtype=np.float64)
    symbol = modules[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE]
    is_dark = modules < (symbol[true].mean() + symbol[~true].mean()) / 2
    is_dark[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE] = False
    rows, columns = np.nonzero(is_dark)
    away = np.maximum(*(np.maximum(QUIET_ZONE - at, at - len(modules) + QUIET_ZONE + 1) for at in (rows, columns)))
    width = int(away.min()) - 1 if len(away) else QUIET_ZONE
    if width == QUIET_ZONE:
        return Finding("quiet_zone", width, "The quiet zone around the code is empty.")
    return Finding(
        "quiet_zone", width, f"Something stands in the quiet zone; keep {QUIET_ZONE} modules around it empty."
    )


def _dots(size: float) -> Finding:
    if Finding("dot_size", size, "").outcome == "pass":
        return Finding("dot_size", size, "The dots are large enough to be seen apart from noise.")
    return Finding("dot_size", size, f"The dots are small: {size:.0%} of a module; 80 % are needed.")


def _logo(logo: Logo, version: int) -> Finding:
    """How far its clear zone stays away from the eyes' neighbourhood, which holds how to read everything else."""
    modules = side(version)
    distance = round((modules - logo.width * modules) / 2 - logo.margin - _STEERING, 2)
    share = f"The logo takes {logo.width:.0%} of the code's width"
    if Finding("logo", distance, "").outcome == "pass":
        return Finding("logo", distance, f"{share} and stays clear of the patterns that scanners steer by.")
    return Finding("logo", distance, f"{share} and with its margin covers patterns that scanners steer by.")
