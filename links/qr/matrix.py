"""From text to the symbol that stands for it for ever, and from a symbol to its modules."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from qrcode import constants

from links.qr.codewords import capacity, codewords
from links.qr.masks import best_mask
from links.qr.placement import placed
from links.qr.segments import Segment, bits, cheapest_segments

Level = Literal["M", "Q", "H"]
# Row by row, True is dark.
Modules = tuple[tuple[bool, ...], ...]

QUIET_ZONE = 4  # modules on every side; scanners need them to find the symbol
MAX_VERSION = 40

# From weakest to strongest. L is never used: print wears, and posters get torn.
LEVELS: dict[Level, int] = {
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}


class TextTooLong(ValueError):
    """A text that no QR code of the level asked for holds."""


@dataclass(frozen=True)
class Symbol:
    """Everything that decides a picture's modules; it is stored, so that no later library draws another picture."""

    version: int
    level: Level
    mask: int
    segments: tuple[Segment, ...]

    @classmethod
    def of(cls, text: str, *, level: Level | None = None, at_least: Level = "M") -> Self:
        """The smallest symbol of a text; raises TextTooLong.

        Its error correction is exactly `level` where a specification wants one, else the strongest, from `at_least`
        on, for which the symbol needs not be larger.
        """
        version, segments = _smallest(text, level or at_least)
        level = level or _strongest(version, segments)
        # Which mask reads best is worked out once; from now on it is part of the symbol.
        mask = best_mask(version, codewords(version, LEVELS[level], segments))
        return cls(version, level, mask, segments)

    @property
    def text(self) -> str:
        """What a scanner reads."""
        return "".join(text for _, text in self.segments)

    @property
    def size(self) -> int:
        """Modules along a side, without the quiet zone."""
        return 4 * self.version + 17

    def to_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "level": self.level,
            "mask": self.mask,
            "segments": [list(segment) for segment in self.segments],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        segments = tuple((mode, text) for mode, text in stored["segments"])
        return cls(stored["version"], stored["level"], stored["mask"], segments)

    def rows(self) -> list[str]:
        """`size` rows of as many characters without the quiet zone, "1" is dark."""
        level = LEVELS[self.level]
        cells = placed(self.version, level, self.mask, codewords(self.version, level, self.segments))
        return [cells[start : start + self.size] for start in range(0, len(cells), self.size)]

    def modules(self) -> Modules:
        """The picture with its quiet zone, which is thereby inside every file that is drawn from it."""
        beside = (False,) * QUIET_ZONE
        above = (((False,) * (self.size + 2 * QUIET_ZONE)),) * QUIET_ZONE
        return (*above, *((*beside, *(cell == "1" for cell in row), *beside) for row in self.rows()), *above)


def _smallest(text: str, level: Level) -> tuple[int, tuple[Segment, ...]]:
    for versions in (range(1, 10), range(10, 27), range(27, MAX_VERSION + 1)):
        segments = cheapest_segments(text, versions[0])  # the same within these, as their length fields are
        needed = bits(segments, versions[0])
        for version in versions:
            if needed <= capacity(version, LEVELS[level]):
                return version, segments
    raise TextTooLong(f"{len(text)} characters are more than a QR code of level {level} holds. Shorten the text.")


def _strongest(version: int, segments: tuple[Segment, ...]) -> Level:
    needed = bits(segments, version)
    return next(level for level in reversed(LEVELS) if needed <= capacity(version, LEVELS[level]))
