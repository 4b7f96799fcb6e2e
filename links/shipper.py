"""Ships journal segments into the stream: one process per host tails every segment, also those of dead processes.

A segment's file is deleted only when ingestion has accounted for every record in it, and is shipped again when the two
still differ a minute after shipping: a Redis that lost, flushed or evicted its data is refilled from here.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis

from links.counters import StageCounters
from links.frames import scan
from links.journal import SUFFIX, UNNAMED, sync_folder
from links.lookups import DatabaseAway, DirectLookups, Lookups
from links.models import Segment
from links.stream import ScanStream, blocks_of

logger = logging.getLogger(__name__)

READ_BYTES = 4_000_000
# The journal is the safer place to wait: do not fill Redis while ingestion is behind.
MAX_STREAM_LENGTH = 5_000
ABANDONED_SECONDS = 60.0


@dataclass
class Tail:
    """How far one segment is shipped."""

    path: Path
    position: int = 0
    shipped: int = 0
    torn: int = 0
    shipped_at: float = 0.0
    is_finished: bool = False
    # Whether all that it held when it was last read is in the stream.
    is_shipped: bool = False

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(SUFFIX)

    def look(self) -> None:
        """A segment is finished once its writer has released the lock, by closing it or by dying."""
        if self.is_finished:
            return
        with self.path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self.is_finished = True
            self.is_shipped = False

    def start_again(self) -> None:
        self.position = self.shipped = self.torn = 0
        self.is_shipped = False


class Shipper:
    """Ships the segments of one folder; `turn` and `settle` are called for ever by the ship_scans command."""

    def __init__(
        self,
        folder: Path,
        stream: ScanStream,
        counters: StageCounters,
        clock: Callable[[], float] = time.monotonic,
        *,
        reship_seconds: float = 60.0,
        lookups: Lookups | None = None,
    ) -> None:
        self._folder = folder
        self._stream = stream
        self._counters = counters
        self._clock = clock
        self._reship_seconds = reship_seconds
        self._lookups = lookups or DirectLookups()
        self._tails: dict[str, Tail] = {}

    def turn(self) -> int:
        """Ship what is new; returns how many records. Raises redis.RedisError, after which nothing is forgotten."""
        self._find_segments()
        shipped = 0
        for tail in list(self._tails.values()):
            # Asked before reading: what a finished segment holds is then all of it.
            tail.look()
            while n := self._ship(tail):
                shipped += n
        if self.is_caught_up():
            self._counters.stamp("caught_up_at", time.time())
        return shipped

    def _find_segments(self) -> None:
        names = sorted(entry.name for entry in os.scandir(self._folder) if entry.name.endswith(SUFFIX))
        for name in names:
            self._tails.setdefault(name, Tail(self._folder / name))

    def _ship(self, tail: Tail) -> int:
        """Ship the next stretch of one segment; returns how many records, 0 when there is nothing whole to ship."""
        if tail.is_finished and tail.is_shipped:
            return 0
        with tail.path.open("rb", buffering=0) as file:
            first = os.pread(file.fileno(), 1, tail.position)
            # Zeros are room that was reserved and not written yet; in a finished segment records may stand behind them.
            tail.is_shipped = not first or (first == b"\0" and not tail.is_finished)
            if tail.is_shipped or self._stream.length() > MAX_STREAM_LENGTH:
                return 0
            size = min(READ_BYTES, self._stream.room())
            buffer = os.pread(file.fileno(), size, tail.position)
        scanned = scan(buffer, finished=tail.is_finished, is_end=len(buffer) < size)
        if scanned.frames:
            self._stream.send(list(blocks_of(tail.name, buffer, scanned.frames)))
            tail.shipped_at = self._clock()
        tail.position += scanned.consumed
        tail.shipped += len(scanned.frames)
        tail.torn += scanned.torn
        self._counters.add("shipped", len(scanned.frames))
        return len(scanned.frames)

    def settle(self) -> None:
        """Delete segments that are fully accounted for; ship those again that should be and are not.

        Raises DatabaseAway, after which nothing is forgotten.
        """
        self._give_back_abandoned_room()
        # In this order: what has left the stream meanwhile was committed before, so the database knows of it.
        waiting_since = self._clock() - self._stream.oldest_age()
        counted = self._lookups.ask(self._accounted_for)
        for key, tail in list(self._tails.items()):
            missing = tail.shipped - counted.get(tail.name, 0)
            if missing <= 0 and tail.is_finished and tail.is_shipped:
                self._delete(key, tail)
            # What is still in the stream is late, not lost: shipping it again would only make it later.
            elif missing > 0 and tail.shipped_at < min(waiting_since, self._clock() - self._reship_seconds):
                logger.warning("%s: %s of %s records did not arrive; shipping it again", key, missing, tail.shipped)
                tail.start_again()

    def _give_back_abandoned_room(self) -> None:
        """Remove what a process reserved and, killed, never came to name: no scan is in it."""
        for path in self._folder.glob(f"*{UNNAMED}"):
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                path.unlink(missing_ok=True)

    def _accounted_for(self) -> dict[str, int]:
        """Records that ingestion has stored or set aside, by segment."""
        names = [tail.name for tail in self._tails.values()]
        return {
            name: ingested + set_aside
            for start in range(0, len(names), 1000)
            for name, ingested, set_aside in Segment.objects.filter(name__in=names[start : start + 1000]).values_list(
                "name", "ingested", "set_aside"
            )
        }

    def _delete(self, key: str, tail: Tail) -> None:
        """The file goes first, and for good: a file that came back without its row would be shipped for ever."""
        if tail.torn:
            self._counters.add("torn", tail.torn)
            logger.warning("%s held %s torn stretches; everything else in it is counted", key, tail.torn)
        del self._tails[key]
        tail.path.unlink(missing_ok=True)
        sync_folder(self._folder)
        self._lookups.ask(Segment.objects.filter(name=tail.name).delete)

    def is_caught_up(self) -> bool:
        """Whether everything on the disk is in the stream."""
        return all(tail.is_shipped for tail in self._tails.values())

    def forget(self, path: Path) -> None:
        """Somebody else has removed a segment."""
        self._tails.pop(path.name, None)


def ship_for_ever(shipper: Shipper, *, pause: float = 0.05, settle_every: float = 1.0) -> None:
    """The loop of the ship_scans process: outages are waited out, nothing is lost meanwhile."""
    settled_at = 0.0
    while True:
        try:
            shipper.turn()
            if time.monotonic() - settled_at > settle_every:
                settled_at = time.monotonic()
                shipper.settle()
        except FileNotFoundError as error:
            logger.warning("A segment was removed by somebody else: %s", error)
            shipper.forget(Path(error.filename))
        except redis.RedisError as error:
            logger.warning("Redis cannot be reached, scans wait in the journal: %s", error)
            time.sleep(0.5)
        except DatabaseAway as error:
            logger.warning("The database cannot be reached, segments are kept: %s", error)
            time.sleep(0.5)
        time.sleep(pause)
