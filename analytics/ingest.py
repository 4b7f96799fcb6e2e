"""One batch: read, enrich, store, roll up, acknowledge.

Exactly once rests on three things: an event id is inserted once, rollups take only what was inserted, and both are one
transaction that is acknowledged after its commit. Whatever dies in between, the batch comes again and adds nothing.
"""

import gc
import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F, Model
from django.utils import timezone

from analytics.enrich import CannotCount, Horizon, OrphanRow, ScanRow, event_id_of, orphan_row, scan_row
from analytics.erasure.honouring import ERASED, Erasures, account_for
from analytics.locks import count_beside_others
from analytics.models import ErasedScan, OrphanScan, Scan, SetAsideRecord
from analytics.rollups import ROLLUPS, Write
from analytics.upserts import Addition, Insertion
from links.models import Segment
from links.routing import UNKNOWN
from links.scan_events import ScanEvent
from links.stream import NOTHING, Block, Entry, ScanStream, records_of

logger = logging.getLogger(__name__)

SEGMENT_NAME = 100

# What a database says of values that it cannot hold; SQLite's driver says it with Python's own errors.
REFUSED = (DataError, IntegrityError, OverflowError, ValueError)

AnyRow = TypeVar("AnyRow", ScanRow, OrphanRow)
# A row to store, with the segment and the record it came from.
Item = tuple[AnyRow, str, bytes]


def digest_of(segment: str, record: bytes) -> str:
    """What a record that is set aside is known by."""
    return hashlib.sha256(segment.encode() + b"\0" + record).hexdigest()


class SetAside(NamedTuple):
    """The columns of SetAsideRecord."""

    digest: str
    segment: str
    reason: str
    record: bytes
    at: datetime


@dataclass
class Batch:
    """What one transaction is about to store."""

    scans: list[Item[ScanRow]] = field(default_factory=list)
    # Of all the scans.
    insertion: Insertion | None = None
    # What writes the sums of so many scans, which are right where all of them are new.
    writes: list[Write] = field(default_factory=list)
    summed: int = 0
    orphans: list[Item[OrphanRow]] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)

    def put_aside(self, segment: str, record: bytes, reason: str) -> None:
        self.set_aside.append(
            SetAside(digest_of(segment, record), segment[:SEGMENT_NAME], reason[:200], record, timezone.now())
        )

    def parts(self) -> "list[Batch]":
        """Smaller batches that are the same together; itself where it is one record, none where it is no scan."""
        kinds = [Batch(scans=self.scans), Batch(orphans=self.orphans), Batch(set_aside=self.set_aside)]
        filled = [kind for kind in kinds if kind.scans or kind.orphans or kind.set_aside]
        if len(filled) > 1:
            return filled
        middles = (len(self.scans) + 1) // 2, (len(self.orphans) + 1) // 2
        halves = [
            Batch(scans=self.scans[: middles[0]], orphans=self.orphans[: middles[1]]),
            Batch(scans=self.scans[middles[0] :], orphans=self.orphans[middles[1] :]),
        ]
        return [half for half in halves if half.scans or half.orphans]


class Counted(NamedTuple):
    """What a batch came to."""

    ingested: int = 0
    duplicate: int = 0
    set_aside: int = 0
    erased: int = 0


class Ahead(NamedTuple):
    """Entries that were read, and the batch that a thread makes of them."""

    entries: Sequence[Entry]
    batch: Future[Batch]


def drain(stream: ScanStream, *, seconds: float, count: Callable[[Counted], None]) -> None:
    """Ingest until the stream stays empty for the rest of `seconds`; under load return after ten times that.

    While the database works on one batch, the next is read and enriched.
    """
    # With the database away nothing is read: it would be enriched in vain every second, beside phones that scan.
    connection.ensure_connection()
    idle_after = time.monotonic() + seconds
    late_after = time.monotonic() + 10 * seconds
    waiting: Ahead | None = None
    with ThreadPoolExecutor(1, "enrich") as thread, _without_collecting():
        while (now := time.monotonic()) < late_after or waiting:
            coming = None
            if now < late_after:
                block_ms = 1 if waiting else max(1, int((idle_after - now) * 1000))
                unfinished = waiting.entries[-1].id if waiting else NOTHING
                if entries := stream.read(settings.INGEST_BATCH, block_ms, unfinished):
                    coming = Ahead(entries, thread.submit(enriched, [entry.block for entry in entries]))
            if waiting:
                count(stored(waiting.batch.result()))
                stream.acknowledge(waiting.entries)
            elif not coming and time.monotonic() >= idle_after:
                return
            waiting = coming


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Python looks for cycles among all it holds each time that rows come and go; they have none, and it took a third.

    Afterwards it does so again: what a drain leaves behind is found then.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def ingest(blocks: Sequence[Block]) -> Counted:
    """Store the records of blocks and roll up those that are new, in one transaction."""
    return stored(enriched(blocks))


def stored(batch: Batch) -> Counted:
    """Store a batch; should the database refuse a record, all but that, which never blocks the rest.

    Parts of what is refused are tried until a part is one record: that is set aside.
    """
    try:
        return store(batch)
    except REFUSED as error:
        parts = batch.parts()
        if not parts:
            raise
        if len(parts) > 1:
            logger.warning("A batch was refused by the database, its parts are tried: %s", error)
            return Counted(*map(sum, zip(*map(stored, parts), strict=True)))
        refused = Batch()
        for _, segment, record in (*batch.scans, *batch.orphans):
            refused.put_aside(segment, record, f"refused by the database: {error}")
        return store(refused)


def enriched(blocks: Sequence[Block]) -> Batch:
    """Decode, enrich, sum up; put aside what cannot be counted. No database is asked: a thread does it."""
    return batch_of((block.segment, record) for block in blocks for record in records_of(block))


def batch_of(records: Iterable[tuple[str, bytes]]) -> Batch:
    """The same for journal records, each with its segment."""
    horizon = Horizon.at(timezone.now(), settings.RAW_SCAN_DAYS)
    batch = Batch()
    for segment, record in records:
        try:
            event = ScanEvent.decode(record)
            if event.outcome == UNKNOWN:
                batch.orphans.append((orphan_row(event, horizon), segment, record))
            else:
                batch.scans.append((scan_row(event, horizon), segment, record))
        except CannotCount as error:
            batch.put_aside(segment, record, str(error))
        except (ValueError, RecursionError) as error:
            batch.put_aside(segment, record, f"unreadable: {error}")
    batch.insertion = _insertion(Scan, ScanRow, batch.scans)
    batch.writes, batch.summed = _summed_up(batch.scans), len(batch.scans)
    return batch


def _summed_up(scans: Sequence[Item[ScanRow]]) -> list[Write]:
    rows = [row for row, _, _ in scans]
    return [rollup(rows) for rollup in ROLLUPS] if rows else []


@transaction.atomic
def store(batch: Batch) -> Counted:
    """One transaction: scans, rollups of the new ones, and what each segment is now accounted for."""
    count_beside_others()
    erasures = Erasures({row.workspace_id for row, _, _ in batch.scans})
    scans, dropped = erasures.split(batch.scans)
    new_scans = _insert(scans, _insertion(Scan, ScanRow, scans) if dropped or not batch.insertion else batch.insertion)
    new_orphans = _insert(batch.orphans, _insertion(OrphanScan, OrphanRow, batch.orphans))
    new_erased = account_for(dropped)
    put_aside = [
        aside._replace(record=b"", reason=ERASED) if erasures.hide(aside.record) else aside
        for aside in _never_counted(batch.set_aside)
    ]
    insertion = Insertion.of(SetAsideRecord, SetAside._fields, put_aside, key=("digest",))
    new_aside = {digest for (digest,) in insertion.run()}
    for write in batch.writes if len(new_scans) == batch.summed else _summed_up(new_scans):
        write()
    ingested = Counter(segment for _, segment, _ in chain(new_scans, new_orphans))
    aside = Counter(aside.segment for aside in put_aside if aside.digest in new_aside)
    aside.update(segment for _, segment, _ in new_erased)
    aside.subtract(_taken_back([*batch.scans, *batch.orphans]))
    _account(ingested, aside)
    total = ingested.total()
    known = len(batch.scans) + len(batch.orphans) - total - len(new_erased)
    return Counted(total, known, len(new_aside), len(new_erased))


def _account(ingested: Counter[str], aside: Counter[str]) -> None:
    """Add to the segments. One that is accounted for as before may be gone, and does not come back."""
    as_before = {name for name in aside if aside[name] and not ingested[name] + aside[name]}
    for name in sorted(as_before):
        more = {"ingested": F("ingested") + ingested[name], "set_aside": F("set_aside") + aside[name]}
        Segment.objects.filter(name=name).update(**more)
    segments = [(name, ingested[name], aside[name]) for name in (ingested.keys() | aside.keys()) - as_before]
    Addition.of(Segment, ("name", "ingested", "set_aside"), segments, key=("name",)).run()


def _never_counted(set_aside: Sequence[SetAside]) -> list[SetAside]:
    """Those, each once, that were not counted when they came before: nothing must be accounted for twice."""
    once = {aside.digest: aside for aside in set_aside}
    ids = {digest: event_id for digest, aside in once.items() if (event_id := _event_id(aside.record))}
    wanted = set(ids.values())
    there = {
        event_id
        for model in ((Scan, OrphanScan, ErasedScan) if wanted else ())
        for event_id in model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True)
    }
    return [aside for digest, aside in once.items() if ids.get(digest) not in there]


def _event_id(record: bytes) -> UUID | None:
    try:
        return event_id_of(ScanEvent.decode(record))
    except (ValueError, RecursionError):
        return None


def _taken_back(stored: Sequence[Item[Any]]) -> Counter[str]:
    """Records set aside before (a clock was wrong, say) that are counted now: how many of each segment."""
    segments = {segment[:SEGMENT_NAME] for _, segment, _ in stored}
    if not SetAsideRecord.objects.filter(segment__in=segments).exists():
        return Counter()
    digests = {digest_of(segment, record): segment for _, segment, record in stored}
    known = SetAsideRecord.objects.select_for_update().filter(digest__in=digests).order_by("digest")
    taken = [aside.digest for aside in known]
    SetAsideRecord.objects.filter(digest__in=taken).delete()
    return Counter(digests[digest] for digest in taken)


def _insertion(model: type[Model], row: type[ScanRow | OrphanRow], items: Sequence[Item[Any]]) -> Insertion:
    """Of rows by event id, each once."""
    rows = {item[0].event_id: item[0] for item in items}
    return Insertion.of(model, row._fields, rows.values(), key=("event_id",))


def _insert(items: Sequence[Item[AnyRow]], insertion: Insertion) -> list[Item[AnyRow]]:
    """Insert the rows of items; returns those that were not there."""
    by_id = {item[0].event_id: item for item in items}
    return [by_id[event_id] for (event_id,) in insertion.run()]
