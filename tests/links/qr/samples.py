"""Pictures made by hand for tests of what draws them: a symbol's modules, any paint, and a bitmap with alpha."""

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image

from links.qr import paths
from links.qr.art import Art, Bitmap, Fill, Linear, Paint, Radial, Solid
from links.qr.lettering import Typeface
from links.qr.matrix import Symbol

TEXT = "https://Q.EXAMPLE.COM/ABC123"
BLACK = Solid("#000000")
LINEAR = Linear(4, 4, 29, 29, ((0.2, "#b00020"), (0.5, "#005f20"), (0.5, "#0000c0"), (1, "#000000")))
RADIAL = Radial(16.5, 16.5, 16, ((0, "#b00020"), (0.5, "#6a0088"), (1, "#0000a0")))
_FONTS = Path(__file__).parents[3] / "node_modules/dejavu-fonts-ttf/ttf"


@cache
def typeface(name: str = "DejaVuSansCondensed-Bold") -> Typeface:
    return Typeface(_FONTS / f"{name}.ttf")


def symbol_art(
    paint: Paint = BLACK, ground: Paint | None = None, *, with_bitmap: bool = False, text: str = TEXT
) -> Art:
    """A symbol with one square for each run of modules; the bitmap covers a few in the middle."""
    modules = Symbol.of(text).modules()
    size = len(modules)
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark)
    layers: list[Fill | Bitmap] = [Fill(paths.rectangle(0, 0, size, size), ground, is_crisp=True)] if ground else []
    layers.append(Fill(squares, paint, is_crisp=True))
    if with_bitmap:
        corner = size / 2 - 2.5
        layers.append(Bitmap(bitmap(), corner, corner, 5, 5, paths.rounded(corner, corner, 5, 5, 2.5)))
    return Art(size, size, tuple(layers), text)


@cache
def bitmap() -> bytes:
    """Red above, blue below; transparent to the left, opaque to the right."""
    side = 60
    image = Image.new("RGB", (side, side), "#c00000")
    image.paste("#0000c0", (0, side // 2, side, side))
    image.putalpha(Image.linear_gradient("L").rotate(90).resize((side, side)))
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
