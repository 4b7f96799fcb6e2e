"""Path data taken apart for formats that have operators of their own, moved to another place, and measured."""

import re
from collections.abc import Iterator

from links.qr.art import PathData

# An absolute step, named as PDF does: m moves, l and c draw, h closes. Numbers are pairs of x and y.
Step = tuple[str, tuple[float, ...]]

_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"
_TOKEN = re.compile(rf"([Mlhvcz])|({_NUMBER}(?:e[-+]?\d+)?)|[\s,]+|(.)", re.DOTALL)
_START = re.compile(rf"M[\s,]*({_NUMBER})[\s,]*({_NUMBER})")
_RECTANGLE = re.compile(rf"M({_NUMBER})[ ,]?({_NUMBER})h({_NUMBER})v({_NUMBER})h-\3z")
_NUMBERS_OF = {"M": 2, "l": 2, "h": 1, "v": 1, "c": 6}


class NotPathData(ValueError):
    """Path data with other commands than M, l, h, v, c and z, or with numbers missing."""


def number(value: float) -> str:
    """As short as ten-thousandths of a module allow, without an exponent, which PDF does not know."""
    return f"{round(value, 4):.10g}"


def steps(path: PathData) -> Iterator[Step]:
    """The path in absolute coordinates; raises NotPathData."""
    x = y = start_x = start_y = 0.0
    for command, given in _commands(path):
        match command:
            case "M":
                start_x, start_y = x, y = given[0], given[1]
                yield "m", (x, y)
            case "c":
                points = tuple(value + (y if i % 2 else x) for i, value in enumerate(given))
                x, y = points[4:]
                yield "c", points
            case "z":
                x, y = start_x, start_y
                yield "h", ()
            case _:
                x += 0 if command == "v" else given[0]
                y += 0 if command == "h" else given[-1]
                yield "l", (x, y)


def operators(path: PathData) -> str:
    """The path in operators that PDF has and a few lines of PostScript define: x y m, x y l, … c, h, x y w h re."""
    # Most symbols are nothing but rectangles, and regular expressions are many times as fast as the way below.
    short = _RECTANGLE.sub(r"\1 \2 \3 \4 re\n", path)
    if not any(command in short for command in "Mlhvcz"):
        return short
    return "".join(f"{' '.join(map(number, points))} {step}\n" for step, points in steps(path))


def moved(path: PathData, dx: float, dy: float) -> PathData:
    """The same shapes elsewhere: only first points are absolute."""
    return _START.sub(lambda start: f"M{number(float(start[1]) + dx)} {number(float(start[2]) + dy)}", path)


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


def _commands(path: PathData) -> Iterator[tuple[str, list[float]]]:
    command, numbers = "", list[float]()
    for token in _TOKEN.finditer(path):
        letter, value, stray = token.groups()
        if stray:
            raise NotPathData(f"{stray!r} in {path[:80]!r}")
        if value:
            numbers.append(float(value))
        elif letter:
            yield from _repeated(command, numbers)
            command, numbers = letter, []
    yield from _repeated(command, numbers)


def _repeated(command: str, numbers: list[float]) -> Iterator[tuple[str, list[float]]]:
    """One command for each set of numbers: SVG allows to leave out the letter when it would be the same."""
    size = _NUMBERS_OF.get(command, 0)
    is_whole = len(numbers) == size if size == 0 or command == "M" else bool(numbers) and len(numbers) % size == 0
    if not is_whole:
        raise NotPathData(f"{len(numbers)} numbers after {command or 'nothing'!r}")
    if not size:
        yield from [(command, [])] if command else []
        return
    for i in range(0, len(numbers), size):
        yield command, numbers[i : i + size]
