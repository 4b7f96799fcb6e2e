"""What the studio shows beside a look: the picture, its certificate, how it looks from afar, and how far it scans."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from PIL import Image

from links.qr import raster, svg
from links.qr.art import Art
from links.qr.certificate import distance, views
from links.qr.certificate.certificate import Certificate
from links.qr.certificate.certify import certify
from links.qr.matrix import Symbol
from links.qr.styles import Style as Look
from links.studio import files

SHOWN_WIDTH = 320  # CSS pixels
# Millimetres across; a business card, a table tent, a poster.
PRINTED = (20, 40, 80, 200)
_VIEW_SCALE = 5
_VIEWS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "From four times as far": views.small,
    "At a slant": views.tilted,
    "Out of focus": views.blurred,
}


@dataclass(frozen=True)
class View:
    """The code as somebody's camera sees it."""

    name: str
    address: str


@dataclass(frozen=True)
class PrintSize:
    """How large the picture is printed, and from how far it scans then."""

    mm: int
    inches: float
    metres: float


@dataclass(frozen=True)
class Preview:
    """A symbol in a look; making it raises FieldRefused where it cannot be drawn."""

    symbol: Symbol
    look: Look
    art: Art
    certificate: Certificate

    @classmethod
    def of(cls, symbol: Symbol, look: Look, caption: str = "") -> "Preview":
        certificate = certify(symbol, look, files.surroundings(caption))
        return cls(symbol, look, files.composed(symbol, look, caption), certificate)

    @property
    def address(self) -> str:
        """The picture itself, in the page: a data URI."""
        return data_uri("image/svg+xml", svg.draw(self.art, width=SHOWN_WIDTH))

    @cached_property
    def views(self) -> list[View]:
        image = raster.draw(self.art, scale=_VIEW_SCALE).convert("RGBA")
        return [View(name, data_uri("image/png", raster.png(seen(image)))) for name, seen in _VIEWS.items()]

    @property
    def sizes(self) -> list[PrintSize]:
        return [PrintSize(mm, mm / files.MM_PER_INCH, distance.scans_from(mm / self.art.width)) for mm in PRINTED]


def data_uri(content_type: str, content: bytes) -> str:
    """A file as an address that holds it."""
    return f"data:{content_type};base64,{b64encode(content).decode()}"
