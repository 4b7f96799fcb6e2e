"""A symbol in a look as a file: SVG, PNG, JPEG, WebP, PDF or EPS, of the size asked for."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from django.conf import settings
from PIL import Image

from links.qr import eps, frames, pdf, raster, shapes, svg
from links.qr.art import Art
from links.qr.lettering import Typeface
from links.qr.matrix import Symbol
from links.qr.payloads.fields import PayloadRefused
from links.qr.styles import Style as Look

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
    """A format and a size, told in one way: pixels a module, pixels across, or a width in print at some DPI."""

    format: Format
    scale: int | None = None
    size: int | None = None
    mm: float | None = None
    inches: float | None = None
    dpi: int = 300
    color_space: ColorSpace = "rgb"

    @property
    def told_in(self) -> str:
        """The field that says how large it is."""
        return next((name for name in WAYS if getattr(self, name) is not None), "scale")

    @property
    def print_mm(self) -> float | None:
        """The width in print, where it is told in a length."""
        return self.inches * MM_PER_INCH if self.inches is not None else self.mm

    def module_mm(self, art: Art) -> float:
        """Of what is printed as shapes: pixels are dots of which `dpi` make an inch. Raises PayloadRefused."""
        across = self._across(art)
        least, most = MILLIMETRES
        if not least <= across <= most:
            advice = f"This would be {across:,.4g} mm wide in print; choose from {least} to {most:,} mm."
            raise PayloadRefused(self.told_in, advice)
        return across / art.width

    def _across(self, art: Art) -> float:
        """The width in print in millimetres."""
        if self.scale is not None:
            return self.scale * art.width / self.dpi * MM_PER_INCH
        if self.size is not None:
            return self.size / self.dpi * MM_PER_INCH
        return self.print_mm or DEFAULT_MM

    def pixels(self, art: Art) -> int:
        """Whole pixels for each module, so that no edge is blurred; raises PayloadRefused."""
        if self.scale is not None:
            return self.scale
        across = int(self.print_mm / MM_PER_INCH * self.dpi) if self.print_mm is not None else self.size
        if across is None:
            return DEFAULT_SCALE
        if across < art.width:
            raise PayloadRefused(
                self.told_in, f"Use at least {self._least(art)}: every module needs a pixel of its own."
            )
        return int(across // art.width)

    def _least(self, art: Art) -> str:
        """The smallest size at which every module has a pixel, as `told_in` counts."""
        if self.inches is not None:
            return f"{math.ceil(art.width / self.dpi * 100) / 100:g}"
        return f"{math.ceil(art.width * MM_PER_INCH / self.dpi if self.mm is not None else art.width)}"


def composed(symbol: Symbol, look: Look, caption: str = "") -> Art:
    """The whole picture: the symbol in its look, what frames it, and the line below. Raises PayloadRefused."""
    art = shapes.compose(symbol, look)
    if look.frame:
        art = frames.framed(art, look.frame, typeface())
    if caption and look.has_caption:
        art = frames.captioned(art, caption, typeface())
    return art


def written(art: Art, output: Output) -> bytes:
    """The picture as a file; raises PayloadRefused for a size that it cannot have."""
    match output.format:
        case "svg" if output.inches is not None:
            return svg.draw(art, width=output.inches, unit="in")
        case "svg" if output.mm is not None:
            return svg.draw(art, width=output.mm, unit="mm")
        case "svg":
            return svg.draw(art, width=output.pixels(art) * art.width)
        case "pdf":
            return pdf.draw(art, module_mm=output.module_mm(art), color_space=output.color_space)
        case "eps":
            return eps.draw(art, module_mm=output.module_mm(art), color_space=output.color_space)
        case _:
            image = _pixels(art, output)
            return _ENCODERS[output.format](image, dpi=output.dpi)


def _pixels(art: Art, output: Output) -> Image.Image:
    """Raises PayloadRefused for the size as it was told."""
    try:
        return raster.draw(art, scale=output.pixels(art))
    except PayloadRefused as refused:
        if refused.field == "scale" and output.scale is None:
            advice = "Choose a smaller size, or fewer dots an inch: these are too many pixels."
            raise PayloadRefused(output.told_in, advice) from refused
        raise


@cache
def typeface() -> Typeface:
    """What texts around symbols are set in; reading it takes a while."""
    return Typeface(settings.LABEL_FONT_PATH)
