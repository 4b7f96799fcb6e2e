"""The journal: append-only segments on local disk, one record per scan, written before the answer.

A record is framed as marker, length, CRC32C (of the payload), payload; numbers are little-endian. What a
segment holds survives the death of any process; the power-loss bound is the durability setting's.
"""

import fcntl
import logging
import os
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from crc32c import crc32c

from links.counters import StageCounters

logger = logging.getLogger(__name__)

# No byte of ASCII JSON has its high bit set, so the marker cannot occur inside a payload.
MARKER = b"\xf5\xa7"
HEADER = struct.Struct("<2sII")
MAX_PAYLOAD = 65_536
SUFFIX = ".seg"
# When a record reaches the disk itself: when the kernel likes, every interval, before the answer.
DURABILITIES = ("os", "interval", "always")


class Journal:
    """Appends records to this process's own segment; a segment is closed by size and by age."""

    def __init__(
        self,
        folder: Path,
        counters: StageCounters,
        *,
        durability: str = "interval",
        fsync_seconds: float = 1.0,
        max_bytes: int = 8_000_000,
        max_age: float = 60.0,
    ) -> None:
        if durability not in DURABILITIES:
            raise ValueError(f"JOURNAL_DURABILITY is os, interval or always, not {durability!r}")
        self._folder = folder
        self._counters = counters
        self._durability = durability
        self._fsync_seconds = fsync_seconds
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._start_over()
        os.register_at_fork(after_in_child=self._start_over)

    def _start_over(self) -> None:
        """Forget the parent's segment: each process writes to its own."""
        self._lock = threading.Lock()
        self._fd = -1
        self._size = 0
        self._opened_at = 0.0
        self._dirty = False
        self._syncing = False
        self._closing: list[int] = []

    def append(self, payload: bytes) -> bool:
        """Write one record; False when the disk refused, which is counted and never raised."""
        frame = framed(payload)
        with self._lock:
            try:
                written = self._write(frame)
            except OSError:
                self._close()
                written = False
        self._counters.add("journalled" if written else "lost")
        return written

    def _write(self, frame: bytes) -> bool:
        if self._fd < 0 or self._size > self._max_bytes or time.monotonic() - self._opened_at > self._max_age:
            self._open()
        if os.write(self._fd, frame) != len(frame):
            # A full disk gives a short write. Records after a torn one would be unreadable, so cut it off.
            os.ftruncate(self._fd, self._size)
            return False
        self._size += len(frame)
        self._dirty = True
        if self._durability == "always":
            os.fsync(self._fd)
        return True

    def _open(self) -> None:
        """Start a segment. It gets its name only once it is locked: an unlocked segment is a finished one."""
        self._close()
        name = f"{time.time_ns() // 1_000_000:013d}-{os.getpid()}-{os.urandom(6).hex()}"
        path = self._folder / f"{name}.new"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            path.rename(path.with_suffix(SUFFIX))
        except OSError:
            os.close(fd)
            raise
        self._fd, self._size, self._opened_at = fd, 0, time.monotonic()
        if self._durability == "always":
            sync_folder(self._folder)
        if self._durability == "interval" and not self._syncing:
            threading.Thread(target=self._sync_for_ever, name="journal-fsync", daemon=True).start()
            self._syncing = True

    def _close(self) -> None:
        """Let go of the segment; what is not on the disk yet stays open for the next group commit."""
        if self._fd >= 0 and self._dirty and self._syncing:
            self._closing.append(self._fd)
        elif self._fd >= 0:
            os.close(self._fd)
        self._fd, self._dirty = -1, False

    def close(self) -> None:
        """Finish the current segment; the next record starts another."""
        with self._lock:
            self._close()

    def _sync_for_ever(self) -> None:
        """Group commit: one fsync for all records of the last interval, outside the lock."""
        while True:
            time.sleep(self._fsync_seconds)
            try:
                self._sync()
            except OSError:
                logger.warning("The journal could not be written through to the disk", exc_info=True)

    def _sync(self) -> None:
        with self._lock:
            fds, self._closing = self._closing, []
            if self._dirty:
                fds.append(os.dup(self._fd))
                self._dirty = False
        try:
            for fd in fds:
                os.fsync(fd)
            if fds:
                sync_folder(self._folder)
        finally:
            for fd in fds:
                os.close(fd)


def sync_folder(folder: Path) -> None:
    """Make new, renamed and deleted names of a folder survive a power loss."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def framed(payload: bytes) -> bytes:
    """One record as it stands in a segment."""
    return HEADER.pack(MARKER, len(payload), crc32c(payload)) + payload


class Frame(NamedTuple):
    """Where one record stands in a buffer."""

    start: int
    end: int

    def payload(self, buffer: bytes) -> bytes:
        return buffer[self.start + HEADER.size : self.end]


class Scanned(NamedTuple):
    """What is readable in a buffer, how far reading got, and how many torn stretches it stepped over."""

    frames: list[Frame]
    consumed: int
    torn: int


def scan(buffer: bytes, *, finished: bool) -> Scanned:
    """Find the records in a stretch of a segment.

    In a segment that is still written an incomplete record at the end is left for later; in a finished one it is
    torn. After damage reading goes on at the next marker whose record is whole.
    """
    frames: list[Frame] = []
    position = torn = 0
    while position < len(buffer):
        end = _end_of_frame(buffer, position)
        if end is not None and end <= len(buffer) and _is_whole(buffer, position, end):
            frames.append(Frame(position, end))
            position = end
            continue
        if end is not None and end > len(buffer) and not finished:
            break
        torn += 1
        position = next(_whole_frames_after(buffer, position), len(buffer))
    return Scanned(frames, position, torn)


def _end_of_frame(buffer: bytes, start: int) -> int | None:
    """Where the record at `start` would end, or None when no record can start there."""
    if len(buffer) - start < HEADER.size:
        return len(buffer) + 1 if buffer[start : start + 2] == MARKER[: len(buffer) - start] else None
    marker, length, _ = HEADER.unpack_from(buffer, start)
    return start + HEADER.size + length if marker == MARKER and length <= MAX_PAYLOAD else None


def _is_whole(buffer: bytes, start: int, end: int) -> bool:
    _, _, checksum = HEADER.unpack_from(buffer, start)
    return bool(crc32c(buffer[start + HEADER.size : end]) == checksum)


def _whole_frames_after(buffer: bytes, position: int) -> Iterator[int]:
    start = buffer.find(MARKER, position + 1)
    while start >= 0:
        end = _end_of_frame(buffer, start)
        if end is not None and (end > len(buffer) or _is_whole(buffer, start, end)):
            yield start
        start = buffer.find(MARKER, start + 1)
