"""How much of the error correction a drawn symbol has used up before anything has happened to it.

A decoder sees one pixel in the middle of each module and asks whether it is darker than its surroundings. What it
reads is compared with the symbol's true modules. One wrong module makes its whole code word wrong, and the
Reed–Solomon block with the most wrong code words decides:

    unused = 1 - 2 · wrong code words / (correction code words - code words kept for detection)

Below zero no decoder can be expected to read the symbol. Source: ISO/IEC 18004, "Error correction capacity", and
ISO/IEC 15415, "Unused error correction", with no erasures, as decoders of pictures know none.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from links.qr.certificate.layout import FUNCTION, Grid, blocks, codewords, format_copies
from links.qr.certificate.pictures import SCALE, Grey
from links.qr.matrix import QUIET_ZONE, Symbol

Levels = npt.NDArray[np.float64]

_NEAR = 5  # modules to each side that a local threshold is made of: five blocks of 8 pixels, as in zxing, at SCALE
_FLAT = 8.0  # standard deviation in grey levels under which surroundings say nothing


@dataclass(frozen=True)
class Budget:
    """`unused` is the share of the worst block's error correction that is left, at most 1; negative is unreadable."""

    unused: float
    wrong_codewords: tuple[int, ...]  # of each block
    format_errors: tuple[int, int]  # wrong modules in each copy of level and mask


def budget(symbol: Symbol, true: Grid, read: Grid) -> Budget:
    """What is left when `read` is seen in place of `true`; both without quiet zone."""
    wrong = true != read
    spread = blocks(symbol.version, symbol.level)
    numbers = codewords(symbol.version)[wrong]
    is_wrong = np.zeros(len(spread.of_codeword), dtype=np.bool_)
    is_wrong[numbers[numbers != FUNCTION]] = True
    of_block = np.bincount(spread.of_codeword[is_wrong], minlength=spread.count)
    usable = spread.correction_codewords - spread.kept_for_detection
    around, beside = (int(wrong[cells].sum()) for cells in format_copies(symbol.version))
    return Budget(1 - 2 * int(of_block.max()) / usable, tuple(of_block.tolist()), (around, beside))


def read_modules(picture: Grey) -> Grid:
    """Dark modules without quiet zone, as a decoder sees them in a picture of SCALE pixels a module."""
    first, second = slice(SCALE // 2 - 1, None, SCALE), slice(SCALE // 2, None, SCALE)
    around_middle = [picture[rows, columns] for rows in (first, second) for columns in (first, second)]
    middles = np.sum(around_middle, axis=0, dtype=np.float64) / len(around_middle)
    whole = np.asarray(Image.fromarray(picture).reduce(SCALE), dtype=np.float64)
    is_dark = middles < _thresholds(whole)
    return is_dark[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE]


def _thresholds(grey: Levels) -> Levels:
    """The mean of each module's surroundings; of the whole picture where those are all alike."""
    mean = _near_mean(grey)
    deviation = np.sqrt(np.maximum(_near_mean(grey * grey) - mean * mean, 0))
    whole: Levels = np.where(deviation < _FLAT, grey.mean(), mean)
    return whole


def _near_mean(values: Levels) -> Levels:
    """Means over squares of 2 · _NEAR + 1 modules, cut at the picture's edge, by sums of everything above and left."""
    sums = np.zeros((len(values) + 1, len(values) + 1))
    sums[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    at = np.arange(len(values))
    low, high = np.maximum(at - _NEAR, 0), np.minimum(at + _NEAR + 1, len(values))
    rows = sums[high] - sums[low]
    size = high - low
    near: Levels = (rows[:, high] - rows[:, low]) / (size[:, None] * size)
    return near
