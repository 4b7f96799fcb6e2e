"""Where the bits of a symbol lie: what ISO/IEC 18004 says of versions and masks, worked out once for each version.

A symbol is one string of "0" and "1", row by row, "1" is dark; tables of characters and whole numbers as rows of bits
are what makes drawing fast.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from qrcode import util
from qrcode.main import QRCode

MASKS = range(8)
# Where in the string that a table picks from which bits begin; 0 and 1 stand for light and dark.
_FORMAT, _VERSION, _DATA = 2, 2 + 15, 2 + 15 + 18
_SPARE = "0" * 7  # what the largest rest of a version takes behind its code words

Cell = tuple[int, int]  # row, column


@dataclass(frozen=True)
class Table:
    """One version: its side in modules, what picks every cell from a string of bits, and its eight masks."""

    size: int
    pick: Callable[[str], tuple[str, ...]]
    masks: tuple[int, ...]
    version_bits: str

    def cells(self, codewords: bytes, format_bits: str, version_bits: str) -> int:
        """The unmasked symbol as a number, its first cell highest."""
        data = f"{int.from_bytes(codewords, 'big'):0{8 * len(codewords)}b}"
        return int("".join(self.pick("01" + format_bits + version_bits + data + _SPARE)), 2)


@lru_cache(maxsize=40)
def table(version: int) -> Table:
    """The table of a version, 1 to 40."""
    size = 4 * version + 17
    places = _function_patterns(version)
    data = [cell for cell in _data_cells(size) if cell not in places]
    masks = tuple(_mask(mask, size, data) for mask in MASKS)
    places |= {cell: _DATA + index for index, cell in enumerate(data)}
    pick = itemgetter(*(places[row, column] for row in range(size) for column in range(size)))
    return Table(size, pick, masks, f"{util.BCH_type_number(version):018b}"[::-1])


def format_bits(level: int, mask: int) -> str:
    """Level (as the standard numbers it) and mask with their check bits, lowest first."""
    return f"{util.BCH_type_info(level << 3 | mask):015b}"[::-1]


def placed(version: int, level: int, mask: int, codewords: bytes) -> str:
    """The symbol without quiet zone: size × size characters."""
    the = table(version)
    cells = the.cells(codewords, format_bits(level, mask), the.version_bits) ^ the.masks[mask]
    return f"{cells:0{the.size**2}b}"


def _mask(mask: int, size: int, data: list[Cell]) -> int:
    """The cells that a mask turns over."""
    is_turned = util.mask_func(mask)
    return sum(1 << (size * size - 1 - row * size - column) for row, column in data if is_turned(row, column))


def _function_patterns(version: int) -> dict[Cell, int]:
    """Every cell that holds no data, and what it is picked from."""
    size = 4 * version + 17
    code = QRCode[Any](version=version)
    code.modules_count = size
    code.modules = [[None] * size for _ in range(size)]
    for row, column in ((0, 0), (size - 7, 0), (0, size - 7)):
        code.setup_position_probe_pattern(row, column)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    places = {
        (row, column): int(dark)
        for row, cells in enumerate(code.modules)
        for column, dark in enumerate(cells)
        if dark is not None
    }
    return places | _information(version, size)


def _information(version: int, size: int) -> dict[Cell, int]:
    """Format information twice, the module that is always dark, and from version 7 the version twice."""
    rows = [*range(6), 7, 8, *range(size - 7, size)]
    columns = [*range(size - 1, size - 9, -1), 7, *range(5, -1, -1)]
    places = {(size - 8, 8): 1}
    places |= {(row, 8): _FORMAT + bit for bit, row in enumerate(rows)}
    places |= {(8, column): _FORMAT + bit for bit, column in enumerate(columns)}
    if version >= 7:
        for bit in range(18):
            near, far = bit // 3, size - 11 + bit % 3
            places |= {(near, far): _VERSION + bit, (far, near): _VERSION + bit}
    return places


def _data_cells(size: int) -> Iterator[Cell]:
    """All cells in the order of the bits: two columns at a time from the right, upwards and downwards in turn."""
    is_upwards = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for row in range(size - 1, -1, -1) if is_upwards else range(size):
            yield row, right
            yield row, right - 1
        is_upwards = not is_upwards
