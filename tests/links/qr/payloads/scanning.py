"""What a scanner reads from the picture of a text."""

from links.qr import raster
from links.qr.matrix import Symbol
from links.qr.payloads.bank import SymbolRequirement
from links.qr.shapes import compose
from tests.links.qr.pictures import scanned


def read_back(text: str) -> str:
    read = scanned(_drawn(Symbol.of(text)))
    assert isinstance(read.text, str)
    return read.text


def read_back_as_required(text: str, requirement: SymbolRequirement) -> str:
    """From a picture at exactly the level that a specification asks for, in the smallest version."""
    symbol = Symbol.of(text, level=requirement.level)
    assert symbol.version <= requirement.max_version
    read = scanned(_drawn(symbol))
    assert read.ec_level == requirement.level
    assert isinstance(read.text, str)
    return read.text


def _drawn(symbol: Symbol) -> bytes:
    return raster.png(raster.draw(compose(symbol), scale=3))
