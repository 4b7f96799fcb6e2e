"""Small pictures of styles and presets, to choose from."""

from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO

from PIL import Image

from links.qr import shapes, svg
from links.qr.matrix import Symbol
from links.qr.payloads.fields import FieldRefused
from links.qr.presets import PRESETS
from links.qr.styles import Style as Look
from links.studio.preview import data_uri

SHOWN_WIDTH = 160  # CSS pixels
LOGO_PIXELS = 64


@dataclass(frozen=True)
class Sample:
    """A look on a typical code, as a data URI; frame and caption are left out, as they are not read so small.

    Without an address where the code has become too small for the logo: the site's host may have changed.
    """

    name: str
    address: str

    @classmethod
    def of(cls, name: str, symbol: Symbol, look: Look) -> "Sample":
        small = replace(look, logo=replace(look.logo, png=_smaller(look.logo.png))) if look.logo else look
        try:
            drawn = svg.draw(shapes.compose(symbol, small), width=SHOWN_WIDTH)
        except FieldRefused:
            return cls(name, "")
        return cls(name, data_uri("image/svg+xml", drawn))


def _smaller(png: bytes) -> bytes:
    """A logo as large as it is shown: a gallery of whole ones would be megabytes."""
    image, file = Image.open(BytesIO(png)), BytesIO()
    image.thumbnail((LOGO_PIXELS, LOGO_PIXELS))
    image.save(file, "PNG")
    return file.getvalue()


@lru_cache(maxsize=4)
def presets(symbol: Symbol) -> tuple[Sample, ...]:
    return tuple(Sample.of(name, symbol, look) for name, look in PRESETS.items())
