"""Independent programs that draw what we wrote: Poppler and Ghostscript."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from tests.machine import missing


def poppler(pdf: bytes, folder: Path, dpi: int, page: int = 1) -> Image.Image:
    """A page of a PDF as Poppler draws it."""
    program = shutil.which("pdftoppm") or missing("poppler", "pdftoppm is not installed (Debian: poppler-utils)")
    file, drawn = folder / "poppler.pdf", folder / "poppler"
    file.write_bytes(pdf)
    options = ["-r", str(dpi), "-f", str(page), "-l", str(page), "-singlefile", "-png"]
    _run([program, *options, str(file), str(drawn)])
    return _loaded(drawn.with_suffix(".png"))


def ghostscript(printed: bytes, folder: Path, dpi: int, *, finer: int = 8) -> Image.Image:
    """A PDF's first page, or an EPS cut out at its bounding box, as Ghostscript draws it.

    It fills each pixel that a shape touches, which makes shapes bolder: by a pixel that is so many times `finer` only.
    """
    program = shutil.which("gs") or missing("ghostscript", "gs is not installed (Debian: ghostscript)")
    file, drawn = folder / "ghostscript.in", folder / "ghostscript.png"
    file.write_bytes(printed)
    options = ["-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=png16m", "-dEPSCrop", "-dLastPage=1"]
    _run([program, *options, f"-r{finer * dpi}", f"-sOutputFile={drawn}", str(file)])
    return _loaded(drawn).reduce(finer)


def ghostscript_inks(printed: bytes, folder: Path, dpi: int) -> Image.Image:
    """The four inks of a CMYK file, as no screen has changed them yet."""
    program = shutil.which("gs") or missing("ghostscript", "gs is not installed (Debian: ghostscript)")
    file, drawn = folder / "inks.in", folder / "inks.tif"
    file.write_bytes(printed)
    options = ["-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=tiff32nc", f"-r{dpi}", "-dEPSCrop"]
    _run([program, *options, f"-sOutputFile={drawn}", str(file)])
    with Image.open(drawn) as image:
        image.load()
        return image


def information(pdf: bytes, folder: Path) -> dict[str, str]:
    """What pdfinfo says of a file: Title, Pages, Page size …"""
    program = shutil.which("pdfinfo") or missing("poppler", "pdfinfo is not installed (Debian: poppler-utils)")
    file = folder / "information.pdf"
    file.write_bytes(pdf)
    lines = (line.partition(":") for line in _run([program, str(file)]).splitlines())
    return {name: value.strip() for name, _, value in lines}


def read(image: Image.Image) -> str | None:
    """The one code in a picture, read as phones do: upright, dark on light."""
    found: Any = zxingcpp.read_barcode(image, try_invert=False)
    return str(found.text) if found else None


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    # Both programs repair what they can, exit with 0 and complain: a complaint is a failure here.
    assert (done.returncode, done.stderr) == (0, ""), f"{command}: {done.stderr}{done.stdout}"
    return done.stdout


def _loaded(file: Path) -> Image.Image:
    with Image.open(file) as image:
        return image.convert("RGB")
