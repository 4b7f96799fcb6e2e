"""How far a picture can be made worse before it is no longer read, beside the plain code of the same symbol."""

from functools import lru_cache
from typing import TypeAlias

from links.qr.certificate.distortions import AXES
from links.qr.certificate.pictures import Grey, plain, true_modules
from links.qr.certificate.reading import texts_read
from links.qr.matrix import Symbol

# For every axis the number of its steps at which the text was read.
Survived: TypeAlias = dict[str, int]


def survived(picture: Grey, text: str) -> Survived:
    """Every step of every axis is tried, also after one that failed."""
    return {
        axis: sum(texts_read(distorted) == [text] for distorted in distortion(picture))
        for axis, distortion in AXES.items()
    }


@lru_cache(maxsize=256)
def best(symbol: Symbol) -> Survived:
    """What the symbol survives in black squares on white; kept, as styles are tried again and again on one symbol."""
    return survived(plain(true_modules(symbol)), symbol.text)


def margins(symbol: Symbol, picture: Grey) -> dict[str, float]:
    """For every axis the share of what the plain code survives, at most 1; 1 too where that survives nothing."""
    reached, possible = survived(picture, symbol.text), best(symbol)
    return {axis: min(1.0, reached[axis] / steps) if (steps := possible[axis]) else 1.0 for axis in AXES}
