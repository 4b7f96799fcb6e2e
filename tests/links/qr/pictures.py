"""Reads pictures back: what a scanner sees in a PNG, and the modules that an SVG path fills."""

import re
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import zxingcpp
from PIL import Image

_PATH = "{http://www.w3.org/2000/svg}path"


def scanned(png: bytes) -> Any:
    """The one barcode in a picture, read the right way round only."""
    return zxingcpp.read_barcode(Image.open(BytesIO(png)), try_invert=False)


def modules_of_svg(svg: bytes) -> tuple[tuple[bool, ...], ...]:
    """Dark modules of the last path, laid on the grid that viewBox names."""
    root = ElementTree.fromstring(svg)  # noqa: S314 our own file
    size = int(root.attrib["viewBox"].split()[2])
    grid = [[False] * size for _ in range(size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", root.findall(_PATH)[-1].attrib["d"]):
        grid[int(y)][int(x) : int(x) + int(width)] = [True] * int(width)
    return tuple(map(tuple, grid))


def logo_png(width: int, height: int, color: str = "#c2185b") -> bytes:
    """A picture of one colour."""
    file = BytesIO()
    Image.new("RGBA", (width, height), color).save(file, "PNG")
    return file.getvalue()
