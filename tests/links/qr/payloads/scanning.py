"""What a scanner reads from the picture of a text."""

from dataclasses import replace

from links.qr import png
from links.qr.matrix import Symbol
from links.qr.payloads.bank import SymbolRequirement
from tests.links.qr.pictures import scanned


def read_back(text: str) -> str:
    read = scanned(png.draw(Symbol.of(text), scale=3))
    assert isinstance(read.text, str)
    return read.text


def read_back_as_required(text: str, requirement: SymbolRequirement) -> str:
    """From a picture at exactly the level that a specification asks for, in the smallest version."""
    symbol = Symbol.of(text)  # its version is the smallest at level M, the level may be higher
    assert symbol.version <= requirement.max_version
    read = scanned(png.draw(replace(symbol, level=requirement.level), scale=3))
    assert read.ec_level == requirement.level
    assert isinstance(read.text, str)
    return read.text
