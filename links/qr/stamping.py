"""Coverage of shaped modules in pixels: each distinct piece is drawn once, and stamped wherever it stands.

How a module looks depends on itself and its four neighbours, in every shape that there is: 32 pieces. Tests hold what
is stamped against what is drawn outline by outline.
"""

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO

import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image

from links.qr.art import Modules, PathData
from links.qr.module_shapes import drawn
from links.qr.outlines import Rows
from links.qr.paths import bounds, moved
from links.qr.styles import ModuleShape

Coverage = npt.NDArray[np.uint8]  # 0 is bare, 255 is covered
Cells = npt.NDArray[np.bool_]  # dark is True
Pieces = npt.NDArray[np.intp]

PIECES = 2**5
_Box = tuple[int, int, int, int]  # left, top, right, bottom; in modules


def coverage(modules: Modules, size: tuple[int, int], scale: int) -> Coverage:
    """Height by width pixels, so many a module."""
    width, height = size
    covered = np.zeros((height, width), dtype=np.uint8)
    _stamp(modules, covered, scale)
    for (left, top, right, bottom), path in _apart(modules.beside):
        across, down = right - left, bottom - top
        part = covered[top * scale : bottom * scale, left * scale : right * scale]
        np.maximum(part, _drawn(moved(path, -left, -top), across, down, scale), out=part)
    return covered


def _stamp(modules: Modules, covered: Coverage, scale: int) -> None:
    """All modules, and what reaches from them over the border of the grid."""
    cells = np.pad(np.array([[cell == "1" for cell in row] for row in modules.rows]), 1)
    stamps = pieces(modules.shape, modules.dot_size, scale)
    left, right = (modules.x - 1) * scale, (modules.x - 1 + cells.shape[1]) * scale
    for row, numbers in enumerate(piece_numbers(cells), modules.y - 1):
        line = stamps[numbers].transpose(1, 0, 2).reshape(scale, -1)
        covered[row * scale : (row + 1) * scale, left:right] = line


def piece_numbers(cells: Cells) -> Pieces:
    """For each cell a number below PIECES, whose bits say which of it and of its neighbours are dark."""
    around = np.pad(cells, 1).astype(np.intp)
    middle, above, below = around[1:-1, 1:-1], around[:-2, 1:-1], around[2:, 1:-1]
    before, behind = around[1:-1, :-2], around[1:-1, 2:]
    numbers: Pieces = middle + 2 * above + 4 * before + 8 * behind + 16 * below
    return numbers


@lru_cache(maxsize=16)
def pieces(shape: ModuleShape, dot_size: float, scale: int) -> Coverage:
    """By number, the middle of three by three modules: PIECES by `scale` by `scale`."""
    parts = "".join(
        f'<svg x="{number}" width="1" height="1" viewBox="1 1 1 1"><path d="{path}"/></svg>'
        for number in range(1, PIECES)
        if (path := drawn(shape, _surroundings(number), 0, 0, dot_size))
    )
    row = _alpha(parts, PIECES, 1, scale)
    return row.reshape(scale, PIECES, scale).transpose(1, 0, 2).copy()


def _surroundings(number: int) -> Rows:
    middle, above, before, behind, below = (str(number >> bit & 1) for bit in range(5))
    return f"0{above}0", f"{before}{middle}{behind}", f"0{below}0"


def _apart(path: PathData) -> Iterator[tuple[_Box, PathData]]:
    """Parts of a path that overlap belong together; the box around each, in whole modules."""
    boxes: list[tuple[_Box, PathData]] = []
    for part in path.split("M")[1:]:
        left, top, right, bottom = bounds(f"M{part}")
        box = int(left // 1), int(top // 1), int(-(-right // 1)), int(-(-bottom // 1))
        whole = f"M{part}"
        for other in [other for other in boxes if _overlap(other[0], box)]:
            boxes.remove(other)
            box, whole = _around(other[0], box), other[1] + whole
        boxes.append((box, whole))
    yield from boxes


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(one: _Box, other: _Box) -> _Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


@lru_cache(maxsize=8)  # as large as a megabyte each
def _drawn(path: PathData, width: int, height: int, scale: int) -> Coverage:
    """The coverage of a path: the eyes of a symbol are often alike. A module of room keeps edges exact."""
    whole = _alpha(f'<path d="{moved(path, 1, 1)}"/>', width + 2, height + 2, scale)
    return whole[scale:-scale, scale:-scale]


def _alpha(drawing: str, width: int, height: int, scale: int) -> Coverage:
    """What of a drawing in modules is covered, in pixels."""
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * scale}" height="{height * scale}" '
        f'viewBox="0 0 {width} {height}">{drawing}</svg>'
    )
    file = resvg_py.svg_to_bytes(svg_string=picture, skip_system_fonts=True)
    return np.asarray(Image.open(BytesIO(bytes(file))).convert("RGBA").getchannel("A"))
