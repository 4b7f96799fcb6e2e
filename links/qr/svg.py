"""The picture as SVG: paths, gradients and bitmaps that any printer can scale."""

import re
from base64 import b64encode
from typing import Literal
from xml.sax.saxutils import escape
from zlib import crc32

from links.qr.art import Art, Bitmap, Fill, Paint, Radial, Solid, Stop

Unit = Literal["", "mm", "in"]

# Characters that no XML file may contain, however they are written (XML 1.0, production 2).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def draw(art: Art, *, width: float, unit: Unit = "") -> bytes:
    """A standalone file, so wide where it is shown at its own size: in CSS pixels, millimetres or inches."""
    height = width * art.height / art.width
    title = escape(_NO_XML.sub("\ufffd", art.title))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}{unit}" height="{height:g}{unit}" '
        f'viewBox="0 0 {art.width:g} {art.height:g}" role="img">'
        f"<title>{title}</title>{''.join(map(_layer, art.layers))}</svg>\n"
    ).encode()


def _layer(layer: Fill | Bitmap) -> str:
    return _bitmap(layer) if isinstance(layer, Bitmap) else _fill(layer)


def _fill(fill: Fill) -> str:
    definition, color = _paint(fill.paint)
    rule = ' fill-rule="evenodd"' if fill.is_even_odd else ""
    edges = ' shape-rendering="crispEdges"' if fill.is_crisp else ""
    return f'{definition}<path fill="{color}"{rule}{edges} d="{fill.path}"/>'


def _paint(paint: Paint) -> tuple[str, str]:
    """What has to be defined before, and what the path refers to."""
    if isinstance(paint, Solid):
        return "", paint.color
    stops = "".join(map(_stop, paint.stops))
    if isinstance(paint, Radial):
        kind, place = "radialGradient", f'cx="{paint.x:.6g}" cy="{paint.y:.6g}" r="{paint.radius:.6g}"'
    else:
        kind = "linearGradient"
        place = f'x1="{paint.x1:.6g}" y1="{paint.y1:.6g}" x2="{paint.x2:.6g}" y2="{paint.y2:.6g}"'
    name = _name(place + stops)
    return f'<{kind} id="{name}" gradientUnits="userSpaceOnUse" {place}>{stops}</{kind}>', f"url(#{name})"


def _stop(stop: Stop) -> str:
    return f'<stop offset="{stop[0]:g}" stop-color="{stop[1]}"/>'


def _bitmap(bitmap: Bitmap) -> str:
    clip = reference = ""
    if bitmap.clip is not None:
        name = _name(bitmap.clip)
        clip, reference = f'<clipPath id="{name}"><path d="{bitmap.clip}"/></clipPath>', f' clip-path="url(#{name})"'
    return (
        f'{clip}<image x="{bitmap.x:.6g}" y="{bitmap.y:.6g}" width="{bitmap.width:.6g}" height="{bitmap.height:.6g}" '
        f'preserveAspectRatio="none"{reference} href="data:image/png;base64,{b64encode(bitmap.png).decode()}"/>'
    )


def _name(meaning: str) -> str:
    """The same for the same thing only, as many pictures may stand in one page."""
    return f"q{crc32(meaning.encode()):08x}"
