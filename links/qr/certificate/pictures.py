"""A symbol as decoders see it: grey, cut to the quiet zone, a few pixels for each module."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from links.qr.certificate.layout import Grid
from links.qr.matrix import QUIET_ZONE, Symbol

Grey: TypeAlias = npt.NDArray[np.uint8]

SCALE = 4  # pixels a module: enough for dots of half a module, and few enough for a sweep in milliseconds
_PAPER = "#ffffff"  # what shows through where a style has no background


def true_modules(symbol: Symbol) -> Grid:
    """The modules that a symbol consists of, without quiet zone."""
    cells = np.frombuffer("".join(symbol.rows()).encode(), dtype=np.uint8)
    modules: Grid = (cells == ord("1")).reshape(symbol.size, symbol.size)
    return modules


def plain(modules: Grid) -> Grey:
    """Black squares on white: the best picture that a symbol can have."""
    pixels = np.kron(np.pad(modules, QUIET_ZONE), np.ones((SCALE, SCALE), dtype=np.bool_))
    return np.where(pixels, 0, 255).astype(np.uint8)


def grey(image: Image.Image) -> Grey:
    """Luma (ITU-R BT.601) as decoders see it; what is transparent shows white paper."""
    if image.mode in ("RGBA", "LA", "PA", "P"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, _PAPER), image)
    return np.asarray(image.convert("L"))
