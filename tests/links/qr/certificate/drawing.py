"""Pictures drawn by hand, pixel by pixel, for what no style can look like."""

import numpy as np

from links.qr.certificate.layout import Grid, blocks, codewords, side
from links.qr.certificate.pictures import SCALE, Grey, plain, true_modules
from links.qr.matrix import QUIET_ZONE, Level, Symbol

TEXT = "https://Q.EXAMPLE.COM/ABC123"


def symbol_of(version: int, level: Level) -> Symbol:
    """Any symbol of this version and level: as many capitals as its data code words certainly hold."""
    spread = blocks(version, level)
    room = len(spread.of_codeword) - spread.count * spread.correction_codewords
    symbol = Symbol.of("A" * ((room * 8 - 20) * 2 // 11 - 1), level=level)
    assert symbol.version == version
    return symbol


def wrong_codewords(symbol: Symbol, numbers: list[int]) -> Grid:
    """The symbol's modules, one module of each of these code words turned over."""
    modules = true_modules(symbol)
    for number in numbers:
        row, column = np.argwhere(codewords(symbol.version) == number)[0]
        modules[row, column] = not modules[row, column]
    return modules


def with_eyes_of_dots(symbol: Symbol) -> Grey:
    """A picture whose eyes are separate squares of half a module's width."""
    picture = plain(true_modules(symbol))
    begin, end, far = QUIET_ZONE, QUIET_ZONE + 7, QUIET_ZONE + side(symbol.version) - 7
    small = np.zeros((SCALE, SCALE), dtype=np.bool_)
    small[1:-1, 1:-1] = True
    for top, left in ((begin, begin), (begin, far), (far, begin)):
        eye = slice(top * SCALE, (top + end - begin) * SCALE), slice(left * SCALE, (left + end - begin) * SCALE)
        picture[eye] = np.where(np.tile(small, (7, 7)), picture[eye], 255)
    return picture
