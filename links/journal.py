"""The journal: append-only segments on local disk, one record per scan, written before the answer.

A segment is a mapped file whose room is reserved beforehand. What it holds survives the death of any process; the
power-loss bound is the durability setting's.
"""

import fcntl
import logging
import mmap
import os
import threading
import time
from pathlib import Path

from links.counters import StageCounters
from links.frames import framed

logger = logging.getLogger(__name__)

SUFFIX = ".seg"
# A segment that has no name yet: for a moment, unless its process is killed in just that.
UNNAMED = ".new"
# When a record reaches the disk itself: when the kernel likes, every interval, before the answer.
DURABILITIES = ("os", "interval", "always")
# What is asked of a disk that has no room for a whole segment.
SMALL_BYTES = 131_072
# A disk that has refused is not asked again by every scan.
ASK_AGAIN_SECONDS = 0.1


class OpenSegment:
    """A segment that is being written. It is closed, and thereby finished, when its last writer lets go of it."""

    __slots__ = ("_counters", "_mapped", "_pid", "fd", "is_new", "synced", "until")

    def __init__(self, path: Path, room: int, until: float, counters: StageCounters) -> None:
        """Reserve `room` bytes; raises OSError and leaves nothing behind where the disk has not got them."""
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            # Real blocks, not a hole: on a full disk the first write into a mapped hole is a SIGBUS.
            os.posix_fallocate(self.fd, 0, room)
            self._mapped = mmap.mmap(self.fd, room)
        except OSError:
            os.close(self.fd)
            path.unlink()
            raise
        self._counters = counters
        self._pid = os.getpid()
        self.until = until
        self.synced = 0  # so much of it is written through to the disk
        self.is_new = True  # its name may not be on the disk yet

    @property
    def size(self) -> int:
        """So many bytes of it are written."""
        return self._mapped.tell()

    @property
    def is_dirty(self) -> bool:
        """Whether something of it, or its name, may not be on the disk yet."""
        return self.synced < self.size or (self.is_new and self.size > 0)

    def write(self, frame: bytes) -> bool:
        """Append one frame and count it; False when there is no room for it.

        A copy into mapped memory keeps Python's lock, where a system call would let it go: a scan that has to wait
        for its turn again after its write costs more than all the rest of it. So no other thread comes between, either.
        """
        try:
            self._mapped.write(frame)
        except ValueError:
            return False
        self._counters.count_journalled()
        return True

    def __del__(self) -> None:
        if not hasattr(self, "_pid"):  # the disk refused it
            return
        size = self.size
        self._mapped.close()
        # A forked child lets go of its copy while the parent goes on writing.
        if self._pid == os.getpid():
            os.truncate(self.fd, size)
        os.close(self.fd)


class Journal:
    """Appends records to this process's own segment; a segment is rolled over by size and by age.

    A full disk costs nothing while the open segment has room left, whatever its age.
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
        self._small_bytes = min(SMALL_BYTES, max_bytes)
        self._start_over()
        os.register_at_fork(after_in_child=self._start_over)

    def _start_over(self) -> None:
        """Forget the parent's segment: each process writes to its own."""
        self._lock = threading.Lock()
        self._segment: OpenSegment | None = None
        self._rolled: list[OpenSegment] = []
        self._syncing = False
        self._ask_again_at = 0.0

    def append(self, payload: bytes) -> bool:
        """Write one record; False when the disk refused, which is counted and never raised."""
        frame = framed(payload)
        segment = self._segment
        if segment is None or time.monotonic() > segment.until:
            segment = self._roll(segment)
        # Others may have filled the next one, too, before this scan gets its turn.
        while segment is not None and not segment.write(frame):
            full, segment = segment, self._roll(segment)
            if segment is full or len(frame) > self._small_bytes:
                segment = None
        if segment is None:
            self._counters.add("lost")
            return False
        if self._durability == "always":
            self._write_through([segment])
        return True

    def _roll(self, full: OpenSegment | None) -> OpenSegment | None:
        """The segment to write to from now on; where the disk refuses one still the segment before, or None."""
        self._counters.open()
        with self._lock:
            if self._segment is not None and self._segment is not full:
                return self._segment
            if time.monotonic() < self._ask_again_at:
                return full
            try:
                segment = self._open()
            except OSError as error:
                if not self._ask_again_at:
                    logger.warning("The disk gives no room for another journal segment: %s", error)
                self._ask_again_at = time.monotonic() + ASK_AGAIN_SECONDS
                if full is not None:
                    full.until = self._ask_again_at
                return full
            if full is not None and self._durability == "interval":
                self._rolled.append(full)
            self._segment = segment
            self._ask_again_at = 0.0
            if self._durability == "interval" and not self._syncing:
                threading.Thread(target=self._sync_for_ever, name="journal-fsync", daemon=True).start()
                self._syncing = True
            return segment

    def _open(self) -> OpenSegment:
        """Start a segment. It gets its name only once it is locked: an unlocked segment is a finished one."""
        name = f"{time.time_ns() // 1_000_000:013d}-{os.getpid()}-{os.urandom(6).hex()}"
        path = self._folder / f"{name}{UNNAMED}"
        until = time.monotonic() + self._max_age
        try:
            segment = OpenSegment(path, self._max_bytes, until, self._counters)
        except OSError:
            segment = OpenSegment(path, self._small_bytes, until, self._counters)
        fcntl.flock(segment.fd, fcntl.LOCK_EX)
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
                size = segment.size  # read before: more may be written meanwhile
                os.fsync(segment.fd)
                segment.synced = size
            if any(segment.is_new for segment in segments):
                sync_folder(self._folder)
                for segment in segments:
                    segment.is_new = False
        except OSError:
            logger.warning("The journal could not be written through to the disk", exc_info=True)


def sync_folder(folder: Path) -> None:
    """Make new, renamed and deleted names of a folder survive a power loss."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
