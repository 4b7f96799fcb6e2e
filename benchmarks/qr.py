"""How fast codes are drawn, beside qrcode, segno and qrencode: the same texts in the same run, processor time.

Everybody makes a symbol of at least level M and a whole file. qrencode is a process for each picture, as scripts use
it.
"""

import argparse
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

import qrcode
import segno
from qrcode.image.styledpil import StyledPilImage
from qrcode.image.styles.colormasks import RadialGradiantColorMask
from qrcode.image.styles.moduledrawers.base import QRModuleDrawer
from qrcode.image.styles.moduledrawers.pil import RoundedModuleDrawer, SquareModuleDrawer
from qrcode.image.svg import SvgPathImage

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from links import codes
from links.qr import raster, svg
from links.qr.matrix import Symbol
from links.qr.shapes import compose
from links.qr.styles import Gradient, Style

ROUNDS, QUICK_ROUNDS = 15, 3
TEXTS = 20  # a round
GRADIENTS = 2  # of these, at print size
PRINT_SCALE = 30  # pixels a module: 33 modules are 8 cm at 300 dpi
RADIAL = Gradient("radial", ((0, "#c2185b"), (1, "#1a237e")))

Drawer = Callable[[str], object]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds instead of {ROUNDS}")
    options = parser.parse_args()
    rounds = QUICK_ROUNDS if options.quick else ROUNDS
    drawn = milliseconds(svg_drawers(), TEXTS, rounds)
    gradients: dict[str, Drawer] = {
        "product": partial(our_gradient, Style(foreground=RADIAL)),
        "qrcode": partial(gradient_of_qrcode, SquareModuleDrawer()),
        "product, rounded": partial(our_gradient, Style(modules="rounded", foreground=RADIAL)),
        "qrcode, rounded": partial(gradient_of_qrcode, RoundedModuleDrawer()),
    }
    shaded = milliseconds(gradients, GRADIENTS, rounds)
    for title, times in (("SVG of one code", drawn), (f"radial gradient, {PRINT_SCALE} pixels a module", shaded)):
        print(f"{title}, ms: {', '.join(f'{name} {figure:.3g}' for name, figure in times.items())}")
    if "qrencode" not in drawn:
        print("qrencode is not installed: skipped.")
    figures = figures_of(drawn, shaded)
    for name, figure in figures.items():
        print(f"{name:28}{figure:10,}")
    if options.json:
        print(json.dumps(figures))
    return 0


def svg_drawers() -> dict[str, Drawer]:
    """By name; the stored symbol's has looked for its mask before."""
    drawers: dict[str, Drawer] = {
        "product": our_svg,
        "stored mask": StoredSymbols().svg,
        "qrcode": svg_of_qrcode,
        "segno": svg_of_segno,
    }
    return drawers | ({"qrencode": svg_of_qrencode} if shutil.which("qrencode") else {})


def milliseconds(drawers: dict[str, Drawer], texts: int, rounds: int) -> dict[str, float]:
    """The median of all rounds for each, which take turns, so that a slow moment of the machine hits all."""
    dice = random.Random(5)
    taken: dict[str, list[float]] = {name: [] for name in drawers}
    for _ in range(rounds + 1):
        batch = [f"https://Q.EXAMPLE.COM/{''.join(dice.choices(codes.ALPHABET, k=6))}" for _ in range(texts)]
        for name, draw in drawers.items():
            taken[name].append(_round(draw, batch))
    return {name: statistics.median(times[1:]) for name, times in taken.items()}  # the first one fills caches


def _round(draw: Drawer, texts: list[str]) -> float:
    if isinstance(owner := getattr(draw, "__self__", None), StoredSymbols):
        owner.store(texts)
    began = _processor_time()
    for text in texts:
        draw(text)
    return (_processor_time() - began) * 1000 / len(texts)


def _processor_time() -> float:
    """Seconds, those of processes that were started and have ended included."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def figures_of(drawn: dict[str, float], shaded: dict[str, float]) -> dict[str, float]:
    """How many times as fast as each rival the product is."""
    figures = {
        "svg_to_qrcode": drawn["qrcode"] / drawn["product"],
        "svg_stored_mask_to_qrcode": drawn["qrcode"] / drawn["stored mask"],
        "gradient_to_qrcode": shaded["qrcode"] / shaded["product"],
        "rounded_gradient_to_qrcode": shaded["qrcode, rounded"] / shaded["product, rounded"],
        "svg_to_segno": drawn["segno"] / drawn["product"],
    }
    if "qrencode" in drawn:
        figures["svg_to_qrencode"] = drawn["qrencode"] / drawn["product"]
    return {name: round(figure, 1) for name, figure in figures.items()} | {
        "svgs_per_second": round(1000 / drawn["product"])
    }


class StoredSymbols:
    """What the database holds of codes that were drawn before."""

    def store(self, texts: list[str]) -> None:
        self._stored = {text: Symbol.of(text).to_json() for text in texts}

    def svg(self, text: str) -> bytes:
        return svg.draw(compose(Symbol.from_json(self._stored[text])), width=330)


def our_svg(text: str) -> bytes:
    return svg.draw(compose(Symbol.of(text)), width=330)


def our_gradient(style: Style, text: str) -> bytes:
    return raster.png(raster.draw(compose(Symbol.of(text), style), scale=PRINT_SCALE))


def svg_of_qrcode(text: str) -> bytes:
    file = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage).save(file)
    return file.getvalue()


def gradient_of_qrcode(modules: QRModuleDrawer, text: str) -> bytes:
    code = qrcode.QRCode(box_size=PRINT_SCALE)
    code.add_data(text)
    file = BytesIO()
    image = code.make_image(image_factory=StyledPilImage, color_mask=RadialGradiantColorMask(), module_drawer=modules)
    image.save(file, "PNG")
    return file.getvalue()


def svg_of_segno(text: str) -> bytes:
    file = BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="svg", border=4)
    return file.getvalue()


def svg_of_qrencode(text: str) -> bytes:
    command = ["qrencode", "-t", "SVG", "-l", "M", "-m", "4", "-o", "-", text]
    return subprocess.run(command, capture_output=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
