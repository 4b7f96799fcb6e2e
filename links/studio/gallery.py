"""Small pictures of styles and presets, to choose from."""

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache

from links.qr import shapes, svg
from links.qr.matrix import Symbol
from links.qr.presets import PRESETS
from links.qr.styles import Style as Look

SHOWN_WIDTH = 160  # CSS pixels


@dataclass(frozen=True)
class Sample:
    """A look on a typical code, as a data URI; frame and caption are left out, as they are not read so small."""

    name: str
    address: str

    @classmethod
    def of(cls, name: str, symbol: Symbol, look: Look) -> "Sample":
        drawn = svg.draw(shapes.compose(symbol, look), width=SHOWN_WIDTH)
        return cls(name, f"data:image/svg+xml;base64,{b64encode(drawn).decode()}")


@lru_cache(maxsize=4)
def presets(symbol: Symbol) -> tuple[Sample, ...]:
    return tuple(Sample.of(name, symbol, look) for name, look in PRESETS.items())
