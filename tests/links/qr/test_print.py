"""PDF and EPS show in Poppler and Ghostscript what the PNG shows, at exactly its size, and can be scanned there."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from links.qr import eps, frames, pdf, raster
from links.qr.art import Art, Linear, Solid
from links.qr.inks import ColorSpace
from links.qr.matrix import Symbol
from links.qr.presets import PRESETS
from links.qr.shapes import compose
from links.qr.styles import Frame, Logo
from tests.links.qr import printers
from tests.links.qr.samples import BLACK, LINEAR, RADIAL, TEXT, bitmap, symbol_art, typeface

MODULE = 0.508  # mm: a fiftieth of an inch, so that 300 dpi gives 6 pixels a module and 600 give 12
SCALE = 6
DPI = 300

CREAM = Solid("#ffeecc")
LIGHT = Linear(0, 0, 33, 33, ((0, "#ffffff"), (1, "#ffd070")))
PICTURES: dict[str, Callable[[], Art]] = {
    "plain": symbol_art,
    "ground": lambda: symbol_art(Solid("#102a6b"), CREAM),
    "linear": lambda: symbol_art(LINEAR, CREAM),
    "radial": lambda: symbol_art(RADIAL, CREAM, with_bitmap=True),
    "gradient ground": lambda: symbol_art(BLACK, LIGHT, with_bitmap=True),
    "bitmap on nothing": lambda: symbol_art(with_bitmap=True),
    "framed": lambda: frames.framed(
        frames.captioned(symbol_art(RADIAL, CREAM, with_bitmap=True), "q.example.com/abc123", typeface()),
        Frame("ribbon", "Їжак & Größe", "#7a1f3d"),
        typeface(),
    ),
}
PRINTS: dict[str, Callable[[Art, Path, int], Image.Image]] = {
    "PDF in Poppler": lambda art, folder, dpi: printers.poppler(pdf.draw(art, module_mm=MODULE), folder, dpi),
    "PDF in Ghostscript": lambda art, folder, dpi: printers.ghostscript(pdf.draw(art, module_mm=MODULE), folder, dpi),
    "EPS in Ghostscript": lambda art, folder, dpi: printers.ghostscript(eps.draw(art, module_mm=MODULE), folder, dpi),
}


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("program", PRINTS)
def test_print_shows_what_the_screen_shows(program: str, picture: str, tmp_path: Path) -> None:
    art = PICTURES[picture]()
    printed = PRINTS[program](art, tmp_path, DPI)
    shown = on_white(raster.draw(art, scale=SCALE))
    assert printed.size == pytest.approx(shown.size, abs=1)
    assert printers.read(printed) == TEXT
    assert is_same(printed, shown)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("program", PRINTS)
def test_print_shows_every_preset(program: str, preset: str, tmp_path: Path) -> None:
    art = compose(Symbol.of(TEXT, level="H"), replace(PRESETS[preset], logo=Logo(bitmap(), shape="circle")))
    shown = on_white(raster.draw(art, scale=SCALE))
    printed = PRINTS[program](art, tmp_path, DPI)
    assert printers.read(printed) == art.title
    assert is_same(printed, shown)


@pytest.mark.parametrize("program", PRINTS)
def test_modules_are_exactly_where_they_belong(program: str, tmp_path: Path) -> None:
    """The middle of each module and of each light place between them, all of them."""
    art = symbol_art()
    printed = PRINTS[program](art, tmp_path, DPI).convert("L")
    shown = on_white(raster.draw(art, scale=SCALE)).convert("L")
    for y in range(int(art.height)):
        for x in range(int(art.width)):
            at = (x * SCALE + SCALE // 2, y * SCALE + SCALE // 2)
            assert printed.getpixel(at) == shown.getpixel(at)


@pytest.mark.parametrize("program", PRINTS)
def test_the_comparison_sees_what_is_missing_or_out_of_place(program: str, tmp_path: Path) -> None:
    art = symbol_art(RADIAL, CREAM, with_bitmap=True)
    shown = on_white(raster.draw(art, scale=SCALE))
    assert is_same(PRINTS[program](art, tmp_path, DPI), shown)
    without = Art(art.width, art.height, art.layers[:-1], art.title)
    assert not is_same(PRINTS[program](without, tmp_path, DPI), shown)
    assert not is_same(PRINTS[program](art, tmp_path, DPI), ImageChops.offset(shown, 1, 0))


@pytest.mark.parametrize("draw", [pdf.draw, eps.draw], ids=["PDF", "EPS"])
def test_black_is_black_ink_alone(draw: Callable[..., bytes], tmp_path: Path) -> None:
    printed = draw(symbol_art(), module_mm=MODULE, color_space="cmyk")
    cyan, magenta, yellow, black = printers.ghostscript_inks(printed, tmp_path, DPI).split()
    assert [part.getextrema() for part in (cyan, magenta, yellow)] == [(0, 0)] * 3
    assert black.getextrema() == (0, 255)


@pytest.mark.parametrize("draw", [pdf.draw, eps.draw], ids=["PDF", "EPS"])
@pytest.mark.parametrize("picture", PICTURES)
def test_what_is_printed_in_four_inks_can_be_scanned(picture: str, draw: Callable[..., bytes], tmp_path: Path) -> None:
    printed = draw(PICTURES[picture](), module_mm=MODULE, color_space="cmyk")
    assert b"DeviceRGB" not in printed
    assert printers.read(printers.ghostscript(printed, tmp_path, DPI, finer=2)) == TEXT


@pytest.mark.parametrize("module", [0.3, 0.508, 1.0, 12.345])
def test_a_page_has_exactly_the_pictures_size(module: float, tmp_path: Path) -> None:
    art = frames.captioned(symbol_art(), "q.example.com/abc123", typeface())
    points = [side * module / 25.4 * 72 for side in (art.width, art.height)]
    size = printers.information(pdf.draw(art, module_mm=module), tmp_path)["Page size"]
    assert [float(side) for side in re.findall(r"[\d.]+", size)[:2]] == pytest.approx(points, rel=1e-5)
    head = eps.draw(art, module_mm=module).decode().split("%%EndComments")[0]
    exact = re.search(r"^%%HiResBoundingBox: 0 0 (\S+) (\S+)$", head, re.MULTILINE)
    whole = re.search(r"^%%BoundingBox: 0 0 (\d+) (\d+)$", head, re.MULTILINE)
    assert exact
    assert whole
    assert [float(side) for side in exact.groups()] == pytest.approx(points, abs=1e-4)
    assert all(0 <= int(side) - point < 1 for side, point in zip(whole.groups(), points, strict=True))


def test_a_pdf_says_what_it_is_in_any_script(tmp_path: Path) -> None:
    art = Art(33, 33, symbol_art().layers, "Їжак (1) \\ Größe 🎉")
    facts = printers.information(pdf.draw(art, module_mm=1), tmp_path)
    assert facts["Title"] == art.title
    assert facts["Pages"] == "1"
    assert "CreationDate" not in facts


def test_an_eps_is_ascii_and_its_comments_cannot_be_broken_out_of() -> None:
    art = Art(33, 33, symbol_art(with_bitmap=True).layers, "Größe\n%%EOF\nshowpage " + "x" * 500)
    file = eps.draw(art, module_mm=1).decode("ascii")
    assert "%%Title: Gr??e?%%EOF?showpage xxx" in file
    assert max(map(len, file.splitlines())) <= 255
    assert file.startswith("%!PS-Adobe-3.0 EPSF-3.0\n")
    assert file.endswith("%%EOF\n")
    comments = [line for line in file.splitlines() if line.startswith("%%")]
    assert comments[-3:] == ["%%Page: 1 1", "%%Trailer", "%%EOF"]


@pytest.mark.parametrize("space", ["rgb", "cmyk"])
def test_the_same_picture_gives_the_same_bytes(space: ColorSpace) -> None:
    for draw in (pdf.draw, eps.draw):
        once, again = (draw(PICTURES["framed"](), module_mm=1, color_space=space) for _ in range(2))
        assert once == again


def test_gradients_and_shapes_stay_what_they_are() -> None:
    """No picture inside: print shops scale it as they like."""
    art = symbol_art(RADIAL, CREAM)
    assert b"/Subtype /Image" not in pdf.draw(art, module_mm=1)
    assert b"/ShadingType 3" in pdf.draw(art, module_mm=1)
    assert b"ImageType" not in eps.draw(art, module_mm=1)
    assert b"shfill" in eps.draw(art, module_mm=1)


def on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert("RGB")


def is_same(printed: Image.Image, shown: Image.Image) -> bool:
    """On average at most 4 of 255 levels apart, and at most 2 pixels in 1,000 by more than 80.

    Each program blends edges in its own way: measured were at most 3.6 and 1.4 in 1,000.
    """
    box = (0, 0, min(printed.width, shown.width), min(printed.height, shown.height))
    difference = ImageChops.difference(printed.crop(box), shown.crop(box))
    red, green, blue = difference.split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    far = sum(worst.histogram()[81:]) / (worst.width * worst.height)
    return max(ImageStat.Stat(difference).mean) < 4 and far < 0.002


def test_a_png_of_the_same_picture_is_read_too() -> None:
    file = BytesIO()
    on_white(raster.draw(PICTURES["framed"](), scale=SCALE)).save(file, "PNG")
    assert printers.read(Image.open(file)) == TEXT
