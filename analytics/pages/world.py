"""The countries of the world as SVG paths, in the Equal Earth projection: areas on the map compare as on the globe.

The outlines are Natural Earth's at 1:110 million, from the npm package world-atlas, as TopoJSON: arcs of whole-numbered
steps, which the borders of two countries share.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from analytics.pages.names import code_of_country

# Of the whole sheet, in units that are about half a pixel on a wide screen; and what of it is shown: no empty sea.
WIDTH = 1920
VIEW_BOX = "80 0 1790 832"
_SMALLEST_MOVE, _FEWEST_MOVES = 3, 3
# Equal Earth's own constants (Šavrič, Patterson, Jenny, 2018).
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3) / 2
# The meridian in the middle: at its other side, in the Bering Strait, hardly any land is cut in two.
_MIDDLE = 11
# Nobody lives there, and it would take a fifth of the picture.
_LEFT_OUT = {"Antarctica"}

Spot = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """One country: its ISO 3166-1 alpha-2 code, empty where it has none, and its outline as the `d` of a path."""

    code: str
    outline: str


@cache
def shapes() -> tuple[Shape, ...]:
    """Every country that is large enough for this map; none when the file is missing, and the page does without."""
    path = Path(settings.WORLD_MAP_PATH)
    return tuple(read_shapes(json.loads(path.read_text()))) if path.is_file() else ()


@cache
def codes_on_the_map() -> frozenset[str]:
    return frozenset(shape.code for shape in shapes() if shape.code)


@cache
def land() -> SafeString:
    """All outlines as SVG, made once: they are most of a page. What colours a country refers to its id."""
    path = '<path id="land-{}" d="{}"/>'
    return format_html_join("", path, ((shape.code or number, shape.outline) for number, shape in enumerate(shapes())))


def read_shapes(topology: dict[str, Any]) -> Iterator[Shape]:
    """The shapes of a TopoJSON of countries whose ids are ISO 3166-1 numbers."""
    arcs = [_arc(arc, **topology["transform"]) for arc in topology["arcs"]]
    for country in topology["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        if name not in _LEFT_OUT:
            yield Shape(code_of_country(country.get("id", ""), name), _outline(country, arcs))


def _arc(steps: Sequence[Sequence[int]], scale: Spot, translate: Spot) -> list[Spot]:
    """Places in degrees, out of steps from one to the next."""
    xs = accumulate(step[0] for step in steps)
    ys = accumulate(step[1] for step in steps)
    return [(x * scale[0] + translate[0], y * scale[1] + translate[1]) for x, y in zip(xs, ys, strict=True)]


def _outline(country: dict[str, Any], arcs: Sequence[Sequence[Spot]]) -> str:
    polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
    return "".join(_ring(ring, arcs) for polygon in polygons for ring in polygon)


def _ring(numbers: Sequence[int], arcs: Sequence[Sequence[Spot]]) -> str:
    """A closed line through arcs; a number below zero is the arc ~number backwards."""
    spots: list[Spot] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        spots.extend(arc[1:] if spots else arc)
    return "".join(_path([on_paper(*spot) for spot in part]) for part in _on_one_sheet(spots))


def _on_one_sheet(ring: Sequence[Spot]) -> Iterator[list[Spot]]:
    """A ring, or its parts where it crosses the edges of the map, in degrees from the map's middle."""
    unrolled = _unrolled([(x - _MIDDLE, y) for x, y in ring])
    for turn in (-360, 0, 360):
        moved = [(x + turn, y) for x, y in unrolled]
        if part := _clipped(_clipped(moved, -180, 1), 180, -1):
            yield part


def _unrolled(ring: Sequence[Spot]) -> list[Spot]:
    """The same places, with longitudes that do not jump by a whole turn; they may leave ±180°."""
    unrolled = [ring[0]]
    for x, y in ring[1:]:
        unrolled.append((x - 360 * round((x - unrolled[-1][0]) / 360), y))
    return unrolled


def _clipped(ring: Sequence[Spot], edge: float, side: int) -> list[Spot]:
    """What of a ring lies east (side 1) or west (side -1) of a meridian (Sutherland and Hodgman)."""
    kept: list[Spot] = []
    for (x0, y0), (x1, y1) in pairwise([*ring[-1:], *ring]):
        was_in, is_in = (x0 - edge) * side >= 0, (x1 - edge) * side >= 0
        if was_in != is_in:
            kept.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
        if is_in:
            kept.append((x1, y1))
    return kept


def _path(spots: Sequence[Spot]) -> str:
    """Moves in whole units, each relative to the one before; those that nobody would see are left out."""
    (at_x, at_y), *others = [(round(x), round(y)) for x, y in spots]
    moves = [f"M{at_x} {at_y}l"]
    for x, y in others:
        if abs(x - at_x) + abs(y - at_y) >= _SMALLEST_MOVE:
            moves.append(f"{x - at_x} {y - at_y} ")
            at_x, at_y = x, y
    if len(moves) < _FEWEST_MOVES:
        return ""
    return "".join(moves).rstrip().replace(" -", "-") + "z"


def on_paper(longitude: float, latitude: float) -> Spot:
    """Where on the picture a place is, in its units: x to the right, y down."""
    x, y = equal_earth(longitude, latitude)
    left, _ = equal_earth(-180, 0)
    _, top = equal_earth(0, 84)
    scale = WIDTH / (-2 * left)
    return (x - left) * scale, (top - y) * scale


def equal_earth(longitude: float, latitude: float) -> Spot:
    """The projection itself, of degrees to its own units."""
    theta = math.asin(_M * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
    x = math.radians(longitude) * math.cos(theta) / (_M * slope)
    y = theta * (_A4 * sixth * square + _A3 * sixth + _A2 * square + _A1)
    return x, y
