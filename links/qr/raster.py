"""The picture as pixels, whole ones for every module, from the same geometry as the SVG; PNG, JPEG and WebP files."""

import math
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import groupby

import resvg_py
from PIL import Image

from links.qr import crisp, gradients, stamping, svg
from links.qr.art import Art, Bitmap, Fill, Linear, Radial, Solid
from links.qr.payloads.fields import FieldRefused

DPI = 300  # what print shops ask for; only a note in the file, the pixels are the same
# Blended and shaded pixels take several bytes each, several times over while they are drawn; flat ones take one. Either
# way that is less than 400 MB; WebP's encoder takes another 150.
MAX_PIXELS = 25_000_000
MAX_FLAT_PIXELS = 150_000_000

_JPEG_QUALITY = 95
_FLAT_EFFORT, _BLENDED_EFFORT = 6, 5  # of zlib: a gradient's file is an eighth larger, and written in three quarters
_WEBP_METHOD, _WEBP_EFFORT = 0, 30  # twice the size of the slowest way for a gradient, in an eighth of its time
_LEVELS = 256
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT, _INCH = 0x011A, 0x011B, 0x0128, 2  # as EXIF numbers them


def draw(art: Art, *, scale: int) -> Image.Image:
    """So many pixels a module; modes 1 and P where edges need no blending, else RGB, or RGBA without a background.

    Raises FieldRefused for `scale` when the picture would have more pixels than memory is kept for.
    """
    _check_size(art, scale, MAX_FLAT_PIXELS if all(map(_is_flat, art.layers)) else MAX_PIXELS)
    if image := crisp.draw(art, scale):
        return image
    _check_size(art, scale, MAX_PIXELS)
    image = _blended(art, scale)
    is_opaque = image.mode == "RGB" or image.getchannel("A").getextrema() == (255, 255)
    return image.convert("RGB") if is_opaque else image


def share_of_largest(art: Art, scale: int, *, keeps_flat: bool) -> float:
    """How much of the memory that a picture may take this one does; `keeps_flat` where it is written as it is drawn."""
    width, height = _size(art, scale)
    return width * height / (MAX_FLAT_PIXELS if keeps_flat and all(map(_is_flat, art.layers)) else MAX_PIXELS)


def png(image: Image.Image, *, dpi: float = DPI) -> bytes:
    file = BytesIO()
    effort = _BLENDED_EFFORT if image.mode in ("RGB", "RGBA") else _FLAT_EFFORT
    image.save(file, "PNG", dpi=(dpi, dpi), compress_level=effort)
    return file.getvalue()


def jpeg(image: Image.Image, *, dpi: float = DPI) -> bytes:
    """Colours at full resolution, as modules have sharp edges; what is transparent is white, as for certificates."""
    file = BytesIO()
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, crisp.WHITE), image)
    image = image.convert("L" if image.mode == "1" else "RGB")
    image.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling="4:4:4", dpi=(dpi, dpi))
    return file.getvalue()


def webp(image: Image.Image, *, dpi: float = DPI) -> bytes:
    """Without loss; how many dots an inch has stands in EXIF. Raises FieldRefused for `format`.

    However flat the picture is, WebP is written from blended pixels, four bytes each and some more beside them.
    """
    if image.width * image.height > MAX_PIXELS:
        raise FieldRefused("format", f"Choose PNG, or a smaller size: WebP is made of {MAX_PIXELS:,} pixels at most.")
    exif = Image.Exif()
    exif[_X_RESOLUTION] = exif[_Y_RESOLUTION] = float(dpi)
    exif[_RESOLUTION_UNIT] = _INCH
    file = BytesIO()
    image = image if image.mode == "RGBA" else image.convert("RGB")
    image.save(file, "WEBP", lossless=True, method=_WEBP_METHOD, quality=_WEBP_EFFORT, exif=exif)
    return file.getvalue()


def _check_size(art: Art, scale: int, most: int) -> None:
    width, height = _size(art, scale)
    if width * height > most:
        fitting = int(math.sqrt(most / (art.width * art.height)))
        advice = f"Use at most {fitting} pixels a module: {width} × {height} are more than {most:,} pixels."
        raise FieldRefused("scale", advice)


def _size(art: Art, scale: int) -> tuple[int, int]:
    return math.ceil(round(art.width * scale, 3)), math.ceil(round(art.height * scale, 3))


def _blended(art: Art, scale: int) -> Image.Image:
    """Layer upon layer. Gradients and modules are our own, as resvg takes several times as long for them."""
    ground = crisp.ground(art)
    canvas = Image.new("RGB", _size(art, scale), ground) if ground else Image.new("RGBA", _size(art, scale))
    for (gradient, modules), layers in groupby(art.layers[1 if ground else 0 :], _drawn_alike):
        if modules is not None:
            image = _stamped(modules, canvas.size, scale)
        else:
            image = _rendered(replace(art, layers=tuple(layers)), scale)
        if gradient:
            image = _tinted(image.getchannel("A"), gradient, scale)
        if ground:
            canvas.paste(image, mask=image)
        else:
            canvas.alpha_composite(image)
    return canvas


def _is_flat(layer: Fill | Bitmap) -> bool:
    return isinstance(layer, Fill) and layer.is_crisp and isinstance(layer.paint, Solid)


def _gradient(layer: Fill | Bitmap) -> Linear | Radial | None:
    return None if isinstance(layer, Bitmap) or isinstance(layer.paint, Solid) else layer.paint


def _drawn_alike(layer: Fill | Bitmap) -> tuple[Linear | Radial | None, Fill | None]:
    """What layers have in common that are drawn together: a gradient; modules are drawn alone."""
    return _gradient(layer), layer if isinstance(layer, Fill) and layer.modules else None


def _stamped(fill: Fill, size: tuple[int, int], scale: int) -> Image.Image:
    """The modules in their colour, gradients in black."""
    assert fill.modules is not None  # noqa: S101  # for the type checker
    color = fill.paint.color if isinstance(fill.paint, Solid) else crisp.BLACK
    image = Image.new("RGB", size, color)
    image.putalpha(Image.fromarray(stamping.coverage(fill.modules, size, scale)))
    return image


def _tinted(coverage: Image.Image, gradient: Linear | Radial, scale: int) -> Image.Image:
    levels = Image.fromarray(gradients.levels(gradient, coverage.size, scale, _LEVELS))
    levels.putpalette(gradients.colors(gradient, _LEVELS).tobytes())
    tinted = levels.convert("RGB")
    tinted.putalpha(coverage)
    return tinted


def _rendered(art: Art, scale: int) -> Image.Image:
    """What resvg draws, gradients as plain black; the canvas ends with a whole pixel."""
    width, height = _size(art, scale)
    layers = tuple(_blackened(art))
    drawn = svg.draw(replace(art, width=width / scale, height=height / scale, layers=layers), width=width)
    file = resvg_py.svg_to_bytes(svg_string=drawn.decode(), skip_system_fonts=True)
    return Image.open(BytesIO(bytes(file))).convert("RGBA")


def _blackened(art: Art) -> Iterator[Fill | Bitmap]:
    for layer in art.layers:
        yield replace(layer, paint=Solid(crisp.BLACK)) if isinstance(layer, Fill) and _gradient(layer) else layer
