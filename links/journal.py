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


class OpenSegment:
    """A segment that is being written. It is closed, and thereby finished, when its last writer lets go of it."""

    __slots__ = ("fd", "is_dirty", "is_new", "is_torn", "size", "until")

    def __init__(self, fd: int, until: float) -> None:
        self.fd = fd
        self.until = until
        self.size = 0
        self.is_dirty = False
        self.is_torn = False
        self.is_new = True  # its name may not be on the disk yet

    def __del__(self) -> None:
        os.close(self.fd)


class Journal:
    """Appends records to this process's own segment; a segment is rolled over by size and by age.

    Scans append without a lock: each is one write to a file opened for appending. A thread that waited for a lock
    around another's write would cost more than everything else that a scan does.
    """

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
        self._segment: OpenSegment | None = None
        self._rolled: list[OpenSegment] = []
        self._syncing = False

    def append(self, payload: bytes) -> bool:
        """Write one record; False when the disk refused, which is counted and never raised."""
        frame = framed(payload)
        try:
            segment = self._segment
            if segment is None or segment.size > self._max_bytes or time.monotonic() > segment.until:
                segment = self._roll(segment)
            # A full disk gives a short write: what is torn stays, and readers find the next record behind it.
            written = os.write(segment.fd, frame)
            if written != len(frame):
                segment.is_torn = True
            elif segment.is_torn:
                # Only in a finished segment can readers tell a torn record from one that is still being written.
                self.close()
            segment.size += written
            segment.is_dirty = True
            if self._durability == "always":
                self._write_through([segment])
        except OSError:
            written = 0
        if written != len(frame):
            self._counters.add("lost")
            return False
        self._counters.add("journalled")
        return True

    def _roll(self, full: OpenSegment | None) -> OpenSegment:
        """The segment to write to from now on; the one before is let go once it is on the disk."""
        with self._lock:
            if self._segment is not full and self._segment is not None:
                return self._segment
            segment = self._open()
            if full is not None and self._durability == "interval":
                self._rolled.append(full)
            self._segment = segment
            if self._durability == "interval" and not self._syncing:
                threading.Thread(target=self._sync_for_ever, name="journal-fsync", daemon=True).start()
                self._syncing = True
            return segment

    def _open(self) -> OpenSegment:
        """Start a segment. It gets its name only once it is locked: an unlocked segment is a finished one."""
        name = f"{time.time_ns() // 1_000_000:013d}-{os.getpid()}-{os.urandom(6).hex()}"
        path = self._folder / f"{name}.new"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        segment = OpenSegment(fd, time.monotonic() + self._max_age)
        fcntl.flock(fd, fcntl.LOCK_EX)
        path.rename(path.with_suffix(SUFFIX))
        return segment

    def close(self) -> None:
        """Finish the current segment; the next record starts another."""
        with self._lock:
            if self._segment is not None and self._durability == "interval":
                self._rolled.append(self._segment)
            self._segment = None

    def _sync_for_ever(self) -> None:
        """Group commit: one fsync for all records of the last interval."""
        while True:
            time.sleep(self._fsync_seconds)
            self._sync()

    def _sync(self) -> None:
        """Write through what is new in the current segment and in those rolled over."""
        with self._lock:
            rolled, self._rolled = self._rolled, []
            current = [] if self._segment is None else [self._segment]
        dirty = [segment for segment in rolled + current if segment.is_dirty]
        if dirty:
            self._write_through(dirty)
        # One that was dirty is looked at once more: a scan may have held it when it was rolled over.
        with self._lock:
            self._rolled += [segment for segment in rolled if segment in dirty]

    def _write_through(self, segments: list[OpenSegment]) -> None:
        """A failure is logged and tried again: the scans are in the file all the same."""
        try:
            for segment in segments:
                # Before the fsync: whoever writes meanwhile makes it dirty again.
                segment.is_dirty = False
                os.fsync(segment.fd)
            if any(segment.is_new for segment in segments):
                sync_folder(self._folder)
                for segment in segments:
                    segment.is_new = False
        except OSError:
            logger.warning("The journal could not be written through to the disk", exc_info=True)
            for segment in segments:
                segment.is_dirty = True


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
    # No record is empty: a marker before zeros, which a power cut can leave, would read as one.
    return start + HEADER.size + length if marker == MARKER and 0 < length <= MAX_PAYLOAD else None


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
