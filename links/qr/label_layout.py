"""How a code and its captions lie on one label: the code as large as the label allows, letters in what is left."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from links.qr.art import Art, PathData
from links.qr.lettering import Typeface
from links.qr.payloads.fields import FieldRefused
from links.qr.sheets import Sheet

LEAST_MODULE = 0.25  # mm; office printers draw nothing smaller that phones read
_PADDING = 1.0
_LARGEST_LETTERS, _SMALLEST_LETTERS, _STEP = 4.2, 1.75, 0.175  # mm an em: from 12 points to 5
_LEADING = 1.2
_BEHIND_SLASHES = re.compile("(?<=/)(?=[^/])")
_WIDE = 1.4  # from this ratio of width and height on captions stand beside the code


@dataclass(frozen=True)
class Text:
    """Lines of letters `size` mm an em; in the middle of `width` where one is given, else from the left."""

    lines: list[str]
    size: float
    x: float = 0
    y: float = 0
    width: float | None = None

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * _LEADING

    def outlines(self, x: float, y: float, typeface: Typeface) -> PathData:
        """The letters on the label whose corner is at x and y."""
        parts = list[str]()
        for i, line in enumerate(self.lines):
            indent = (self.width - typeface.width(line) * self.size) / 2 if self.width else 0
            baseline = y + self.y + (i * _LEADING + 0.95) * self.size
            parts.append(typeface.outline(line, x + self.x + indent, baseline, self.size))
        return "".join(parts)


@dataclass(frozen=True)
class Label:
    """A picture whose modules are so many mm wide, and its captions; places in mm from the label's corner."""

    art: Art
    x: float
    y: float
    module: float
    text: Text | None = None


def lay_out(art: Art, captions: Sequence[str], sheet: Sheet, typeface: Typeface) -> Label:
    """Place a picture and the lines that stand beside or below it; empty ones are left out.

    Raises FieldRefused, of `captions` or `sheet`, for what would be too small to read.
    """
    width, height = sheet.width - 2 * _PADDING, sheet.height - 2 * _PADDING
    lines = [line for line in captions if line.strip()]
    if not lines:
        module = min(width / art.width, height / art.height)
        return _checked(art, (width - art.width * module) / 2, (height - art.height * module) / 2, module)
    if width >= _WIDE * height:
        return _beside(art, lines, width, height, typeface)
    return _below(art, lines, width, height, typeface)


def _beside(art: Art, lines: list[str], width: float, height: float, typeface: Typeface) -> Label:
    module = min(height / art.height, width / 2 / art.width)
    left = art.width * module + _PADDING
    broken, size = _typeset(lines, width - left, height, typeface)
    text = Text(broken, size, _PADDING + left)
    text = Text(broken, size, _PADDING + left, _PADDING + (height - text.height) / 2)
    return _checked(art, 0, (height - art.height * module) / 2, module, text)


def _below(art: Art, lines: list[str], width: float, height: float, typeface: Typeface) -> Label:
    broken, size = _typeset(lines, width, height * 0.4, typeface)
    text = Text(broken, size)
    module = min(width / art.width, (height - text.height) / art.height)
    top = (height - text.height - art.height * module) / 2
    text = Text(broken, size, _PADDING, _PADDING + top + art.height * module, width)
    return _checked(art, (width - art.width * module) / 2, top, module, text)


def _checked(art: Art, x: float, y: float, module: float, text: Text | None = None) -> Label:
    if module < LEAST_MODULE:
        advice = "Use larger labels, fewer captions or a shorter address: a module of the code would be"
        raise FieldRefused("sheet", f"{advice} {module:.2f} mm wide, and at least {LEAST_MODULE} mm can be scanned.")
    return Label(art, _PADDING + x, _PADDING + y, module, text)


def _typeset(lines: list[str], width: float, height: float, typeface: Typeface) -> tuple[list[str], float]:
    """The lines, broken between words where they must, and the largest letters with which all of them fit."""
    for line in lines:
        typeface.check("captions", line)
    width_of, size = cache(typeface.width), _LARGEST_LETTERS
    while size >= _SMALLEST_LETTERS:
        broken = [part for line in lines for part in _broken(line, width / size, width_of)]
        if Text(broken, size).height <= height and all(width_of(part) * size <= width for part in broken):
            return broken, size
        size -= _STEP
    longest = max(lines, key=len)
    raise FieldRefused("captions", f"Use shorter captions or larger labels: “{longest[:40]}” does not fit.")


def _broken(line: str, width: float, width_of: Callable[[str], float]) -> Iterator[str]:
    """As much in each part as fits, in ems; what is too long for a line of its own stands alone."""
    if width_of(line) <= width:
        yield line
        return
    part = ""
    for space, piece in _pieces(line, width, width_of):
        longer = f"{part}{space if part else ''}{piece}"
        if part and width_of(longer) > width:
            yield part
            part = piece
        else:
            part = longer
    yield part


def _pieces(line: str, width: float, width_of: Callable[[str], float]) -> Iterator[tuple[str, str]]:
    """Words, and those of addresses that are too long cut behind their slashes; with what stands before each."""
    for word in line.split():
        first, *rest = _BEHIND_SLASHES.split(word) if width_of(word) > width else [word]
        yield " ", first
        yield from (("", piece) for piece in rest)
