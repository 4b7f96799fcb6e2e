"""Where a logo lies, and which modules make room for it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from links.qr.art import PathData
from links.qr.curves import DOWN, LEFT, RIGHT, UP, number, quarter
from links.qr.eyes import SIZE
from links.qr.outlines import Rows
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Logo

# The corners of a rounded logo, as a share of its shorter side.
_ROUNDING = 0.2
# What eyes, the light line around them and format information take from a symbol's corner, and where timing lies.
_CORNER, _TIMING = SIZE + 2, SIZE - 1
_HAIR = 1e-9

Cell = tuple[int, int]  # column, row


@dataclass(frozen=True)
class Zone:
    """A logo in a symbol without quiet zone, in modules: the rectangle of what is seen of it, and its margin."""

    x: float
    y: float
    width: float
    height: float
    margin: float
    is_circle: bool

    @classmethod
    def of(cls, logo: Logo, size: int) -> Self:
        """In the middle: its longer side as wide as the logo asks for, a circle across."""
        side = logo.width * size
        across, down = _proportions(logo.png)
        longest = max(across, down)
        is_circle = logo.shape == "circle"
        width, height = (side, side) if is_circle else (side * across / longest, side * down / longest)
        return cls((size - width) / 2, (size - height) / 2, width, height, logo.margin, is_circle)

    def cells(self) -> Iterator[Cell]:
        """Every module that the logo or its margin touches."""
        for row in self._steps(self.y, self.height):
            for column in self._steps(self.x, self.width):
                if not self.is_circle or self._is_in_circle(column, row):
                    yield column, row

    def _steps(self, start: float, length: float) -> range:
        first, last = start - self.margin + _HAIR, start + length + self.margin - _HAIR
        return range(int(first // 1), int(-(-last // 1)))

    def _is_in_circle(self, column: int, row: int) -> bool:
        """Whether the module's nearest point lies inside."""
        x, y, radius = self.x + self.width / 2, self.y + self.height / 2, self.width / 2 + self.margin
        dx, dy = x - min(max(x, column), column + 1), y - min(max(y, row), row + 1)
        return dx * dx + dy * dy < (radius - _HAIR) ** 2


def with_room(rows: Rows, logo: Logo) -> list[str]:
    """The rows without the modules that make room; raises FieldRefused where these are no mere data."""
    cells = set(Zone.of(logo, len(rows)).cells())
    if not all(_is_data(cell, len(rows)) for cell in cells):
        raise FieldRefused("logo.width", _advice(logo, len(rows)))
    return [
        "".join("0" if (column, row) in cells else dark for column, dark in enumerate(line))
        for row, line in enumerate(rows)
    ]


def outline(logo: Logo, x: float, y: float, width: float, height: float) -> PathData | None:
    """What the logo is cut out by; None where it keeps its corners."""
    if logo.shape == "square":
        return None
    radius = min(width, height) * (0.5 if logo.shape == "circle" else _ROUNDING)
    across, down = number(width - 2 * radius), number(height - 2 * radius)
    return (
        f"M{number(x + radius)} {number(y)}h{across}{quarter(radius, RIGHT, DOWN)}v{down}{quarter(radius, DOWN, LEFT)}"
        f"h-{across}{quarter(radius, LEFT, UP)}v-{down}{quarter(radius, UP, RIGHT)}z"
    )


def picture_box(logo: Logo, size: int) -> tuple[float, float, float, float]:
    """Left, top, width and height of the whole picture: what a circle cuts off reaches over its zone."""
    zone = Zone.of(logo, size)
    across, down = _proportions(logo.png)
    scale = max(zone.width / across, zone.height / down)
    width, height = across * scale, down * scale
    return (size - width) / 2, (size - height) / 2, width, height


def _is_data(cell: Cell, size: int) -> bool:
    """Not an eye, timing or format information. Alignment patterns may be covered.

    Version information lies behind the timing: what reaches it from the middle has covered that before.
    """
    near, far = min(cell), max(cell)
    return near != _TIMING and not (near < _CORNER and (far < _CORNER or far > size - _CORNER))


def _advice(logo: Logo, size: int) -> str:
    """The largest width of a whole per cent that fits, if there is one."""
    for percent in range(int(logo.width * 100), 0, -1):
        smaller = Logo(logo.png, percent / 100, logo.margin, logo.shape)
        if all(_is_data(cell, size) for cell in Zone.of(smaller, size).cells()):
            return f"Make the logo at most {percent} % wide: it reaches into what scanners find the symbol by."
    return "Leave the logo away or make its margin smaller: this symbol has no room for it."


def _proportions(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the header of a PNG says."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height
