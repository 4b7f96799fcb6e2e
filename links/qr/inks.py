"""Colours as PDF and PostScript name them, on screens (RGB) and in print (CMYK), gradients included."""

from itertools import pairwise
from typing import Literal

from PIL import Image, ImageChops

from links.qr.art import Color, Linear, Radial, Stop
from links.qr.paths import number

ColorSpace = Literal["rgb", "cmyk"]
NAMES: dict[ColorSpace, str] = {"rgb": "/DeviceRGB", "cmyk": "/DeviceCMYK"}


def operands(color: Color, space: ColorSpace) -> str:
    """The colour's parts from 0 to 1. In CMYK what all three inks share is black ink alone, as both standards have it.

    Pure black is thereby black ink only: three inks on top of each other smear and never meet exactly.
    """
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    if space == "cmyk":
        black = 1 - max(parts)
        parts = [*(1 - part - black for part in parts), black]
    return " ".join(map(number, parts))


def shading(paint: Linear | Radial, space: ColorSpace) -> str:
    """A shading dictionary, which PDF and PostScript write alike; both ends are extended."""
    coordinates: tuple[float, ...]
    match paint:
        case Linear(x1, y1, x2, y2, stops):
            kind, coordinates = 2, (x1, y1, x2, y2)
        case Radial(x, y, radius, stops):
            kind, coordinates = 3, (x, y, 0, x, y, radius)
    return (
        f"<< /ShadingType {kind} /ColorSpace {NAMES[space]} /Coords [{' '.join(map(number, coordinates))}] "
        f"/Extend [true true] /Function {_function(stops, space)} >>"
    )


def _function(stops: tuple[Stop, ...], space: ColorSpace) -> str:
    """From 0–1 to a colour: one straight change between neighbouring stops each."""
    ends = [(0.0, stops[0][1]), *stops, (1.0, stops[-1][1])]
    changes = [(start, end) for start, end in pairwise(ends) if end[0] > start[0]]
    functions = " ".join(
        f"<< /FunctionType 2 /Domain [0 1] /N 1 /C0 [{operands(start[1], space)}] /C1 [{operands(end[1], space)}] >>"
        for start, end in changes
    )
    bounds = " ".join(number(start[0]) for start, _ in changes[1:])
    encode = " ".join(["0 1"] * len(changes))
    return f"<< /FunctionType 3 /Domain [0 1] /Functions [{functions}] /Bounds [{bounds}] /Encode [{encode}] >>"


def pixels(image: Image.Image, space: ColorSpace) -> bytes:
    """The bytes of an RGB picture, three or four a pixel, by the same rule as single colours."""
    if space == "rgb":
        return image.tobytes()
    red, green, blue = image.split()
    lightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    inks = [ImageChops.subtract(lightest, part) for part in (red, green, blue)]
    return Image.merge("CMYK", [*inks, ImageChops.invert(lightest)]).tobytes()
