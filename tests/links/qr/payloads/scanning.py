"""What a scanner reads from the picture of a text."""

from links.qr import png
from links.qr.matrix import Symbol
from tests.links.qr.pictures import scanned


def read_back(text: str) -> str:
    read = scanned(png.draw(Symbol.of(text), scale=3))
    assert isinstance(read.text, str)
    return read.text
