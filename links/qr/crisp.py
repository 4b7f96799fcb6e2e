"""Pictures whose edges all lie on borders of modules: drawn with one pixel a module, then every pixel is repeated."""

import re

import numpy as np
from PIL import Image

from links.qr import gradients
from links.qr.art import Art, Color, Fill, Linear, Paint, PathData, Radial, Solid

BLACK, WHITE = "#000000", "#ffffff"
_RECTANGLES = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\3z")
_COLORS = 256  # of a palette


def draw(art: Art, scale: int) -> Image.Image | None:
    """One bit a pixel for black on white, else at most 256 colours; None where this is not the way to draw it."""
    fills = [layer for layer in art.layers if isinstance(layer, Fill) and layer.is_crisp and not layer.is_even_odd]
    if ground(art) is None or len(fills) < len(art.layers):
        return None
    paints = list(dict.fromkeys(fill.paint for fill in fills))
    cells = _cells(art, fills[1:], paints)
    shades = [paint for paint in paints if not isinstance(paint, Solid)]
    if cells is None or len(shades) > 1:
        return None
    colors = [paint.color if isinstance(paint, Solid) else BLACK for paint in paints]
    if shades:
        return _shaded(_larger(cells, scale), colors, paints.index(shades[0]), shades[0], scale)
    return _larger(_black_on_white(cells) if colors == [WHITE, BLACK] else _with_palette(cells, colors), scale)


def ground(art: Art) -> Color | None:
    """The one colour that the lowest layer covers the whole picture with, if it does."""
    lowest = art.layers[0] if art.layers else None
    if not isinstance(lowest, Fill) or not isinstance(lowest.paint, Solid):
        return None
    is_whole = lowest.path == f"M0 0h{art.width:g}v{art.height:g}h-{art.width:g}z"
    return lowest.paint.color if is_whole else None


def _cells(art: Art, fills: list[Fill], paints: list[Paint]) -> Image.Image | None:
    """The number of its paint for each module; None where a path is more than rectangles inside the picture."""
    width, height = int(art.width), int(art.height)
    if (width, height) != (art.width, art.height):
        return None
    cells = bytearray(width * height)
    if not all(_put(cells, width, fill.path, paints.index(fill.paint)) for fill in fills):
        return None
    return Image.frombytes("L", (width, height), bytes(cells))


def _put(cells: bytearray, width: int, path: PathData, number: int) -> bool:
    """Give all rectangles of a path this number; False where it has anything else, or reaches over an edge."""
    if _RECTANGLES.sub("", path):
        return False
    for found in _RECTANGLES.findall(path):
        x, y, across, down = map(int, found)
        if x + across > width or (y + down) * width > len(cells):
            return False
        for start in range(y * width + x, (y + down) * width + x, width):
            cells[start : start + across] = bytes([number]) * across
    return True


def _larger(image: Image.Image, scale: int) -> Image.Image:
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


def _black_on_white(cells: Image.Image) -> Image.Image:
    return cells.point([255, *[0] * 255], "1")


def _with_palette(cells: Image.Image, colors: list[Color]) -> Image.Image:
    cells.putpalette(b"".join(bytes.fromhex(color[1:]) for color in colors))
    return cells


def _shaded(cells: Image.Image, colors: list[Color], number: int, gradient: Linear | Radial, scale: int) -> Image.Image:
    """The gradient takes what the other colours leave of the palette: no pixel is off by more than one level."""
    first = len(colors)
    count = _COLORS - first
    pixels = np.asarray(cells)
    shades = gradients.levels(gradient, cells.size, scale, count)
    shades += first
    shaded = Image.fromarray(np.where(pixels == number, shades, pixels))
    shaded.putpalette(
        b"".join(bytes.fromhex(color[1:]) for color in colors) + gradients.colors(gradient, count).tobytes()
    )
    return shaded
