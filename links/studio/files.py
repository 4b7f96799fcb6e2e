"""A symbol in a look as a file: SVG, PNG, JPEG, WebP, PDF or EPS, of the size asked for."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from django.conf import settings
from PIL import Image

from links.qr import eps, pdf, raster, shapes, svg
from links.qr.art import Art
from links.qr.frames import Surroundings
from links.qr.lettering import Typeface
from links.qr.matrix import QUIET_ZONE, Symbol
from links.qr.payloads.fields import PayloadRefused
from links.qr.styles import Style as Look
from links.studio.pixel_gate import GATE

Format = Literal["svg", "png", "jpg", "webp", "pdf", "eps"]
ColorSpace = Literal["rgb", "cmyk"]

CONTENT_TYPES: dict[Format, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "eps": "application/postscript",
}
_ENCODERS = {"png": raster.png, "jpg": raster.jpeg, "webp": raster.webp}
SCALES = range(1, 65)  # pixels a module
MILLIMETRES = (5, 5_000)  # across
DPIS = (36, 2_400)
DEFAULT_SCALE = 10
DEFAULT_MM = 40.0
MM_PER_INCH = 25.4


@dataclass(frozen=True)
class Output:
    """A format and a size, told in one way: pixels a module, pixels across, or millimetres across at some DPI.

    `symbol_mm` are the millimetres of a symbol without frame and quiet zone, which it has in print whatever the DPI:
    those are what they have to be then.
    """

    format: Format
    scale: int | None = None
    size: int | None = None
    mm: float | None = None
    symbol_mm: float | None = None
    dpi: int = 300
    color_space: ColorSpace = "rgb"

    def width_mm(self, art: Art) -> float | None:
        """Of the whole picture; None where its size is told in pixels, or not at all."""
        return self.mm if self.symbol_mm is None else self.symbol_mm * art.width / (art.width - 2 * QUIET_ZONE)

    def module_mm(self, art: Art) -> float:
        """Of what is printed as shapes."""
        return (self.width_mm(art) or DEFAULT_MM) / art.width

    def dpi_of(self, image: Image.Image, art: Art) -> float:
        """What the file says; the pixels that it was asked with are whole ones of each module, and may be fewer."""
        return self.dpi if self.symbol_mm is None else image.width / art.width / self.module_mm(art) * MM_PER_INCH

    def pixels(self, art: Art) -> int:
        """Whole pixels for each module, so that no edge is blurred; raises PayloadRefused."""
        if self.scale is not None:
            return self.scale
        field, across = "size", self.size
        if (width := self.width_mm(art)) is not None:
            field, across = "mm", int(width / MM_PER_INCH * self.dpi)
        if across is None:
            return DEFAULT_SCALE
        if across < art.width and self.symbol_mm is not None:
            raise PayloadRefused("dpi", "Use more dots an inch: every module needs a pixel of its own.")
        if across < art.width:
            least = math.ceil(art.width if field == "size" else art.width * MM_PER_INCH / self.dpi)
            raise PayloadRefused(field, f"Use at least {least}: every module needs a pixel of its own.")
        return int(across // art.width)


def composed(symbol: Symbol, look: Look, caption: str = "") -> Art:
    """The whole picture: the symbol in its look, what frames it, and the line below. Raises PayloadRefused."""
    return surroundings(caption).around(shapes.compose(symbol, look), look)


def surroundings(caption: str = "") -> Surroundings:
    """What a style's frame and caption are drawn with."""
    return Surroundings(typeface, caption)


def written(art: Art, output: Output) -> bytes:
    """The picture as a file; raises PayloadRefused for a size that it cannot have, and Busy beside other large ones."""
    match output.format:
        case "svg" if (width := output.width_mm(art)) is not None:
            return svg.draw(art, width=width, unit="mm")
        case "svg":
            return svg.draw(art, width=output.pixels(art) * art.width)
        case "pdf":
            return pdf.draw(art, module_mm=output.module_mm(art), color_space=output.color_space)
        case "eps":
            return eps.draw(art, module_mm=output.module_mm(art), color_space=output.color_space)
        case _:
            is_png = output.format == "png"  # which alone keeps flat pictures flat
            with GATE.room_for(raster.share_of_largest(art, output.pixels(art), keeps_flat=is_png)):
                image = _pixels(art, output)
                return _ENCODERS[output.format](image, dpi=output.dpi_of(image, art))


def _pixels(art: Art, output: Output) -> Image.Image:
    """Raises PayloadRefused for the size as it was told."""
    try:
        return raster.draw(art, scale=output.pixels(art))
    except PayloadRefused as refused:
        if refused.field == "scale" and output.scale is None:
            field = "size" if output.width_mm(art) is None else "mm"
            raise PayloadRefused(
                field, "Choose a smaller size, or fewer dots an inch: these are too many pixels."
            ) from refused
        raise


@cache
def typeface() -> Typeface:
    """What texts around symbols are set in; reading it takes a while."""
    return Typeface(settings.LABEL_FONT_PATH)
