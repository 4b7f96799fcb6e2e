"""PNG, JPEG, WebP and GIF files made into one plain PNG; headers are judged before any pixel is read."""

import struct
import warnings
from io import BytesIO

from PIL import Image, ImageOps

from links.qr.logos.limits import MOST_PIXELS, SIDE, WIDEST_RATIO
from links.qr.payloads.fields import FieldRefused

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def png_of_bitmap(upload: bytes) -> bytes:
    """At most SIDE pixels a side, turned the right way up, RGBA, no metadata, an animation's first frame.

    Raises FieldRefused.
    """
    # Pillow warns of sizes that we refuse below, and of odd metadata, which we drop.
    warnings.simplefilter("ignore")
    try:
        image = Image.open(BytesIO(upload), formats=_FORMATS)
    except (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError) as error:
        raise FieldRefused("logo", _advice(error)) from None
    _check_size(image)
    try:
        plain = _plain(image)
    except (OSError, ValueError, SyntaxError, struct.error, EOFError) as error:
        raise FieldRefused("logo", "Save it anew and upload it again: the file is damaged or incomplete.") from error
    return plain_png(plain)


def plain_png(image: Image.Image) -> bytes:
    """The file that is kept; raises FieldRefused where nothing can be seen."""
    if image.getchannel("A").getextrema()[1] == 0:
        raise FieldRefused("logo", "Use a picture that shows something: this one is transparent all over.")
    image.info = {}
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    if image.format == "JPEG":
        image.draft("RGB", (SIDE, SIDE))  # decodes no more than is needed
    if image.mode.startswith("I"):  # 16 bits of grey: Pillow would cut off what is above 255
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("L", "RGB"):  # palettes and single bits cannot be blended
        image = image.convert("L" if image.mode == "1" else "RGB")
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return ImageOps.exif_transpose(image).convert("RGBA")


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise FieldRefused("logo", f"Use at most {most} million pixels; these are {width} × {height}.")
    if max(width, height) > WIDEST_RATIO * min(width, height):
        raise FieldRefused("logo", f"Use a picture at most {WIDEST_RATIO} times as long as wide.")


def _advice(error: Exception) -> str:
    if isinstance(error, Image.DecompressionBombError):
        return f"Use at most {MOST_PIXELS // 1_000_000} million pixels."
    return "Use a PNG, JPEG, WebP, GIF or SVG file; this is none of them, or it is damaged."
