"""Gradients as pixels: where each pixel lies on the way from start to end, and which colours that way has."""

import numpy as np
from numpy.typing import NDArray

from links.qr.art import Linear, Radial

Pixels = NDArray[np.uint8]


def levels(gradient: Linear | Radial, size: tuple[int, int], scale: int, count: int) -> Pixels:
    """Height by width numbers below `count` (at most 256): the level of each pixel's centre."""
    x, y = ((np.arange(length, dtype=np.float32) + np.float32(0.5)) / np.float32(scale) for length in size)
    way = _from_middle(gradient, x, y) if isinstance(gradient, Radial) else _along(gradient, x, y)
    way *= count - 1
    way += 0.5
    return np.clip(way, 0, count - 1, out=way).astype(np.uint8)


def colors(gradient: Linear | Radial, count: int) -> Pixels:
    """The colour of each level: count by 3."""
    places = [place for place, _ in gradient.stops]
    ends = np.array([list(bytes.fromhex(color[1:])) for _, color in gradient.stops])
    steps = np.linspace(0, 1, count)
    return np.stack([np.interp(steps, places, ends[:, band]) for band in range(3)], axis=1).round().astype(np.uint8)


def _from_middle(gradient: Radial, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    across = ((x - gradient.x) / gradient.radius) ** 2
    down = ((y - gradient.y) / gradient.radius) ** 2
    way = down[:, None] + across[None, :]
    return np.sqrt(way, out=way)


def _along(gradient: Linear, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    dx, dy = gradient.x2 - gradient.x1, gradient.y2 - gradient.y1
    square = dx * dx + dy * dy
    across, down = (x - gradient.x1) * (dx / square), (y - gradient.y1) * (dy / square)
    way: NDArray[np.float32] = down[:, None] + across[None, :]
    return way
