"""An uploaded logo is kept as plain pixels: right way up, small, without anything that came with it."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from links.qr import logos
from links.qr.payloads.fields import FieldRefused

pytestmark = pytest.mark.usefixtures("patience")

RED, GREEN, BLUE = (200, 0, 0, 255), (0, 160, 0, 255), (0, 0, 200, 255)


def flag(width: int = 90, height: int = 60) -> Image.Image:
    """Red to the left, blue to the right, green at the foot."""
    image = Image.new("RGB", (width, height), RED[:3])
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((width // 2, 0, width, height), fill=BLUE[:3])
    drawing.rectangle((0, height * 2 // 3, width, height), fill=GREEN[:3])
    return image


def saved(file_format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    file = BytesIO()
    (image or flag()).save(file, file_format, **options)
    return file.getvalue()


def kept(upload: bytes) -> Image.Image:
    """What is kept, after checking that it holds nothing but pixels."""
    png = logos.kept(upload)
    chunks, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunks.append(png[at + 4 : at + 8])
        at += length + 12
    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}
    image = Image.open(BytesIO(png))
    assert image.mode == "RGBA"
    assert max(image.size) <= 512
    return image


def near(image: Image.Image, x: float, y: float, color: tuple[int, int, int, int], tolerance: int = 6) -> bool:
    found: Any = image.getpixel((int(image.width * x), int(image.height * y)))
    return all(abs(a - b) <= tolerance for a, b in zip(found, color, strict=True))


def is_flag(image: Image.Image, tolerance: int = 6) -> bool:
    places = ((0.2, 0.3, RED), (0.8, 0.3, BLUE), (0.5, 0.85, GREEN))
    return all(near(image, x, y, color, tolerance) for x, y, color in places)


@pytest.mark.parametrize(("file_format", "tolerance"), [("PNG", 0), ("GIF", 0), ("WEBP", 12), ("JPEG", 12)])
def test_every_format_shows_the_same(file_format: str, tolerance: int) -> None:
    image = kept(saved(file_format))
    assert image.size == (90, 60)
    assert is_flag(image, tolerance)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_understood(mode: str) -> None:
    grey = Image.new("L", (40, 40), 255)
    grey.paste(0, (0, 0, 20, 40))
    # Half of the full scale of 16 bits: not what Pillow's own conversion makes of it, which is white.
    image = Image.new("I;16", (40, 40), 32_896) if mode == "I;16" else grey.convert(mode)
    result = kept(saved("PNG", image))
    if mode == "I;16":
        assert near(result, 0.5, 0.5, (128, 128, 128, 255), 1)
    else:
        assert near(result, 0.2, 0.5, (0, 0, 0, 255), 0)
        assert near(result, 0.8, 0.5, (255, 255, 255, 255), 0)


def test_transparency_survives_in_palettes_too() -> None:
    image = flag().convert("P")
    transparent: Any = image.getpixel((5, 5))
    for upload in (saved("PNG", image, transparency=transparent), saved("GIF", image, transparency=transparent)):
        assert near(kept(upload).getchannel("A").convert("RGBA"), 0.2, 0.3, (0, 0, 0, 255), 0)
        assert near(kept(upload), 0.8, 0.3, BLUE)


def test_print_colours_become_screen_colours() -> None:
    image = kept(saved("JPEG", Image.new("CMYK", (60, 60), (0, 255, 255, 0))))
    assert near(image, 0.5, 0.5, (255, 0, 0, 255), 8)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_camera_is_turned_back(orientation: int) -> None:
    turned = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    image = flag().transpose(turned) if turned is not None else flag()
    exif = Image.Exif()
    exif[0x0112] = orientation
    result = kept(saved("JPEG", image, exif=exif, quality=95))
    assert result.size == (90, 60)
    assert is_flag(result, 12)


def test_what_came_with_the_pixels_is_gone() -> None:
    notes = PngInfo()
    notes.add_text("Author", "Alice at 48.137, 11.575")
    exif = Image.Exif()
    exif[0x010E] = "Alice's phone"
    for upload in (saved("PNG", pnginfo=notes, dpi=(72, 72), exif=exif), saved("JPEG", exif=exif, comment=b"Alice")):
        assert b"Alice" in upload
        assert b"Alice" not in logos.kept(upload)
        kept(upload)


def test_an_animation_gives_its_first_frame() -> None:
    frames: dict[str, Any] = {"save_all": True, "append_images": [Image.new("RGB", (90, 60), "white")], "duration": 100}
    for file_format in ("GIF", "WEBP", "PNG"):
        assert is_flag(kept(saved(file_format, **frames)), 12)


def test_large_pictures_become_small_ones() -> None:
    assert kept(saved("PNG", flag(1500, 1000))).size == (512, 341)
    assert is_flag(kept(saved("JPEG", flag(1000, 1500))), 12)
    assert kept(saved("PNG", flag(30, 20))).size == (30, 20)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_half_a_file_is_refused(file_format: str) -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    upload = saved(file_format, noise)
    with pytest.raises(FieldRefused, match=r"damaged|none of them"):
        logos.kept(upload[: len(upload) // 2])


@pytest.mark.parametrize("file_format", ["BMP", "TIFF", "PPM", "ICO", "EPS", "PDF"])
def test_other_formats_are_refused(file_format: str) -> None:
    with pytest.raises(FieldRefused, match="PNG, JPEG, WebP, GIF or SVG"):
        logos.kept(saved(file_format))


def test_advice_names_the_limit() -> None:
    with pytest.raises(FieldRefused, match=r"at most 10 million pixels; these are 4000 × 3000"):
        logos.kept(saved("PNG", Image.new("1", (4000, 3000))))
    with pytest.raises(FieldRefused, match="transparent all over"):
        logos.kept(saved("PNG", Image.new("RGBA", (20, 20))))
    with pytest.raises(FieldRefused, match="2 MB"):
        logos.kept(zlib.compress(b"") + bytes(2_000_001))
