"""How far counting is behind: what waits in this host's journal and in the stream. It never waits long itself."""

import logging
import math
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince

from links import counters
from links.journal import SUFFIX
from links.probes import Probe, Unanswered
from links.stream import ScanStream, connect

logger = logging.getLogger(__name__)

# From here on the lag is worth a word.
LATE_SECONDS = 60.0
# The shipper looks twenty times a second; a busy machine may take a moment.
SHIPPER_SECONDS = 5.0
# How often pages have the lag worked out, and how long they believe in a stream that does not answer any more.
LOOK_EVERY_SECONDS = 5.0
REMEMBER_SECONDS = 60.0


@dataclass(frozen=True)
class JournalState:
    """The segments on this host's disk; times are seconds since the epoch."""

    segments: int = 0
    bytes: int = 0
    first_written_at: float = 0.0
    last_written_at: float = 0.0

    @classmethod
    def of(cls, folder: Path) -> "JournalState":
        sizes, times = [], []
        for entry in os.scandir(folder):
            if not entry.name.endswith(SUFFIX):
                continue
            try:
                status = entry.stat()
            except FileNotFoundError:  # the shipper has deleted it: it is counted
                continue
            sizes.append(status.st_size)
            times.append(status.st_mtime)
        return cls(len(sizes), sum(sizes), min(times), max(times)) if sizes else cls()


@dataclass(frozen=True)
class StreamState:
    """What waits in Redis."""

    entries: int
    oldest_seconds: float


@dataclass(frozen=True)
class Standing:
    """How counting stands, seen from this host."""

    stages: Mapping[str, int]
    caught_up_at: float
    journal: JournalState
    stream: StreamState | None
    redis_says: str

    @property
    def lag(self) -> float:
        """Seconds since the numbers were complete; of a stream that cannot be asked only the journal's part."""
        return max(self._journal_lag, self.stream.oldest_seconds if self.stream else 0.0)

    @property
    def _journal_lag(self) -> float:
        """Counted from the last moment at which everything was shipped, if anything was written since."""
        if self.journal.last_written_at <= self.caught_up_at:
            return 0.0
        lag = time.time() - (self.caught_up_at or self.journal.first_written_at)
        return lag if lag > SHIPPER_SECONDS else 0.0


def _ask_stream() -> StreamState:
    with connect(settings.REDIS_URL, patience=settings.PATIENCE_SECONDS) as connected:
        pipe = ScanStream(connected, settings.STREAM_KEY)
        return StreamState(pipe.length(), pipe.oldest_age())


_stream = Probe(_ask_stream)


def standing(patience: float, max_age: float = 0.0) -> Standing:
    """Read this host's files and ask Redis; what `patience` and `max_age` mean says Probe."""
    stages = counters.totals(settings.COUNTERS_DIR)
    caught_up_at = stages.pop("caught_up_at") / 1000
    stream, redis_says = None, "ok"
    try:
        stream = _stream.ask(patience=patience, max_age=max_age)
    except Unanswered as error:
        redis_says = f"cannot be reached: {error}"
    except (redis.RedisError, OSError) as error:
        redis_says = f"cannot be reached: {type(error).__name__}"
    return Standing(stages, caught_up_at, JournalState.of(settings.JOURNAL_DIR), stream, redis_says)


@dataclass(frozen=True)
class Behind:
    """What a page says of the lag: how long in words, empty while numbers are as good as complete."""

    words: str = ""
    lost_none: bool = True


class LagWatch:
    """The lag for pages: worked out at most every five seconds, at next to no wait, and never an error of the page."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._looked_at = self._stream_seen_at = -math.inf
        self._stream_lag = 0.0
        self._behind = Behind()

    def look(self) -> Behind:
        if time.monotonic() - self._looked_at >= LOOK_EVERY_SECONDS and self._looking.acquire(blocking=False):
            try:
                self._behind = self._work_out()
            except Exception:
                logger.exception("How far counting is behind could not be worked out")
            finally:
                self._looked_at = time.monotonic()
                self._looking.release()
        return self._behind

    def _work_out(self) -> Behind:
        now = standing(settings.PAGE_PATIENCE_SECONDS)
        if now.stream:
            self._stream_lag, self._stream_seen_at = now.stream.oldest_seconds, time.monotonic()
        elif time.monotonic() - self._stream_seen_at > REMEMBER_SECONDS:
            self._stream_lag = 0.0
        # A Redis that is only busy must not make the notice flicker.
        lag = max(now.lag, self._stream_lag)
        if lag <= LATE_SECONDS:
            return Behind()
        at = timezone.now()
        return Behind(timesince(at - timedelta(seconds=lag), at, depth=1), now.stages["lost"] == 0)


watch = LagWatch()
