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
from links.qr.payloads.fields import FieldRefused
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
INCHES = (0.2, 196)  # across: the same
# In which fields it may be told how large a picture is.
WAYS = ("scale", "size", "mm", "inches")


@dataclass(frozen=True)
class Output:
    """A format and a size, told in one way: pixels a module, pixels across, or a width in print at some DPI.

    `symbol_mm` are the millimetres of a symbol without frame and quiet zone, which it has in print whatever the DPI:
    those are what they have to be then.
    """

    format: Format
    scale: int | None = None
    size: int | None = None
    mm: float | None = None
    inches: float | None = None
    symbol_mm: float | None = None
    dpi: int = 300
    color_space: ColorSpace = "rgb"

    @property
    def told_in(self) -> str:
        """The field that says how large it is."""
        given = next((name for name in WAYS if getattr(self, name) is not None), "scale")
        return given if self.symbol_mm is None else "dpi"

    def width_mm(self, art: Art) -> float | None:
        """Of the whole picture, where it is told in a length."""
        if self.symbol_mm is not None:
            return self.symbol_mm * art.width / (art.width - 2 * QUIET_ZONE)
        return self.inches * MM_PER_INCH if self.inches is not None else self.mm

    def module_mm(self, art: Art) -> float:
        """Of what is printed as shapes: pixels are dots of which `dpi` make an inch. Raises FieldRefused."""
        across = self._across(art)
        least, most = MILLIMETRES
        if not least <= across <= most:
            advice = f"This would be {across:,.4g} mm wide in print; choose from {least} to {most:,} mm."
            raise FieldRefused(self.told_in, advice)
        return across / art.width

    def _across(self, art: Art) -> float:
        """The width in print in millimetres."""
        if (width := self.width_mm(art)) is not None:
            return width
        if self.scale is not None:
            return self.scale * art.width / self.dpi * MM_PER_INCH
        return self.size / self.dpi * MM_PER_INCH if self.size is not None else DEFAULT_MM

    def dpi_of(self, image: Image.Image, art: Art) -> float:
        """What the file says; the pixels that it was asked with are whole ones of each module, and may be fewer."""
        return self.dpi if self.symbol_mm is None else image.width / art.width / self.module_mm(art) * MM_PER_INCH

    def pixels(self, art: Art) -> int:
        """Whole pixels for each module, so that no edge is blurred; raises FieldRefused."""
        if self.scale is not None:
            return self.scale
        width = self.width_mm(art)
        across = int(width / MM_PER_INCH * self.dpi) if width is not None else self.size
        if across is None:
            return DEFAULT_SCALE
        if across < art.width and self.symbol_mm is not None:
            raise FieldRefused("dpi", "Use more dots an inch: every module needs a pixel of its own.")
        if across < art.width:
            raise FieldRefused(self.told_in, f"Use at least {self._least(art)}: every module needs a pixel of its own.")
        return int(across // art.width)

    def _least(self, art: Art) -> str:
        """The smallest size at which every module has a pixel, as `told_in` counts."""
        if self.inches is not None:
            return f"{math.ceil(art.width / self.dpi * 100) / 100:g}"
        return f"{math.ceil(art.width * MM_PER_INCH / self.dpi if self.mm is not None else art.width)}"


def composed(symbol: Symbol, look: Look, caption: str = "") -> Art:
    """The whole picture: the symbol in its look, what frames it, and the line below. Raises FieldRefused."""
    return surroundings(caption).around(shapes.compose(symbol, look), look)


def surroundings(caption: str = "") -> Surroundings:
    """What a style's frame and caption are drawn with."""
    return Surroundings(typeface, caption)


def written(art: Art, output: Output) -> bytes:
    """The picture as a file; raises FieldRefused for a size that it cannot have, and Busy beside other large ones."""
    match output.format:
        case "svg" if output.inches is not None:
            return svg.draw(art, width=output.inches, unit="in")
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
    """Raises FieldRefused for the size as it was told."""
    try:
        return raster.draw(art, scale=output.pixels(art))
    except FieldRefused as refused:
        if refused.field == "scale" and output.scale is None:
            advice = "Choose a smaller size, or fewer dots an inch: these are too many pixels."
            raise FieldRefused(output.told_in, advice) from refused
        raise


@cache
def typeface() -> Typeface:
    """What texts around symbols are set in; reading it takes a while."""
    return Typeface(settings.LABEL_FONT_PATH)
