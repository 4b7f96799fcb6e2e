"""The one renderer's picture of a code as decoders see it, alone and with what stands around it."""

from dataclasses import dataclass

import numpy as np

from links.qr.certificate.pictures import SCALE, Grey, grey
from links.qr.frames import Surroundings
from links.qr.matrix import QUIET_ZONE, Symbol
from links.qr.raster import draw
from links.qr.shapes import compose
from links.qr.styles import Style


@dataclass(frozen=True)
class Picture:
    """SCALE pixels a module: the code with its quiet zone, and the whole in which it begins at `left` and `top`."""

    code: Grey
    whole: Grey
    left: int = 0
    top: int = 0

    @property
    def has_surroundings(self) -> bool:
        return self.whole.shape != self.code.shape

    def with_code(self, code: Grey) -> Grey:
        """The whole with another code in the place of this one."""
        if not self.has_surroundings:
            return code
        whole, side = self.whole.copy(), len(code)
        whole[self.top : self.top + side, self.left : self.left + side] = code
        return whole


def pictured(symbol: Symbol, style: Style, surroundings: Surroundings | None = None) -> Picture:
    """Raises FieldRefused for a logo without room, and for a frame or a caption that cannot be drawn."""
    art = compose(symbol, style)
    if surroundings is not None:
        art = surroundings.around(art, style)
    whole = grey(draw(art, scale=SCALE))
    left, top = round(art.symbol_x * SCALE), round(art.symbol_y * SCALE)
    side = (symbol.size + 2 * QUIET_ZONE) * SCALE
    return Picture(np.ascontiguousarray(whole[top : top + side, left : left + side]), whole, left, top)


def rendered(symbol: Symbol, style: Style) -> Grey:
    """The symbol with its quiet zone alone; raises FieldRefused for a logo without room."""
    return pictured(symbol, style).code
