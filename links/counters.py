"""Counters of each stage, in a mapped file per process that survives the process's death."""

import fcntl
import mmap
import os
import struct
import threading
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
)
MOMENTS = frozenset({"caught_up_at"})
_OFFSETS = {name: 8 * index for index, name in enumerate(NAMES)}
_SIZE = 512
_NUMBER = struct.Struct("<Q")


class StageCounters:
    """This process's own counters. The file of a dead process is taken over, so totals never shrink."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._start_over()
        os.register_at_fork(after_in_child=self._start_over)

    def _start_over(self) -> None:
        self._lock = threading.Lock()
        self._map: mmap.mmap | None = None
        self._fd = -1

    def add(self, name: str, n: int = 1) -> None:
        """Add to one counter; counting never raises where the disk refuses."""
        with self._lock:
            try:
                numbers = self._map or self._claim()
            except OSError:
                return
            offset = _OFFSETS[name]
            _NUMBER.pack_into(numbers, offset, _NUMBER.unpack_from(numbers, offset)[0] + n)

    def stamp(self, name: str, at: float) -> None:
        """Note a moment (seconds since the epoch) under a name that is not a total."""
        with self._lock:
            try:
                _NUMBER.pack_into(self._map or self._claim(), _OFFSETS[name], int(at * 1000))
            except OSError:
                return

    def _claim(self) -> mmap.mmap:
        """Map the file of a process that died, else a new one; the lock dies with this process."""
        for path in sorted(self._folder.glob("*.counters")):
            if claimed := self._try(path):
                return claimed
        claimed = self._try(self._folder / f"{os.urandom(6).hex()}.counters")
        if claimed is None:
            raise OSError("a new counters file was locked by somebody else")
        return claimed

    def _try(self, path: Path) -> mmap.mmap | None:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Real blocks, not a hole: on a full disk the first write into a mapped hole is a SIGBUS.
            os.posix_fallocate(fd, 0, _SIZE)
            self._map = mmap.mmap(fd, _SIZE)
        except BlockingIOError:
            os.close(fd)
            return None
        except OSError:
            os.close(fd)
            raise
        self._fd = fd
        return self._map


def totals(folder: Path) -> dict[str, int]:
    """The sum over every process of this host, living and dead; of moments the latest."""
    sums = dict.fromkeys(NAMES, 0)
    for path in folder.glob("*.counters"):
        content = path.read_bytes()
        if len(content) < _SIZE:
            continue
        for name, offset in _OFFSETS.items():
            number = _NUMBER.unpack_from(content, offset)[0]
            sums[name] = max(sums[name], number) if name in MOMENTS else sums[name] + number
    return sums
