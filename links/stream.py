"""The pipe from hosts to ingestion: one Redis Stream, both ends of its wire format.

An entry is {"segment": name, "records": up to 500 framed journal records}. Sending is at least once: whoever reads
must ignore event ids it already has.
"""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from links.frames import scan

GROUP = "ingest"
MAX_RECORDS = 500
MAX_BLOCK_BYTES = 65_536
UNLIMITED = 1 << 62
# What all of Celery's processes need to connect again: eight connections that Redis counts with some 40 KB each,
# and messages. A share of the limit would stop counting where others hold most of it.
RESERVED_BYTES = 1_000_000
CLAIM_SECONDS = 60.0
# How often a reader looks for what others hold, in parts of that time.
LOOKS = 6
# Before the first entry of any stream.
NOTHING = b"0"


def connect(url: str, patience: float = 5.0) -> redis.Redis:
    """A connection that gives up within seconds and never repeats: an XADD that timed out may have been applied."""
    return redis.Redis.from_url(
        url,
        socket_timeout=patience,
        socket_connect_timeout=min(patience, 2.0),
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


class Block(NamedTuple):
    """A stretch of one segment as it travels."""

    segment: str
    records: bytes


class Entry(NamedTuple):
    """A block as it is read, with the id it is acknowledged by."""

    id: bytes
    block: Block


def blocks_of(segment: str, buffer: bytes, frames: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """Cut the records of a segment's stretch into blocks of at most MAX_RECORDS and about MAX_BLOCK_BYTES."""
    taken: list[bytes] = []
    size = 0
    for start, end in frames:
        if taken and (len(taken) == MAX_RECORDS or size + end - start > MAX_BLOCK_BYTES):
            yield Block(segment, b"".join(taken))
            taken, size = [], 0
        taken.append(buffer[start:end])
        size += end - start
    if taken:
        yield Block(segment, b"".join(taken))


def records_of(block: Block) -> list[bytes]:
    """The journal records of a block, unframed."""
    return [frame.payload(block.records) for frame in scan(block.records, finished=True).frames]


class ScanStream:
    """The stream under one key. `consumer` names this reader; a restarted reader keeps its name and its backlog.

    What another reader has held for `claim_seconds` is taken over from it.
    """

    def __init__(
        self, connection: redis.Redis, key: str, consumer: str = "", *, claim_seconds: float = CLAIM_SECONDS
    ) -> None:
        self._redis = connection
        self._key = key
        self._consumer = consumer
        self._claim_seconds = claim_seconds
        self._claimed_at = -claim_seconds

    # --- In ------------------------------------------------------------------------------------

    def send(self, blocks: Sequence[Block]) -> None:
        """Append blocks; on an error any of them may or may not have arrived."""
        pipeline = self._redis.pipeline(transaction=False)
        for block in blocks:
            pipeline.xadd(self._key, {"segment": block.segment, "records": block.records})
        pipeline.execute()

    def length(self) -> int:
        """Entries that are not acknowledged yet."""
        return self._redis.xlen(self._key)

    def room(self) -> int:
        """Bytes that may be sent before Redis has no more than RESERVED_BYTES left, where it has a limit.

        Whoever counts is asked through the same Redis: one that scans have filled to the brim would never be emptied.
        """
        try:
            memory = self._redis.info("memory")
        except redis.ResponseError:  # a managed Redis may not tell
            return UNLIMITED
        limit = int(memory.get("maxmemory", 0))
        left = limit - RESERVED_BYTES - int(memory.get("used_memory", 0))
        # Redis allocates in steps: what it keeps of an entry is up to a quarter larger than the entry.
        return max(0, left * 3 // 4) if limit else UNLIMITED

    def oldest_age(self) -> float:
        """Seconds since the oldest unacknowledged entry was sent; 0 when there is none."""
        entries = cast("list[tuple[bytes, object]]", self._redis.xrange(self._key, count=1))
        return max(0.0, time.time() - int(entries[0][0].split(b"-")[0]) / 1000) if entries else 0.0

    # --- Out -----------------------------------------------------------------------------------

    def read(self, count: int, block_ms: int, unfinished: bytes = NOTHING) -> list[Entry]:
        """The next entries: first what this reader left unfinished, then what a dead one did, then new ones.

        `unfinished` is the last entry that it works on still: neither that nor what it had before comes again. Waits up
        to `block_ms` for new ones. Makes the group where it is missing, from the stream's beginning.
        """
        try:
            return self._backlog(count, unfinished) or self._claim(count) or self._new(count, block_ms)
        except redis.ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self._make_group()
            return self._new(count, block_ms)

    def acknowledge(self, entries: Sequence[Entry]) -> None:
        """Take entries out of the stream, once their transaction is committed."""
        if entries:
            ids = [entry.id for entry in entries]
            pipeline = self._redis.pipeline(transaction=False)
            # In this order: an entry that is deleted and still pending is tidied up by _take, one that is
            # acknowledged and not deleted by nobody.
            pipeline.xdel(self._key, *ids)
            pipeline.xack(self._key, GROUP, *ids)
            pipeline.execute()

    def _make_group(self) -> None:
        try:
            self._redis.xgroup_create(self._key, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _backlog(self, count: int, after: bytes) -> list[Entry]:
        return self._take(self._redis.xreadgroup(GROUP, self._consumer, {self._key: after}, count=count))

    def _new(self, count: int, block_ms: int) -> list[Entry]:
        return self._take(self._redis.xreadgroup(GROUP, self._consumer, {self._key: ">"}, count=count, block=block_ms))

    def _claim(self, count: int) -> list[Entry]:
        """Take over what another reader has held for too long: it is dead or frozen."""
        if time.monotonic() - self._claimed_at < self._claim_seconds / LOOKS:
            return []
        self._claimed_at = time.monotonic()
        idle_ms = int(self._claim_seconds * 1000)
        answer = self._redis.xautoclaim(self._key, GROUP, self._consumer, idle_ms, count=count)
        return self._take([(self._key.encode(), answer[1])])

    def _take(self, answer: object) -> list[Entry]:
        """Entries from an XREADGROUP answer; those that somebody deleted meanwhile are acknowledged and left out."""
        taken: list[Entry] = []
        gone: list[bytes] = []
        for _, items in cast("list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes] | None]]]]", answer or []):
            for id_, fields in items:
                if fields and b"segment" in fields and b"records" in fields:
                    taken.append(Entry(id_, Block(fields[b"segment"].decode("utf-8", "replace"), fields[b"records"])))
                elif id_ is not None:
                    gone.append(id_)
        if gone:
            self._redis.xack(self._key, GROUP, *gone)
        return taken
