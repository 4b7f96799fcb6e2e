"""Pictures of further codes of a style without drawing them anew: modules are stamped by what surrounds them.

How a module looks depends on itself and its four neighbours, and on the colours of its place; nothing else differs
between two codes of one style and version. Tests hold these pictures against drawn ones, style by style.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from links.qr.certificate.layout import Grid, side
from links.qr.certificate.pictures import SCALE, Grey, true_modules
from links.qr.certificate.rendering import Picture, pictured, rendered
from links.qr.clear_zone import with_room
from links.qr.eyes import SIZE as EYE
from links.qr.eyes import places
from links.qr.frames import Surroundings
from links.qr.matrix import QUIET_ZONE, Symbol
from links.qr.stamping import piece_numbers, pieces
from links.qr.styles import Style

Levels: TypeAlias = npt.NDArray[np.float32]
Stamps: TypeAlias = npt.NDArray[np.float32]  # by the numbers of pieces, row and column: 0 is bare, 1 is covered


@dataclass(frozen=True)
class Pattern(Symbol):
    """Any modules in place of a text's, so that the one renderer can be asked how they look."""

    lines: tuple[str, ...] = ()

    @classmethod
    def of_modules(cls, modules: Grid) -> "Pattern":
        lines = tuple("".join("01"[int(is_dark)] for is_dark in row) for row in modules)
        return cls((len(modules) - 17) // 4, "M", 0, (), lines)

    def rows(self) -> list[str]:
        return list(self.lines)


@dataclass(frozen=True)
class Press:
    """What is the same in all codes of a style and version."""

    stamps: Stamps
    is_free: Grid  # neither eyes nor the logo's room
    bare: Picture  # without modules, but with eyes and logo, and with the frame around
    light: Levels  # the code of it
    covered: Levels  # the picture of nothing but modules

    def picture(self, true: Grid) -> Grey:
        """The picture of a symbol with these modules."""
        codes = piece_numbers(np.pad(true & self.is_free, QUIET_ZONE))
        covers = self.stamps[codes].transpose(0, 2, 1, 3).reshape(self.light.shape)
        printed: Grey = (self.light + covers * (self.covered - self.light) + 0.5).astype(np.uint8)
        return printed


@lru_cache(maxsize=16)
def press(style: Style, version: int, surroundings: Surroundings | None = None) -> Press:
    """Some milliseconds of drawing, once for each style and version."""
    full = np.ones((side(version), side(version)), dtype=np.bool_)
    bare = pictured(Pattern.of_modules(_only_eyes(version)), style, surroundings)
    colors = Style(foreground=style.foreground, background=style.background)
    covered = rendered(Pattern.of_modules(full), colors).astype(np.float32)
    stamps = pieces(style.modules, style.dot_size, SCALE).astype(np.float32)
    stamps /= 255
    return Press(stamps, _free(style, version), bare, bare.code.astype(np.float32), covered)


def _only_eyes(version: int) -> Grid:
    """Plain eyes are made of modules, which others may be drawn over."""
    modules = np.zeros((side(version), side(version)), dtype=np.bool_)
    for column, row in places(side(version)):
        modules[row : row + EYE, column : column + EYE] = True
        modules[row + 1 : row + EYE - 1, column + 1 : column + EYE - 1] = False
        modules[row + 2 : row + EYE - 2, column + 2 : column + EYE - 2] = True
    return modules


def _free(style: Style, version: int) -> Grid:
    is_free = np.ones((side(version), side(version)), dtype=np.bool_)
    if style.logo is not None:
        rows = with_room(Pattern.of_modules(is_free).rows(), style.logo)
        is_free = true_modules(replace(Pattern.of_modules(is_free), lines=tuple(rows)))
    for column, row in places(side(version)):
        is_free[row : row + EYE, column : column + EYE] = False
    return is_free
