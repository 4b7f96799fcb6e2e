"""The picture as Encapsulated PostScript (level 3), for print shops whose programs take nothing newer."""

import base64
import math
import textwrap
import zlib
from dataclasses import replace
from io import BytesIO

from PIL import Image

from links.qr import raster
from links.qr.art import Art, Bitmap, Fill, Solid
from links.qr.inks import NAMES, ColorSpace, operands, pixels, shading
from links.qr.paths import number, operators
from links.qr.pdf import POINTS_A_MM

_SOLID = {"rgb": "setrgbcolor", "cmyk": "setcmykcolor"}
# What lies behind a bitmap is drawn with so many pixels a module: it is ground, seldom more than one colour.
_PIXELS_BEHIND = 8
_LONGEST_TITLE = 200  # a line of comment has room for 255 characters
_PROLOG = """\
/m {moveto} bind def
/l {lineto} bind def
/c {curveto} bind def
/h {closepath} bind def
/re {4 2 roll moveto 1 index 0 rlineto 0 exch rlineto neg 0 rlineto closepath} bind def
"""


def draw(art: Art, *, module_mm: float, color_space: ColorSpace = "rgb") -> bytes:
    """A file to be placed in a document; `module_mm` is the width of a module. Same input, same bytes.

    PostScript knows no transparency: a bitmap is laid on what is behind it, on white where nothing is.
    """
    width, height = (side * module_mm * POINTS_A_MM for side in (art.width, art.height))
    module = module_mm * POINTS_A_MM
    layers = "".join(
        _filled(layer, color_space) if isinstance(layer, Fill) else _stretched(art, i, layer, color_space)
        for i, layer in enumerate(art.layers)
    )
    return (
        f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 {math.ceil(width)} {math.ceil(height)}\n"
        f"%%HiResBoundingBox: 0 0 {width:.4f} {height:.4f}\n%%Title: {_title(art.title)}\n%%Creator: qrplatform\n"
        f"%%LanguageLevel: 3\n%%Pages: 1\n%%EndComments\n"
        f"%%BeginProlog\n12 dict begin\n{_PROLOG}%%EndProlog\n%%Page: 1 1\n"
        f"gsave\n{module:.8f} {-module:.8f} scale 0 {number(-art.height)} translate\n"
        f"{layers}grestore\n%%Trailer\nend\n%%EOF\n"
    ).encode("ascii")


def _filled(layer: Fill, space: ColorSpace) -> str:
    path = operators(layer.path)
    rule = "eo" if layer.is_even_odd else ""
    if isinstance(layer.paint, Solid):
        return f"{operands(layer.paint.color, space)} {_SOLID[space]}\n{path}{rule or ''}fill\n"
    dictionary = "\n".join(textwrap.wrap(shading(layer.paint, space), 200))
    return f"gsave\n{path}{rule}clip newpath\n{dictionary}\nshfill\ngrestore\n"


def _stretched(art: Art, index: int, layer: Bitmap, space: ColorSpace) -> str:
    image = _flattened(art, index, layer)
    clip = f"{operators(layer.clip)}clip newpath\n" if layer.clip else ""
    place = " ".join(map(number, [layer.x, layer.y]))
    data = base64.a85encode(zlib.compress(pixels(image, space)), wrapcol=100).decode()
    lines = data.replace("\n%", "\n %")  # a line that begins with %% would be taken for a comment
    decode = " ".join(["0 1"] * (4 if space == "cmyk" else 3))
    return (
        f"gsave\n{clip}{place} translate {number(layer.width)} {number(layer.height)} scale\n"
        f"{NAMES[space]} setcolorspace\n"
        f"<< /ImageType 1 /Width {image.width} /Height {image.height} /BitsPerComponent 8 /Decode [{decode}]\n"
        f"/ImageMatrix [{image.width} 0 0 {image.height} 0 0] /Interpolate true\n"
        f"/DataSource currentfile /ASCII85Decode filter /FlateDecode filter >> image\n {lines}~>\ngrestore\n"
    )


def _flattened(art: Art, index: int, layer: Bitmap) -> Image.Image:
    """The bitmap on top of all layers below it, as RGB."""
    image = Image.open(BytesIO(layer.png), formats=["PNG"]).convert("RGBA")
    below = raster.draw(replace(art, layers=art.layers[:index]), scale=_PIXELS_BEHIND).convert("RGBA")
    edges = [layer.x, layer.y, layer.x + layer.width, layer.y + layer.height]
    left, top, right, bottom = (edge * _PIXELS_BEHIND for edge in edges)
    ground = Image.new("RGBA", below.size, "white")
    ground.alpha_composite(below)
    ground = ground.resize(image.size, Image.Resampling.BILINEAR, box=(left, top, right, bottom))
    ground.alpha_composite(image)
    return ground.convert("RGB")


def _title(title: str) -> str:
    """As a line of comment may say it: printable ASCII, other characters as question marks."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in title[:_LONGEST_TITLE])
