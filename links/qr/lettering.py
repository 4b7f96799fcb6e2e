"""Text as outlines of letters, so that a picture looks the same on machines that lack the font."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from links.qr.art import PathData
from links.qr.paths import bounds, number
from links.qr.payloads.fields import FieldRefused

# Scripts from right to left and marks that join onto letters need a shaping engine; wrong letters are worse than none.
_NEEDS_SHAPING = frozenset({"R", "AL", "AN", "NSM"})
# Where a contour begins, seen from the text's own start, and how it goes on.
_Contour = tuple[float, float, PathData]


class Typeface:
    """A TrueType font. Widths count in ems, and y grows downwards as in all our pictures; threads may share it."""

    def __init__(self, file: Path) -> None:
        self._font: Any = TTFont(BytesIO(file.read_bytes()), lazy=True)
        self._glyphs: Any = self._font.getGlyphSet()
        self._names: dict[int, str] = self._font.getBestCmap()
        self._em: int = self._font["head"].unitsPerEm
        self._advances: dict[str, tuple[int, int]] = self._font["hmtx"].metrics
        self._kerning = _kerning(self._font)
        self._lock = Lock()  # the font is taken apart piece by piece, as glyphs are asked for
        self._contours = lru_cache(maxsize=4096)(self._drawn)
        _, top, _, _ = bounds(self.outline("H", 0, 0, 1))
        self.cap_height = -top

    def check(self, field: str, text: str) -> None:
        """Every letter can be drawn; raises FieldRefused, which names those that cannot."""
        letters = dict.fromkeys(unicodedata.normalize("NFC", text))
        missing = [letter for letter in letters if not self._has(letter)]
        if missing:
            named = ", ".join(f"“{letter}” (U+{ord(letter):04X})" for letter in missing[:5])
            raise FieldRefused(field, f"Leave out {named}: the font of labels cannot draw this.")
        if text and not any(self._contours(name, 1) for name, _ in self._set(text)):
            raise FieldRefused(field, "Write something that can be seen: these letters are all empty.")

    def width(self, text: str) -> float:
        """In ems; what `check` refuses has no width."""
        return sum(advance for _, advance in self._set(text)) / self._em

    def outline(self, text: str, x: float, y: float, size: float) -> PathData:
        """The text from x on with its baseline at y; an em is `size` units."""
        parts = list[str]()
        for name, advance in self._set(text):
            for start_x, start_y, rest in self._contours(name, size):
                parts.append(f"M{number(x + start_x)} {number(y + start_y)}{rest}")
            x += advance * size / self._em
        return "".join(parts)

    def _has(self, letter: str) -> bool:
        return ord(letter) in self._names and unicodedata.bidirectional(letter) not in _NEEDS_SHAPING

    def _set(self, text: str) -> Iterator[tuple[str, int]]:
        """Each glyph with what it advances in font units, brought nearer to its neighbour where the font says so."""
        composed = unicodedata.normalize("NFC", text)
        names = [self._names[ord(letter)] for letter in composed if ord(letter) in self._names]
        for name, following in zip(names, [*names[1:], ""], strict=True):
            yield name, self._advances[name][0] + self._kerning.get((name, following), 0)

    def _drawn(self, name: str, size: float) -> tuple[_Contour, ...]:
        pen = _Pen(self._glyphs, size / self._em)
        with self._lock:
            self._glyphs[name].draw(pen)
        return tuple((x, y, "".join(rest)) for x, y, rest in pen.contours)


class _Pen(BasePen):  # type: ignore[misc] # fontTools ships no types
    """Writes what fontTools draws as relative path data; quadratic curves arrive here as cubic ones."""

    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self._scale = scale
        self._at = (0.0, 0.0)
        self.contours = list[tuple[float, float, list[str]]]()

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 fontTools' name
        self._at = pt
        self.contours.append((pt[0] * self._scale, -pt[1] * self._scale, []))

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 fontTools' name
        self._add("l", pt)

    def _curveToOne(  # noqa: N802 fontTools' name
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802 fontTools' name
        self.contours[-1][2].append("z")

    def _add(self, command: str, *points: tuple[float, float]) -> None:
        x, y = self._at
        numbers = [value for point in points for value in ((point[0] - x), -(point[1] - y))]
        self.contours[-1][2].append(command + " ".join(number(value * self._scale) for value in numbers))
        self._at = points[-1]


def _kerning(font: Any) -> dict[tuple[str, str], int]:
    """Pairs of glyphs that stand nearer together or further apart; none where the font has no such table."""
    tables = font["kern"].kernTables if "kern" in font else []
    return {pair: shift for table in tables for pair, shift in table.kernTable.items()}
