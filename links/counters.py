"""Counters of each stage, in a mapped file per process that survives the process's death."""

import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from itertools import count, repeat
from pathlib import Path

# Totals of one host. The order is the file's layout: append, never reorder.
NAMES = (
    "journalled",  # scan events written to a segment
    "lost",  # scans answered whose event could not be written
    "orphans_dropped",  # scans of unknown codes above the rate cap
    "shipped",  # records sent to the stream, repeats included
    "torn",  # incomplete or corrupt stretches found in finished segments
    "ingested",  # scan events inserted into the database
    "duplicate",  # events that were there already
    "set_aside",  # records kept apart with a reason
    "caught_up_at",  # not a total: when all that was journalled was last seen shipped (milliseconds since the epoch)
    "drifted",  # numbers that an audit found to differ from a recount of raw scans
    "erased",  # scan events dropped because their time was erased
)
MOMENTS = frozenset({"caught_up_at"})
_INDEX = {name: index for index, name in enumerate(NAMES)}
_JOURNALLED = _INDEX["journalled"]
_SIZE = 512
_NUMBERS = struct.Struct(f"={len(NAMES)}Q")
_CLAIM_AGAIN_SECONDS = 1.0


class StageCounters:
    """This process's own counters. The file of a dead process is taken over, so totals never shrink.

    Where the disk refuses a file, numbers are kept in memory and added to the file as soon as there is one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._start_over()
        os.register_at_fork(after_in_child=self._start_over)

    def _start_over(self) -> None:
        # Held by whoever changes numbers, where they are at that time; but scans that are journalled are so many that
        # a file's are counted without it.
        self._lock = threading.Lock()
        self._numbers = self._in_memory = memoryview(bytearray(_SIZE)).cast("Q")
        self._journalled: Iterator[None] | None = None
        self._claim_after = 0.0
        self._fd = -1

    def open(self) -> None:
        """Take a file now, while the disk may still give one, rather than with the first scan."""
        with self._lock:
            self._claim()

    def add(self, name: str, n: int = 1) -> None:
        """Add to one counter; counting never raises where the disk refuses.

        ValueError for `journalled`: only count_journalled knows what its iterator will store next.
        """
        if name == "journalled":
            raise ValueError("Scans that are journalled are counted by count_journalled.")
        with self._lock:
            self._claim()
            self._numbers[_INDEX[name]] += n

    def count_journalled(self) -> None:
        """One more scan is journalled."""
        if self._journalled is None:
            with self._lock:
                self._claim()
                if self._journalled is None:
                    self._numbers[_JOURNALLED] += 1
                    return
        next(self._journalled)

    def stamp(self, name: str, at: float) -> None:
        """Note a moment (seconds since the epoch) under a name that is not a total."""
        with self._lock:
            self._claim()
            self._numbers[_INDEX[name]] = int(at * 1000)

    def _claim(self) -> None:
        """Where that is still to be done, map the file of a process that died, else a new one.

        The file's lock dies with this process.
        """
        if self._numbers is not self._in_memory or time.monotonic() < self._claim_after:
            return
        try:
            claimed = next(filter(None, map(self._try, sorted(self._folder.glob("*.counters")))), None)
            numbers = claimed or self._try(self._folder / f"{os.urandom(6).hex()}.counters")
        except OSError:
            numbers = None
        if numbers is None:
            self._claim_after = time.monotonic() + _CLAIM_AGAIN_SECONDS
            return
        for name, index in _INDEX.items():
            kept = self._in_memory[index]
            numbers[index] = max(numbers[index], kept) if name in MOMENTS else numbers[index] + kept
        self._numbers = numbers
        # Each next() stores the number that follows: one call into C, which no other thread can come between. To take a
        # lock, read, add and store costs three times as much, and more code than the processor keeps at hand.
        following = count(numbers[_JOURNALLED] + 1)
        self._journalled = map(numbers.__setitem__, repeat(_JOURNALLED), following)

    def _try(self, path: Path) -> memoryview | None:
        """The numbers in a file, or None when a living process has them; raises OSError."""
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Real blocks, not a hole: on a full disk the first write into a mapped hole is a SIGBUS.
            os.posix_fallocate(fd, 0, _SIZE)
            mapped = mmap.mmap(fd, _SIZE)
        except BlockingIOError:
            os.close(fd)
            return None
        except OSError:
            os.close(fd)
            raise
        self._fd = fd
        return memoryview(mapped).cast("Q")


def totals(folder: Path) -> dict[str, int]:
    """The sum over every process of this host, living and dead; of moments the latest."""
    sums = dict.fromkeys(NAMES, 0)
    for path in folder.glob("*.counters"):
        content = path.read_bytes()
        if len(content) < _SIZE:
            continue
        for name, number in zip(NAMES, _NUMBERS.unpack_from(content), strict=True):
            sums[name] = max(sums[name], number) if name in MOMENTS else sums[name] + number
    return sums
