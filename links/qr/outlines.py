"""The outlines of everything dark, so that modules that touch are one shape without seams."""

import re
from collections.abc import Iterator, Sequence

from links.qr.art import PathData
from links.qr.curves import Corner, closed

# Row, from the top; "1" is dark.
Rows = Sequence[str]
# Which corners are rounded where the dark area ends, and by how much: top right, bottom right, bottom left, top left.
Radii = tuple[float, float, float, float]

_DARK = re.compile("1+")
_Point = tuple[int, int]
# Where an edge begins and ends, by direction: to the right, down, to the left, up, with the dark side on the right.
_Edges = tuple[dict[_Point, _Point], ...]


def outlines(rows: Rows, x: int, y: int, radii: Radii) -> PathData:
    """Outer edges clockwise and holes the other way; inner corners stay sharp, and corners that meet do not join."""
    edges = _edges(rows, x, y)
    return "".join(closed(corners) for corners in _loops(edges, radii))


def _edges(rows: Rows, x: int, y: int) -> _Edges:
    edges: _Edges = ({}, {}, {}, {})
    tops, rights, bottoms, lefts = edges
    for line, (dark, light) in enumerate(_borders(rows), y):
        tops.update({(x + start, line): (x + end, line) for start, end in dark})
        bottoms.update({(x + end, line): (x + start, line) for start, end in light})
    for line, (dark, light) in enumerate(_borders(["".join(column) for column in zip(*rows, strict=True)]), x):
        lefts.update({(line, y + end): (line, y + start) for start, end in dark})
        rights.update({(line, y + start): (line, y + end) for start, end in light})
    return edges


def _borders(rows: Rows) -> Iterator[tuple[list[_Point], list[_Point]]]:
    """For every border between rows from before the first: from where to where it turns dark, and light."""
    width, before = len(rows[0]), 0
    for row in (*rows, "0"):
        after = int(row, 2)
        yield _spans(f"{after & ~before:0{width}b}"), _spans(f"{before & ~after:0{width}b}")
        before = after


def _spans(cells: str) -> list[_Point]:
    return [run.span() for run in _DARK.finditer(cells)]


def _loops(edges: _Edges, radii: Radii) -> Iterator[list[Corner]]:
    """Every loop has an edge to the right, from which it is followed."""
    while edges[0]:
        start = next(iter(edges[0]))
        loop = list(_loop(edges, start, radii))
        yield [corner for _, _, corner in loop]
        for direction, point, _ in loop:
            edges[direction].pop(point)


def _loop(edges: _Edges, start: _Point, radii: Radii) -> Iterator[tuple[int, _Point, Corner]]:
    """Each edge's direction and beginning, and the corner at its end."""
    direction, point = 0, start
    while True:
        end = edges[direction][point]
        # Where two dark areas meet in one point, each keeps to itself: turning to the right comes first.
        turned = (direction + 1) % 4
        is_outer = end in edges[turned]
        yield direction, point, (*end, radii[direction] if is_outer else 0)
        direction, point = turned if is_outer else (direction + 3) % 4, end
        if (direction, point) == (0, start):
            return
