"""The shapes of modules as path data: squares, dots, bars, diamonds, and areas with round corners."""

import re
from collections.abc import Callable, Iterator

from links.qr.art import PathData
from links.qr.curves import DOWN, LEFT, RIGHT, UP, number, quarter
from links.qr.outlines import Radii, Rows, outlines
from links.qr.styles import ModuleShape

_DARK = re.compile("1+")
# As wide as a module, a diamond covers half of it. Its tips reach a tenth over the border, so that it covers 72 %.
_DIAMOND = 1.2
# By their width, which is at most that of the largest symbol.
_RECTANGLES = [f"h{width}v1h-{width}z" for width in range(178)]
# Corners of areas: top right, bottom right, bottom left, top left.
_ROUNDED: Radii = (0.5, 0.5, 0.5, 0.5)
_CLASSY: Radii = (0, 0.5, 0, 0.5)

# Rows, the place of the first module, and the width of a module where shapes stand apart.
_Drawer = Callable[[Rows, int, int, float], PathData]


def drawn(shape: ModuleShape, rows: Rows, x: int, y: int, dot_size: float) -> PathData:
    """All dark modules of the rows, the first at (x, y); each one's centre is inside, and no light one's."""
    return _DRAWERS[shape](rows, x, y, dot_size)


def _runs(rows: Rows, x: int, y: int) -> Iterator[tuple[int, int, int]]:
    """Place and length of every run of dark modules in a row."""
    for line, row in enumerate(rows, y):
        for run in _DARK.finditer(row):
            start, end = run.span()
            yield x + start, line, end - start


def _squares(rows: Rows, x: int, y: int, dot_size: float) -> PathData:
    """One rectangle for each run."""
    if dot_size == 1:
        return "".join([f"M{left} {top}{_RECTANGLES[width]}" for left, top, width in _runs(rows, x, y)])
    side = number(dot_size)
    return _apart(rows, x, y, dot_size / 2, dot_size / 2, f"h{side}v{side}h-{side}z")


def _dots(rows: Rows, x: int, y: int, dot_size: float) -> PathData:
    radius = dot_size / 2
    circle = (
        f"{quarter(radius, UP, RIGHT)}{quarter(radius, RIGHT, DOWN)}"
        f"{quarter(radius, DOWN, LEFT)}{quarter(radius, LEFT, UP)}z"
    )
    return _apart(rows, x, y, radius, 0, circle)


def _diamonds(rows: Rows, x: int, y: int, dot_size: float) -> PathData:
    reach = dot_size * _DIAMOND / 2
    half = number(reach)
    return _apart(rows, x, y, reach, 0, f"l{half} -{half}l{half} {half}l-{half} {half}z")


def _apart(rows: Rows, x: int, y: int, left: float, up: float, shape: PathData) -> PathData:
    """The same shape in every dark module, beginning so far left and up from its centre."""
    return "".join(
        f"M{number(start + step + 0.5 - left)} {number(line + 0.5 - up)}{shape}"
        for start, line, width in _runs(rows, x, y)
        for step in range(width)
    )


def _level_bars(rows: Rows, x: int, y: int, dot_size: float) -> PathData:
    radius = dot_size / 2
    head = f"{quarter(radius, RIGHT, DOWN)}{quarter(radius, DOWN, LEFT)}"
    tail = f"{quarter(radius, LEFT, UP)}{quarter(radius, UP, RIGHT)}z"
    return "".join(
        f"M{number(start + 0.5)} {number(line + 0.5 - radius)}h{width - 1}{head}h-{width - 1}{tail}"
        for start, line, width in _runs(rows, x, y)
    )


def _upright_bars(rows: Rows, x: int, y: int, dot_size: float) -> PathData:
    radius = dot_size / 2
    head = f"{quarter(radius, DOWN, LEFT)}{quarter(radius, LEFT, UP)}"
    tail = f"{quarter(radius, UP, RIGHT)}{quarter(radius, RIGHT, DOWN)}z"
    columns = ["".join(column) for column in zip(*rows, strict=True)]
    return "".join(
        f"M{number(line + 0.5 + radius)} {number(start + 0.5)}v{height - 1}{head}v-{height - 1}{tail}"
        for start, line, height in _runs(columns, y, x)
    )


def _rounded(rows: Rows, x: int, y: int, dot_size: float) -> PathData:
    return outlines(rows, x, y, _ROUNDED)


def _classy(rows: Rows, x: int, y: int, dot_size: float) -> PathData:
    return outlines(rows, x, y, _CLASSY)


_DRAWERS: dict[ModuleShape, _Drawer] = {
    "square": _squares,
    "rounded": _rounded,
    "dots": _dots,
    "vertical": _upright_bars,
    "horizontal": _level_bars,
    "diamond": _diamonds,
    "classy": _classy,
}
