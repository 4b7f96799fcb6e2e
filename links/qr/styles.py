"""How a code looks, apart from what it says: shapes, paints, logo, frame and caption."""

from dataclasses import dataclass
from typing import Literal

from links.qr.art import Color, Stop

ModuleShape = Literal["square", "rounded", "dots", "vertical", "horizontal", "diamond", "classy"]
EyeShape = Literal["square", "rounded", "circle", "leaf"]
LogoShape = Literal["square", "rounded", "circle"]
GradientKind = Literal["linear", "radial"]


@dataclass(frozen=True)
class Gradient:
    """Colours across the whole symbol; `angle` in degrees, 0 from left to right, 90 from top to bottom, linear only."""

    kind: GradientKind
    stops: tuple[Stop, ...]
    angle: float = 0


@dataclass(frozen=True)
class Logo:
    """A picture in the middle: `width` as a share of the symbol's side without quiet zone, `margin` in modules.

    The width is that of its longer side, or of the circle, which cuts off what reaches over it.
    """

    png: bytes
    width: float = 0.2
    margin: float = 1
    shape: LogoShape = "square"


@dataclass(frozen=True)
class Frame:
    """What surrounds the symbol and calls to action: a design by name, its text, and its two colours."""

    design: str
    text: str
    color: Color = "#000000"
    text_color: Color = "#ffffff"


@dataclass(frozen=True)
class Style:
    """Everything that decides how a symbol is drawn; `dot_size` is a module's width where shapes stand apart (0–1).

    Rounded and classy modules always join, whatever it is.
    """

    modules: ModuleShape = "square"
    dot_size: float = 1.0
    foreground: Color | Gradient = "#000000"
    background: Color | Gradient | None = "#ffffff"
    eye_frame: EyeShape = "square"
    eye_ball: EyeShape = "square"
    eye_frame_color: Color | None = None
    eye_ball_color: Color | None = None
    logo: Logo | None = None
    frame: Frame | None = None
    has_caption: bool = False
