"""SVG files made into pixels, after everything that is not a plain shape was refused or left out."""

import re
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

import resvg_py
from PIL import Image

from links.qr.logos.bitmaps import plain_png
from links.qr.logos.limits import MOST_ELEMENTS, SIDE, WIDEST_RATIO
from links.qr.logos.shapes import Element, parsed
from links.qr.payloads.fields import FieldRefused

_LOCAL = re.compile(r"url\(\s*[\"']?#([^\"')]+)[\"']?\s*\)")
_LENGTH = re.compile(r"\s*(\d+\.?\d*|\.\d+)(px|pt|pc|mm|cm|in)?\s*")


def is_drawing(upload: bytes) -> bool:
    """It begins as XML does, in any of the usual encodings."""
    is_wide = upload[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<")
    return is_wide or upload.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def png_of_drawing(upload: bytes) -> bytes:
    """At most SIDE pixels a side, RGBA; raises FieldRefused."""
    root, styles = parsed(upload)
    _check_cost(root)
    width, height = _size(root)
    if max(width, height) > WIDEST_RATIO * min(width, height):
        raise FieldRefused("logo", f"Use a picture at most {WIDEST_RATIO} times as long as wide.")
    scale = SIDE / max(width, height)
    pixels = max(1, round(width * scale)), max(1, round(height * scale))
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=_written(root, styles), width=pixels[0], height=pixels[1], skip_system_fonts=True
        )
    except ValueError as error:
        raise FieldRefused("logo", "Export the SVG anew: this one cannot be drawn.") from error
    return plain_png(Image.open(BytesIO(bytes(png)), formats=["PNG"]).convert("RGBA"))


def _check_cost(root: Element) -> None:
    """Elements count as often as they are drawn: a few lines of <use> can ask for billions."""
    named = {element.attributes["id"]: element for element in root.walk() if "id" in element.attributes}
    known: dict[int, int] = {}

    def cost(element: Element) -> int:
        if id(element) in known:
            return known[id(element)]
        known[id(element)] = MOST_ELEMENTS + 1  # what is asked for while it is counted contains itself
        drawn = [*element.children, *(named[name] for name in _references(element) if name in named)]
        known[id(element)] = 1 + sum(map(cost, drawn))
        return known[id(element)]

    if cost(root) > MOST_ELEMENTS:
        raise FieldRefused("logo", f"Use a simpler drawing, of at most {MOST_ELEMENTS} shapes.")


def _references(element: Element) -> list[str]:
    linked = [value.removeprefix("#") for name, value in element.attributes.items() if name == "href"]
    return linked + [name for value in element.attributes.values() for name in _LOCAL.findall(value)]


def _size(root: Element) -> tuple[float, float]:
    """Width and height in any unit; of interest is their ratio."""
    box = [float(part) for part in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", root.attributes.get("viewBox", ""))]
    sides = box[2:] if len(box) == 4 else [_length(root.attributes.get(side, "")) for side in ("width", "height")]
    if len(sides) != 2 or min(sides) <= 0:
        raise FieldRefused("logo", "Give the SVG a viewBox, or a width and a height in pixels.")
    return sides[0], sides[1]


def _length(text: str) -> float:
    match = _LENGTH.fullmatch(text)
    return float(match[1]) if match else 0


def _written(root: Element, styles: list[str]) -> str:
    """Only what was looked at, written anew."""
    if "viewBox" in root.attributes:
        root.attributes = {k: v for k, v in root.attributes.items() if k not in ("width", "height")}
    sheet = "".join(f"<style>{escape(style)}</style>" for style in styles)
    return _tag(root, ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"', sheet)


def _tag(element: Element, namespaces: str = "", before: str = "") -> str:
    attributes = "".join(
        f" {'xlink:href' if name == 'href' else name}={quoteattr(value)}" for name, value in element.attributes.items()
    )
    inside = "".join(map(_tag, element.children))
    return f"<{element.name}{namespaces}{attributes}>{before}{inside}</{element.name}>"
