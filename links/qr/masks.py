"""Which of the eight masks makes a symbol easiest to read, by the four rules of ISO/IEC 18004.

All eight masked symbols lie one behind the other in a single whole number, so each rule is a few shifts of it.
"""

from dataclasses import dataclass
from functools import lru_cache

from links.qr.placement import MASKS, table


@dataclass(frozen=True)
class _Borders:
    """Cells (of all eight symbols) that have so many others before them: in their row, or in their column."""

    everywhere: int
    row_1: int
    row_10: int
    column_1: int
    column_10: int


@lru_cache(maxsize=40)
def _borders(size: int) -> _Borders:
    def row(before: int) -> int:
        return int(("0" * before + "1" * (size - before)) * size * len(MASKS), 2)

    def column(before: int) -> int:
        return int(("0" * size * before + "1" * size * (size - before)) * len(MASKS), 2)

    return _Borders(row(0), row(1), row(10), column(1), column(10))


def best_mask(version: int, codewords: bytes) -> int:
    """The mask of fewest penalty points, of equal ones the first.

    Format and version information count as light, as in `qrcode`, whose choice this is: the standard leaves it open.
    """
    points = penalties(version, codewords)
    return points.index(min(points))


def penalties(version: int, codewords: bytes) -> list[int]:
    """The penalty points of each mask."""
    the = table(version)
    area, borders = the.size**2, _borders(the.size)
    # The module that is always dark is light here, too: see above.
    cells = the.cells(codewords, "0" * 15, "0" * 18) & ~(1 << (area - 1 - (the.size - 8) * the.size - 8))
    symbols = 0
    for mask in MASKS:
        symbols = symbols << area | cells ^ the.masks[mask]
    weighed = [
        *_runs(symbols, 1, borders.everywhere, borders.row_1),
        *_runs(symbols, the.size, borders.everywhere, borders.column_1),
        (3, _blocks(symbols, the.size, borders)),
        (40, _finders(symbols, 1, borders.everywhere, borders.row_10)),
        (40, _finders(symbols, the.size, borders.everywhere, borders.column_10)),
    ]
    return [_points(weighed, symbols, area, mask) for mask in MASKS]


def _points(weighed: list[tuple[int, int]], symbols: int, area: int, mask: int) -> int:
    shift, ones = area * (MASKS[-1] - mask), (1 << area) - 1
    dark = (symbols >> shift & ones).bit_count()
    # Ten points for every full 5 % that the share of dark modules is off the half.
    off_balance = 10 * int(abs(dark / area * 100 - 50) / 5)
    return off_balance + sum(weight * (found >> shift & ones).bit_count() for weight, found in weighed)


def _alike(symbols: int, step: int, everywhere: int, has_one_before: int) -> int:
    return (symbols ^ symbols >> step ^ everywhere) & has_one_before


def _runs(symbols: int, step: int, everywhere: int, has_one_before: int) -> list[tuple[int, int]]:
    """Five or more alike: as many points as modules, less 2. So 3 where five end, but 1 if five ended just before."""
    pairs = _alike(symbols, step, everywhere, has_one_before)
    triples = pairs & pairs >> step
    fives = triples & triples >> 2 * step
    return [(3, fives), (-2, fives & fives >> step)]


def _blocks(symbols: int, size: int, borders: _Borders) -> int:
    """Lower right corners of two by two alike."""
    beside = _alike(symbols, 1, borders.everywhere, borders.row_1)
    above = _alike(symbols, size, borders.everywhere, borders.column_1)
    return beside & beside >> size & above


def _finders(dark: int, step: int, everywhere: int, has_ten_before: int) -> int:
    """Ends of what looks like a finder pattern, 1011101, with four light modules before or behind it."""
    light = dark ^ everywhere
    middle = light >> step & dark >> 4 * step & light >> 5 * step & dark >> 6 * step & light >> 9 * step
    if not (middle := middle & has_ten_before):
        return 0
    before = light & light >> 2 * step & light >> 3 * step & dark >> 7 * step & dark >> 8 * step & dark >> 10 * step
    behind = dark & dark >> 2 * step & dark >> 3 * step & light >> 7 * step & light >> 8 * step & light >> 10 * step
    return middle & (before | behind)
