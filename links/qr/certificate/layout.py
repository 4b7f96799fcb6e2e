"""Which module of a symbol carries a bit of which code word, and which code words belong to which block.

Worked out apart from the encoder's own placement, so that no mistake of one can hide in the other.
Source: ISO/IEC 18004, "Codeword placement in matrix", "Constructing the final message codeword sequence" and
"Format information"; held against what `qrcode` encodes in every version and level by tests.
"""

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from qrcode import base, util

from links.qr.matrix import LEVELS, Level

Grid: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.intp]
Cells: TypeAlias = tuple[Numbers, Numbers]  # rows and columns

FUNCTION = -1  # in place of a code word's number: the module belongs to a pattern, or is left over
# Code words that a decoder keeps for noticing a wrong reading instead of correcting one ("p" in the standard's table
# of error correction characteristics); none in versions above 1 of these levels.
_KEPT_FOR_DETECTION: dict[tuple[int, Level], int] = {(1, "M"): 2, (1, "Q"): 1, (1, "H"): 1}


@dataclass(frozen=True)
class Blocks:
    """`of_codeword[i]` is the block of the symbol's i-th code word."""

    of_codeword: Numbers
    count: int
    correction_codewords: int  # of each block: all blocks of a symbol have the same number
    kept_for_detection: int


def side(version: int) -> int:
    """Modules on a side, without the quiet zone."""
    return 17 + 4 * version


@cache  # 40 versions at most
def codewords(version: int) -> Numbers:
    """For every module the number of its code word in the symbol's sequence, or FUNCTION."""
    size = side(version)
    numbers = np.full((size, size), FUNCTION, dtype=np.intp)
    is_free = ~_functions(version)
    free = [(row, column) for row, column in _way(size) if is_free[row, column]]
    rows, columns = np.array(free[: len(free) // 8 * 8], dtype=np.intp).T
    numbers[rows, columns] = np.arange(len(rows)) // 8
    numbers.setflags(write=False)
    return numbers


def _way(size: int) -> list[tuple[int, int]]:
    """Upwards and downwards in strips two modules wide, from the right to the left, jumping over the timing pattern."""
    rights = [right if right > 6 else right - 1 for right in range(size - 1, 0, -2)]
    return [
        (row, column)
        for strip, right in enumerate(rights)
        for row in (range(size) if strip % 2 else range(size - 1, -1, -1))
        for column in (right, right - 1)
    ]


def _functions(version: int) -> Grid:
    """Modules that carry no data: eyes with format information, timing, alignment and version information."""
    size = side(version)
    is_function = np.zeros((size, size), dtype=np.bool_)
    is_function[:9, :9] = is_function[:9, -8:] = is_function[-8:, :9] = True
    is_function[6, :] = is_function[:, 6] = True
    for row, column in alignment_centres(version):
        is_function[row - 2 : row + 3, column - 2 : column + 3] = True
    if version >= 7:
        is_function[:6, -11:-8] = is_function[-11:-8, :6] = True
    return is_function


def alignment_centres(version: int) -> list[tuple[int, int]]:
    """Rows and columns of the small squares' centres; where an eye stands there is none."""
    at = util.pattern_position(version)
    eyes = {(6, 6), (6, side(version) - 7), (side(version) - 7, 6)}
    return [(row, column) for row in at for column in at if (row, column) not in eyes]


@cache  # 120 at most
def blocks(version: int, level: Level) -> Blocks:
    """How the code words are spread: first of every block its first data code word, then its second, and so on."""
    of_codeword: list[int] = []
    found = base.rs_blocks(version, LEVELS[level])
    corrections = [block.total_count - block.data_count for block in found]
    for counts in ([block.data_count for block in found], corrections):
        of_codeword += [block for i in range(max(counts)) for block, count in enumerate(counts) if i < count]
    kept = _KEPT_FOR_DETECTION.get((version, level), 0)
    return Blocks(np.array(of_codeword, dtype=np.intp), len(found), corrections[0], kept)


@cache  # 40 versions at most
def format_copies(version: int) -> tuple[Cells, Cells]:
    """The 15 modules of each of the two copies of level and mask: around the first eye, and beside the two others."""
    size = side(version)
    around = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    beside = [(row, 8) for row in range(size - 1, size - 8, -1)] + [(8, column) for column in range(size - 8, size)]
    return _cells(around), _cells(beside)


def _cells(places: list[tuple[int, int]]) -> Cells:
    rows, columns = np.array(places, dtype=np.intp).T
    return rows, columns
