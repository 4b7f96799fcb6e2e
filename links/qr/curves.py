"""Outlines of right angles, some of them rounded, as path data."""

from collections.abc import Sequence
from functools import lru_cache

from links.qr.art import PathData

# x, y and how far the rounding of this corner reaches along both of its edges; in modules.
Corner = tuple[float, float, float]

# Handles of this share of the radius make a cubic curve a quarter of a circle, to 0.03 %.
_CIRCLE = 0.5523
RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)
_Direction = tuple[int, int]


def number(value: float) -> str:
    """As short as thousandths of a module allow."""
    return f"{round(value, 3):g}"


def closed(corners: Sequence[Corner]) -> PathData:
    """One outline through all corners, edges level and upright in turn; two roundings on an edge must fit on it."""
    behind = [*corners[1:], corners[0]]
    ways = [_way(*here[:2], *there[:2]) for here, there in zip(corners, behind, strict=True)]
    turns = zip(ways, [*ways[1:], ways[0]], corners, behind, strict=True)
    x, y, radius = corners[0]
    start = f"M{number(x + ways[0][0] * radius)} {number(y + ways[0][1] * radius)}"
    return start + "".join(_edge(*turn) for turn in turns) + "z"


def box(x: float, y: float, side: float, radii: tuple[float, float, float, float]) -> PathData:
    """A square, clockwise; radii from its top left corner on."""
    return closed(_square(x, y, side, radii))


def hole(x: float, y: float, side: float, radii: tuple[float, float, float, float]) -> PathData:
    """The same the other way round, which leaves it out of the box around it."""
    return closed(_square(x, y, side, radii)[::-1])


@lru_cache(maxsize=256)
def quarter(radius: float, before: _Direction, after: _Direction) -> str:
    """A quarter of a circle from one direction into another."""
    near, far = radius * _CIRCLE, radius * (1 - _CIRCLE)
    handles = [
        *(near * way for way in before),
        *(radius * first + far * second for first, second in zip(before, after, strict=True)),
        *(radius * (first + second) for first, second in zip(before, after, strict=True)),
    ]
    return "c" + " ".join(map(number, handles))


def _square(x: float, y: float, side: float, radii: tuple[float, float, float, float]) -> list[Corner]:
    right, bottom = x + side, y + side
    places = (x, y), (right, y), (right, bottom), (x, bottom)
    return [(*place, radius) for place, radius in zip(places, radii, strict=True)]


def _way(x1: float, y1: float, x2: float, y2: float) -> _Direction:
    if y1 == y2:
        return RIGHT if x2 > x1 else LEFT
    return DOWN if y2 > y1 else UP


def _edge(before: _Direction, after: _Direction, here: Corner, there: Corner) -> str:
    """The straight part from one corner to the next, and the rounding of that one."""
    dx, dy = before
    straight = abs(there[0] - here[0] + there[1] - here[1]) - here[2] - there[2]
    line = ("h" if dx else "v") + number((dx or dy) * straight) if straight > 0 else ""
    return line + quarter(there[2], before, after) if there[2] else line
