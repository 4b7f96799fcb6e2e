"""The three finder patterns, from which scanners learn where a symbol is: a frame of 7 by 7 modules, a ball of 3 by 3.

Whatever its shape, a line through its middle crosses dark, light, dark, light, dark as 1:1:3:1:1.
"""

from collections.abc import Iterator

from links.qr.art import PathData
from links.qr.curves import box, hole
from links.qr.styles import EyeShape

SIZE = 7
_BALL = 3

# How far corners are rounded, as shares of the side: a circle's all the way. Sharp corners of a leaf lie on the line
# from the symbol's corner to its middle. More than this and the certificate warns: some scanners find eyes by corners.
_ROUNDING: dict[EyeShape, float] = {"square": 0, "rounded": 0.14, "circle": 0.5, "leaf": 0.18}


def places(size: int) -> tuple[tuple[int, int], ...]:
    """Left and top of each pattern in a symbol of this size."""
    return (0, 0), (size - SIZE, 0), (0, size - SIZE)


def frames(size: int, x: int, y: int, shape: EyeShape) -> PathData:
    """The frames of a symbol at (x, y): boxes with a hole, so thick as a module everywhere."""
    path = ""
    for left, top, radii in _corners(size, shape, SIZE):
        first, second, third, fourth = (max(radius - 1, 0) for radius in radii)
        path += box(x + left, y + top, SIZE, radii)
        path += hole(x + left + 1, y + top + 1, SIZE - 2, (first, second, third, fourth))
    return path


def balls(size: int, x: int, y: int, shape: EyeShape) -> PathData:
    inset = (SIZE - _BALL) // 2
    return "".join(
        box(x + left + inset, y + top + inset, _BALL, radii) for left, top, radii in _corners(size, shape, _BALL)
    )


def _corners(size: int, shape: EyeShape, side: int) -> Iterator[tuple[int, int, tuple[float, float, float, float]]]:
    """Place of each pattern, and the radii of a square in it, from the top left corner on."""
    radius = _ROUNDING[shape] * side
    for left, top in places(size):
        is_first = left == top
        falling = radius if shape != "leaf" or not is_first else 0
        rising = radius if shape != "leaf" or is_first else 0
        yield left, top, (falling, rising, falling, rising)
