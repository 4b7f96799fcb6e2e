"""Whether the parts that decoders steer by have the shape they are looked for in: eyes, dots, clear zones.

Eyes and the quiet zone are measured in the picture, so that what is judged is what is printed.
"""

from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from links.qr.certificate.findings import Finding, percent
from links.qr.certificate.layout import Grid, side
from links.qr.certificate.pictures import SCALE, Grey
from links.qr.clear_zone import Zone
from links.qr.eyes import SIZE as EYE
from links.qr.eyes import places
from links.qr.matrix import QUIET_ZONE
from links.qr.styles import Logo, ModuleShape, Style

Darkness: TypeAlias = npt.NDArray[np.float64]  # from 0 (background) to 1 (code)
Places: TypeAlias = npt.NDArray[np.intp]

# Shapes that stand apart from neighbours, of bars those at their sides, where `dot_size` is less than a module.
APART: frozenset[ModuleShape] = frozenset({"square", "dots", "diamond", "vertical", "horizontal"})
_DIRECTIONS = 64
# Distances from an eye's middle in modules, along the axes, between which its frame is crossed: from outside of a
# square middle to outside of a square frame. Circles come closer in the diagonals, and are still inside.
_INSIDE, _OUTSIDE = 1.6, 3.8
_CROSSING = 24  # samples of it
_CORNER_LOSS = 1 - np.pi / 4  # of the square of its radius is what a rounded corner cuts off


def geometry_findings(style: Style, version: int, picture: Grey, true: Grid) -> Iterator[Finding]:
    """Of eyes, quiet zone, and where the style has them, dots and logo; an inverted picture is turned light on dark."""
    if _symbol(picture)[true].mean() > _symbol(picture)[~true].mean():
        picture = 255 - picture
    yield _corners(version, picture)
    yield _frames(version, picture)
    yield _quiet_zone(picture, true)
    if style.modules in APART:
        yield _dots(style.dot_size)
    if style.logo is not None:
        yield _logo(style.logo, side(version))


def _frames(version: int, picture: Grey) -> Finding:
    """How dark a frame is along the way from its eye's middle outwards, in the worst of many directions."""
    at, lengths = _rays(version)
    crossed = picture.reshape(-1)[at].astype(np.float64)
    # A frame is as dark as it is in this direction, as colours may run; in a gap it should be as dark as elsewhere.
    light, darkest = crossed.max(), crossed.min(axis=-1, keepdims=True)
    depth = np.maximum(light - darkest, (light - np.median(darkest)) / 2)
    darkness = np.clip((light - crossed) / np.maximum(depth, 1), 0, 1)
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
    middles = np.array(places(side(version))).T + QUIET_ZONE + EYE / 2
    rows, columns = (middles[:, :, None, None] + directions[:, None, :, None] * steps) * SCALE
    width = (side(version) + 2 * QUIET_ZONE) * SCALE
    at = np.floor(rows).astype(np.intp) * width + np.floor(columns).astype(np.intp)
    return at, np.hypot(*directions) * (_OUTSIDE - _INSIDE)


def _corners(version: int, picture: Grey) -> Finding:
    """The radius that cuts off as much as is missing, as a mean of four corners, in the roundest eye."""
    radius = round(
        max(float(_radii(_eye(picture, row, column)).mean()) for column, row in places(side(version))) / (EYE / 2), 2
    )
    if Finding("eye_corners", radius, "").outcome == "pass":
        return Finding("eye_corners", radius, "The eyes' corners are square enough to be found.")
    return Finding("eye_corners", radius, "The eyes' corners are very round; some scanners find eyes by their corners.")


def _eye(picture: Grey, row: int, column: int) -> Darkness:
    top, left = ((QUIET_ZONE + at) * SCALE for at in (row, column))
    grey = picture[top : top + EYE * SCALE, left : left + EYE * SCALE].astype(np.float64)
    middle, edge = len(grey) // 2, SCALE // 2
    # The frame's own colour, where it is lightest.
    dark = max(grey[middle, edge], grey[middle, -edge], grey[edge, middle], grey[-edge, middle])
    light = float(picture[top - SCALE, left - SCALE])
    darkness: Darkness = np.clip((light - grey) / max(light - dark, 1), 0, 1)
    return darkness


def _radii(eye: Darkness) -> Darkness:
    """Of the four corners, in modules, from the light area between each and the frame."""
    half = len(eye) // 2
    quarters = [turned[:half, :half] for turned in (eye, eye[::-1], eye[:, ::-1], eye[::-1, ::-1])]
    cut_off = [(1 - _from_outside(quarter)).sum() / SCALE**2 for quarter in quarters]
    radii: Darkness = np.sqrt(np.array(cut_off) / _CORNER_LOSS)
    return radii


def _from_outside(quarter: Darkness) -> Darkness:
    """How far the frame has been reached in each pixel of a row; as dark as the row becomes is all the way."""
    reached = np.maximum.accumulate(quarter, axis=1)
    share: Darkness = reached / np.maximum(reached[:, -1:], 0.5)
    return share


def _quiet_zone(picture: Grey, true: Grid) -> Finding:
    """How many modules around the symbol are as light as its light modules."""
    modules, symbol = _modules(picture), _symbol(picture)
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


def _modules(picture: Grey) -> Darkness:
    """The mean grey of every module, quiet zone included."""
    return np.asarray(Image.fromarray(picture).reduce(SCALE), dtype=np.float64)


def _symbol(picture: Grey) -> Darkness:
    return _modules(picture)[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE]


def _dots(size: float) -> Finding:
    if Finding("dot_size", size, "").outcome == "pass":
        return Finding("dot_size", size, f"Modules are {percent(size)} as wide as their place.")
    return Finding("dot_size", size, f"Modules are small: {percent(size)} of their place; 80 % are needed.")


def _logo(logo: Logo, size: int) -> Finding:
    """How much of the code it takes together with its margin; where error correction bears it, that finding says."""
    share = round(sum(1 for _ in Zone.of(logo, size).cells()) / size**2, 3)
    sentence = f"With its margin the logo takes {percent(share)} of the code's area"
    if Finding("logo", share, "").outcome == "pass":
        return Finding("logo", share, f"{sentence}.")
    return Finding("logo", share, f"{sentence}, which is near or above what even level H repairs.")
