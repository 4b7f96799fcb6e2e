"""How many pixels one process draws at the same time: large pictures take turns, so that memory holds them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

RETRY_SECONDS = 3
# Shares of what the largest picture that is drawn takes. Small ones need not wait for it: few threads draw.
_MOST = 1.0
_SMALL = 0.05


class Busy(Exception):
    """So many pixels are being drawn by this process that these have to wait."""

    def __init__(self) -> None:
        super().__init__("Other large pictures are being drawn. Ask again in a few seconds, or for fewer pixels.")


class PixelGate:
    """A semaphore that pictures take by their size; whatever its size, one picture is drawn where no other is."""

    def __init__(self) -> None:
        self._taken = 0.0
        self._drawn = 0
        self._lock = threading.Lock()

    @contextmanager
    def room_for(self, share: float) -> Iterator[None]:
        """While a picture is drawn that takes this share of the largest one's memory; raises Busy, and never waits."""
        if share <= _SMALL:
            yield
            return
        with self._lock:
            if self._drawn and self._taken + share > _MOST:
                raise Busy
            self._taken, self._drawn = self._taken + share, self._drawn + 1
        try:
            yield
        finally:
            with self._lock:
                self._drawn -= 1
                self._taken = self._taken - share if self._drawn else 0.0  # no rest of rounding stays


GATE = PixelGate()
