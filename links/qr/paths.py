"""Path data taken apart for formats that have operators of their own, moved to another place, and measured."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import cycle
from operator import add

from links.qr.art import PathData

# An absolute step, named as PDF does: m moves, l and c draw, h closes. Numbers are pairs of x and y.
Step = tuple[str, tuple[float, ...]]

_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"
_TOKEN = re.compile(rf"([lhvcz])|({_NUMBER}(?:e[-+]?\d+)?)|[\s,]+|(.)", re.DOTALL)
_START = re.compile(rf"\s*({_NUMBER})[\s,]*({_NUMBER})")
_RECTANGLE = re.compile(rf"M({_NUMBER})[ ,]?({_NUMBER})h({_NUMBER})v({_NUMBER})h-\3z")
_NUMBERS_OF = {"l": 2, "h": 1, "v": 1, "c": 6, "z": 0}


class NotPathData(ValueError):
    """Path data with other commands than M, l, h, v, c and z, or with numbers missing."""


def number(value: float) -> str:
    """As short as ten-thousandths of a module allow, without an exponent, which PDF does not know."""
    return f"{round(value, 4):.10g}"


def steps(path: PathData) -> Iterator[Step]:
    """The path in absolute coordinates; raises NotPathData."""
    for x, y, rest in _subpaths(path):
        yield "m", (x, y)
        for step, offsets in _followed(rest):
            yield step, tuple(map(add, offsets, cycle((x, y))))


def operators(path: PathData) -> str:
    """The path in operators that PDF has and a few lines of PostScript define: x y m, x y l, … c, h, x y w h re."""
    # Most symbols are nothing but rectangles, and regular expressions are many times as fast as the way below.
    short = _RECTANGLE.sub(r"\1 \2 \3 \4 re\n", path)
    if not any(command in short for command in "Mlhvcz"):
        return short
    parts = list[str]()
    for x, y, rest in _subpaths(path):
        template, offsets = _template(rest)
        parts.append(template % (x, y, *map(add, offsets, cycle((x, y)))))
    return "".join(parts)


def moved(path: PathData, dx: float, dy: float) -> PathData:
    """The same shapes elsewhere: only first points are absolute."""
    return "".join(f"M{number(x + dx)} {number(y + dy)}{rest}" for x, y, rest in _subpaths(path))


def bounds(path: PathData) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all points, those that pull curves included; raises NotPathData when empty."""
    points = [point for _, numbers in steps(path) for point in zip(numbers[::2], numbers[1::2], strict=True)]
    if not points:
        raise NotPathData("no points")
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def rectangle(x: float, y: float, width: float, height: float) -> PathData:
    return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z"


def rounded(x: float, y: float, width: float, height: float, radius: float) -> PathData:
    """A rectangle with round corners, clockwise from the end of its top left corner."""
    r, k = number(radius), number(radius * 0.4477)  # a curve's handles end this far from the corner: nearly a circle
    w, h = number(width - 2 * radius), number(height - 2 * radius)
    far = number(radius * 0.5523)
    return (
        f"M{number(x + radius)} {number(y)}h{w}c{far} 0 {r} {k} {r} {r}v{h}c0 {far} -{k} {r} -{r} {r}"
        f"h-{w}c-{far} 0 -{r} -{k} -{r} -{r}v-{h}c0 -{far} {k} -{r} {r} -{r}z"
    )


def _subpaths(path: PathData) -> Iterator[tuple[float, float, PathData]]:
    """Where each part of the path begins, and its relative commands."""
    before, *parts = path.split("M")
    if before.strip():
        raise NotPathData(f"{before[:40]!r} before the first M")
    for part in parts:
        start = _START.match(part)
        if start is None:
            raise NotPathData(f"no point after M in {part[:40]!r}")
        yield float(start[1]), float(start[2]), part[start.end() :]


# Modules and letters recur: what follows the first point is the same text wherever they stand.
@lru_cache(maxsize=8192)
def _template(rest: PathData) -> tuple[str, tuple[float, ...]]:
    """Operators with gaps for the numbers, and what is to be added there to the first point."""
    followed = _followed(rest)
    lines = ["%.4f %.4f m\n", *("%.4f " * len(offsets) + f"{step}\n" for step, offsets in followed)]
    return "".join(lines), tuple(offset for _, offsets in followed for offset in offsets)


@lru_cache(maxsize=8192)
def _followed(rest: PathData) -> tuple[Step, ...]:
    """The steps after a part's first point, seen from there."""
    found = list[Step]()
    x = y = 0.0
    for command, given in _commands(rest):
        match command:
            case "c":
                points = tuple(value + (y if i % 2 else x) for i, value in enumerate(given))
                x, y = points[4:]
                found.append(("c", points))
            case "z":
                x = y = 0.0
                found.append(("h", ()))
            case _:
                x += 0 if command == "v" else given[0]
                y += 0 if command == "h" else given[-1]
                found.append(("l", (x, y)))
    return tuple(found)


def _commands(rest: PathData) -> Iterator[tuple[str, list[float]]]:
    """One command for each set of numbers: SVG allows to leave out the letter when it would be the same."""
    command, numbers = "", list[float]()
    for token in _TOKEN.finditer(f"{rest}z"):  # the last z only ends the last command
        letter, value, stray = token.groups()
        if stray:
            raise NotPathData(f"{stray!r} in {rest[:80]!r}")
        if value:
            numbers.append(float(value))
        elif letter:
            yield from _repeated(command, numbers)
            command, numbers = letter, []


def _repeated(command: str, numbers: list[float]) -> Iterator[tuple[str, list[float]]]:
    size = _NUMBERS_OF.get(command, 0)
    if bool(numbers) != bool(size) or (size and len(numbers) % size):
        raise NotPathData(f"{len(numbers)} numbers after {command or 'the first point'!r}")
    if command and not size:
        yield command, []
    for i in range(0, len(numbers), size or 1):
        yield command, numbers[i : i + size]
