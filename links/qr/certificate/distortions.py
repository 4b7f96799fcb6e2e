"""What happens to a code between print and scanner, in steps from harmless to more than a plain code survives.

Every step is a function of the picture alone: random places and values come from fixed seeds, and geometry is a table
of which pixel goes where, made once for each size of picture.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from links.qr.certificate.pictures import SCALE, Grey
from links.qr.eyes import SIZE as EYE
from links.qr.matrix import QUIET_ZONE

Places: TypeAlias = npt.NDArray[np.intp]
Distortion: TypeAlias = Callable[[Grey], list[Grey]]

SIZES = (3.0, 2.75, 2.5, 2.25, 2.0, 1.8, 1.6, 1.4)  # pixels a module
BLURS = (0.12, 0.17, 0.22, 0.27, 0.32, 0.37, 0.42, 0.47)  # standard deviation in modules
TILTS = (8, 16, 24, 32, 40, 48, 56, 64)  # degrees from facing the code
ROTATIONS = (6, 11, 17, 22, 28, 34, 39, 45)  # degrees, at SMALL pixels a module or less
NOISES = (6, 12, 18, 24, 30, 36, 42, 48)  # standard deviation in grey levels, per pixel of SMALL pixels a module
CONTRASTS = (0.5, 0.35, 0.25, 0.18, 0.13, 0.1, 0.075, 0.055)  # share of the contrast that is left, under FAINT noise
DAMAGES = (0.006, 0.012, 0.018, 0.024, 0.03, 0.04, 0.055, 0.075)  # share of the symbol's area under blots
SMALL = 3
FAINT = 5  # grey levels, what a phone's camera adds indoors
_EYE_TO_LENS = 2.0  # distance of a tilted code's centre from the lens, in sides of the picture
_SEED = 18004


def small(picture: Grey) -> list[Grey]:
    """Seen from further away: fewer pixels a module, each the mean of what it covers."""
    image = Image.fromarray(picture)
    widths = [round(len(picture) / SCALE * pixels) for pixels in SIZES]
    return [np.asarray(image.resize((width, width), Image.Resampling.BOX)) for width in widths]


def blurred(picture: Grey) -> list[Grey]:
    """Out of focus: one box after the other, which comes close to a Gaussian's shape, as their variances add up."""
    images = [Image.fromarray(_reduced(picture))]
    for before, after in pairwise((0, *BLURS)):
        width = SMALL * math.sqrt(12 * (after**2 - before**2))
        images.append(images[-1].filter(ImageFilter.BoxBlur((width - 1) / 2)))
    return [np.asarray(image) for image in images[1:]]


def tilted(picture: Grey) -> list[Grey]:
    """Seen at a slant, nearer side larger."""
    soft = _soft(picture)
    return [soft.take(places) for places in _tilts(len(picture))]


def rotated(picture: Grey) -> list[Grey]:
    """Turned in the picture plane."""
    soft = _soft(picture)
    return [soft.take(places) for places in _rotations(len(picture))]


def noisy(picture: Grey) -> list[Grey]:
    """Grain of a camera in the dark."""
    reduced = _reduced(picture)
    noise = _noise(len(reduced))
    return [_clipped(reduced + deviation * noise) for deviation in NOISES]


def faded(picture: Grey) -> list[Grey]:
    """Fog, glare, sun-bleached ink: everything comes closer to one grey."""
    reduced = _reduced(picture)
    noise = FAINT * _noise(len(reduced))
    distance = reduced - np.float32(reduced.mean())
    return [_clipped(share * distance + 128 + noise) for share in CONTRASTS]


def damaged(picture: Grey) -> list[Grey]:
    """Blots as large as four modules, half of them dark, half light, outside of eyes."""
    return [np.where(is_blot, color, picture) for is_blot, color in _blots(len(picture))]


AXES: dict[str, Distortion] = {
    "size": small,
    "blur": blurred,
    "tilt": tilted,
    "rotation": rotated,
    "noise": noisy,
    "contrast": faded,
    "damage": damaged,
}


def _soft(picture: Grey) -> Grey:
    """Each pixel the mean of a square of two, as what is taken from it lies between pixels."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.BoxBlur(0.5)))


def _reduced(picture: Grey) -> Grey:
    side = len(picture) // SCALE * SMALL
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BOX))


def _clipped(values: npt.NDArray[np.float32]) -> Grey:
    return np.clip(values, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _noise(side: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(_SEED).standard_normal((side, side), dtype=np.float32)


@lru_cache(maxsize=8)
def _tilts(side: int) -> tuple[Places, ...]:
    return tuple(_tilt(side, np.radians(degrees)) for degrees in TILTS)


def _tilt(side: int, angle: float) -> Places:
    """For every pixel of the view the pixel of the picture behind it: the ray through it, cut with the tilted plane."""
    x, y = _from_middle(side)
    depth = _EYE_TO_LENS / (_EYE_TO_LENS * np.cos(angle) - y * np.sin(angle))
    return _places(side, x * depth * np.cos(angle), y * depth)


@lru_cache(maxsize=8)
def _rotations(side: int) -> tuple[Places, ...]:
    return tuple(_rotation(side, np.radians(degrees)) for degrees in ROTATIONS)


def _rotation(side: int, angle: float) -> Places:
    """SMALL pixels a module, or fewer where the symbol's corners would leave the picture; half a quiet zone stays."""
    x, y = _from_middle(side // SCALE * SMALL)
    cos, sin = np.cos(angle), np.sin(angle)
    shrink = max(1, (cos + sin) * (1 - QUIET_ZONE * SCALE / side))
    return _places(side, (x * cos + y * sin) * shrink, (y * cos - x * sin) * shrink)


Coordinates: TypeAlias = npt.NDArray[np.float64]


def _from_middle(side: int) -> tuple[Coordinates, Coordinates]:
    """x and y of every pixel's middle, from -½ to ½."""
    at = (np.arange(side) + 0.5) / side - 0.5
    y, x = np.meshgrid(at, at, indexing="ij")
    return x, y


def _places(side: int, x: Coordinates, y: Coordinates) -> Places:
    """Indices into the flattened picture; beyond its edge the quiet zone goes on."""
    columns, rows = (np.clip(np.floor((at + 0.5) * side), 0, side - 1).astype(np.intp) for at in (x, y))
    return rows * side + columns


@lru_cache(maxsize=8)
def _blots(side: int) -> tuple[tuple[npt.NDArray[np.bool_], Grey], ...]:
    """For every step where something is spilt, and its colour; each step adds to the one before."""
    dice = np.random.default_rng(_SEED)
    modules = side // SCALE - 2 * QUIET_ZONE
    is_blot, color = np.zeros((side, side), dtype=np.bool_), np.zeros((side, side), dtype=np.uint8)
    steps, spilt, blots = [], 0.0, 0
    for share in DAMAGES:
        while spilt < share * modules**2:
            row, column = dice.uniform(0, modules - 2, size=2)
            if _is_at_eye(row, column, modules):
                continue
            top, left = (round((QUIET_ZONE + at) * SCALE) for at in (row, column))
            square = slice(top, top + 2 * SCALE), slice(left, left + 2 * SCALE)
            is_blot[square], color[square] = True, 255 * (blots % 2)
            spilt, blots = spilt + 4, blots + 1
        steps.append((is_blot.copy(), color.copy()))
    return tuple(steps)


def _is_at_eye(row: float, column: float, modules: int) -> bool:
    near, far = EYE + 1, modules - EYE - 3
    return (row < near or row > far) and (column < near or column > far) and not (row > far and column > far)
