"""From text to the symbol that stands for it for ever, and from a symbol to its modules."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from qrcode import constants, util
from qrcode.main import QRCode

from links.qr.segments import Mode, Segment, bits, cheapest_segments

Level = Literal["M", "Q", "H"]
# Row by row, True is dark.
Modules = tuple[tuple[bool, ...], ...]

QUIET_ZONE = 4  # modules on every side; scanners need them to find the symbol
MAX_VERSION = 40

# From weakest to strongest. L is never used: print wears, and posters get torn.
_LEVELS: dict[Level, int] = {
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
_MODES: dict[Mode, Literal[2, 4]] = {"alphanumeric": 2, "byte": 4}  # as the standard numbers them, and qrcode too


class TextTooLong(ValueError):
    """A text that no QR code holds at level M."""


@dataclass(frozen=True)
class Symbol:
    """Everything that decides a picture's modules; it is stored, so that no later library draws another picture."""

    version: int
    level: Level
    mask: int
    segments: tuple[Segment, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """The smallest symbol of a text, with the strongest error correction of its size; raises TextTooLong."""
        version, segments = _smallest(text)
        level = next(level for level in reversed(_LEVELS) if bits(segments, version) <= _capacity(version, level))
        # Which mask reads best is worked out once and takes most of the time; from now on it is part of the symbol.
        mask = _encoder(version, level, segments).best_mask_pattern()
        return cls(version, level, mask, segments)

    @property
    def text(self) -> str:
        """What a scanner reads."""
        return "".join(text for _, text in self.segments)

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

    def modules(self) -> Modules:
        """The picture with its quiet zone, which is thereby inside every file that is drawn from it."""
        encoder = _encoder(self.version, self.level, self.segments)
        encoder.makeImpl(False, self.mask)
        return tuple(tuple(map(bool, row)) for row in encoder.get_matrix())


def _smallest(text: str) -> tuple[int, tuple[Segment, ...]]:
    for version in range(1, MAX_VERSION + 1):
        segments = cheapest_segments(text, version)
        if bits(segments, version) <= _capacity(version, "M"):
            return version, segments
    raise TextTooLong(f"{len(text)} characters are more than a QR code holds. Use a shorter address.")


def _capacity(version: int, level: Level) -> int:
    return util.BIT_LIMIT_TABLE[_LEVELS[level]][version]


def _encoder(version: int, level: Level, segments: tuple[Segment, ...]) -> QRCode[Any]:
    encoder: QRCode[Any] = QRCode(version=version, error_correction=_LEVELS[level], border=QUIET_ZONE)
    for mode, text in segments:
        encoder.add_data(util.QRData(text.encode(), mode=_MODES[mode]))
    return encoder
