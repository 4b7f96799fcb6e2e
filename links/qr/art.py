"""What a picture consists of: filled paths and bitmaps, in units of modules. Every format is drawn from this alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from links.qr.styles import ModuleShape  # which itself speaks of colours

# "#rrggbb", lower case.
Color = str
# SVG path data limited to M (absolute) and l, h, v, c, z (relative): shapes move by their first point alone, and
# what draws PDF and EPS needs to know these six commands only.
PathData = str
# Where on the way from start (0) to end (1) a gradient has which colour.
Stop = tuple[float, Color]


@dataclass(frozen=True)
class Solid:
    """One colour."""

    color: Color


@dataclass(frozen=True)
class Linear:
    """Colours change from one point to another, and stay as they are before the first and behind the second."""

    x1: float
    y1: float
    x2: float
    y2: float
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Radial:
    """Colours change from a centre outwards."""

    x: float
    y: float
    radius: float
    stops: tuple[Stop, ...]


Paint = Solid | Linear | Radial


@dataclass(frozen=True)
class Modules:
    """What the path of modules was made from: their rows ("1" is dark), the first at (x, y), and how each looks.

    `beside` is the part of the path that is none of them, away from them: the eyes.
    """

    shape: ModuleShape
    rows: tuple[str, ...]
    x: int
    y: int
    dot_size: float
    beside: PathData = ""


@dataclass(frozen=True)
class Fill:
    """A painted path; `is_crisp` where all edges lie on borders of modules, so that no pixel is to be blended.

    `modules` says the same as the path, for whom that is faster.
    """

    path: PathData
    paint: Paint
    is_even_odd: bool = False
    is_crisp: bool = False
    modules: Modules | None = None


@dataclass(frozen=True)
class Bitmap:
    """A PNG stretched over a rectangle, cut out by a path where one is given."""

    png: bytes
    x: float
    y: float
    width: float
    height: float
    clip: PathData | None = None


@dataclass(frozen=True)
class Art:
    """A whole picture, quiet zone included, from its lowest layer to its highest; (0, 0) is its top left corner.

    `symbol_x` and `symbol_y` say where the symbol's quiet zone begins: frames and captions move it.
    """

    width: float
    height: float
    layers: tuple[Fill | Bitmap, ...]
    title: str
    symbol_x: float = 0
    symbol_y: float = 0
