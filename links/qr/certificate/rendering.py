"""The one renderer's picture of a code as decoders see it."""

import numpy as np
from PIL import Image

from links.qr.art import Art
from links.qr.certificate.pictures import SCALE, Grey, grey
from links.qr.matrix import QUIET_ZONE, Symbol
from links.qr.raster import draw
from links.qr.shapes import compose
from links.qr.styles import Style


def rendered(symbol: Symbol, style: Style) -> Grey:
    """The symbol with its quiet zone, SCALE pixels a module; raises PayloadRefused for a logo without room."""
    art = compose(symbol, style)
    return cut(draw(art, scale=SCALE), art, symbol.size)


def cut(image: Image.Image, art: Art, size: int) -> Grey:
    """A picture of SCALE pixels a module without frame and caption."""
    left, top = round(art.symbol_x * SCALE), round(art.symbol_y * SCALE)
    width = (size + 2 * QUIET_ZONE) * SCALE
    return np.ascontiguousarray(grey(image.crop((left, top, left + width, top + width))))
