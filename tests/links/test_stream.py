"""The pipe on a real Redis: order, backlog, claims, deleted entries and a flushed server."""

import pytest
import redis

from links.frames import framed, scan
from links.stream import MAX_RECORDS, RESERVED_BYTES, Block, ScanStream, blocks_of, connect, records_of


def a_block(*records: bytes) -> Block:
    return Block("segment-1", b"".join(framed(record) for record in records))


def test_what_is_sent_is_read_and_gone_once_acknowledged(scan_stream: ScanStream) -> None:
    blocks = [a_block(b"one", b"two"), a_block(b"three")]
    scan_stream.send(blocks)
    entries = scan_stream.read(10, block_ms=10)
    assert [entry.block for entry in entries] == blocks
    assert records_of(entries[0].block) == [b"one", b"two"]
    assert scan_stream.oldest_age() >= 0
    scan_stream.acknowledge(entries)
    assert scan_stream.length() == 0
    assert scan_stream.read(10, block_ms=10) == []


def test_what_was_not_acknowledged_is_read_again(scan_stream: ScanStream) -> None:
    scan_stream.send([a_block(b"one"), a_block(b"two")])
    first = scan_stream.read(1, block_ms=10)
    assert scan_stream.read(1, block_ms=10) == first, "a restarted reader finds its own backlog first"


def test_what_is_worked_on_does_not_come_again_beside_new_entries(scan_stream: ScanStream) -> None:
    scan_stream.send([a_block(b"left"), a_block(b"worked on"), a_block(b"left, too")])
    left, worked_on, left_too = scan_stream.read(3, block_ms=1)
    scan_stream.send([a_block(b"new")])
    assert scan_stream.read(9, block_ms=1, unfinished=worked_on.id) == [left_too]
    scan_stream.acknowledge([left_too])
    (new,) = scan_stream.read(9, block_ms=1, unfinished=worked_on.id)
    assert records_of(new.block) == [b"new"]
    assert scan_stream.read(9, block_ms=1) == [left, worked_on, new]


def test_a_dead_readers_entries_are_claimed(scan_stream: ScanStream, redis_url: str) -> None:
    scan_stream.send([a_block(b"one")])
    entries = scan_stream.read(1, block_ms=10)
    heir = ScanStream(connect(redis_url), scan_stream._key, "heir")
    assert heir.read(1, block_ms=10) == [], "a minute has not passed"
    heir = ScanStream(connect(redis_url), scan_stream._key, "heir", claim_seconds=0)
    assert heir.read(1, block_ms=10) == entries


def test_entries_deleted_by_somebody_do_not_stay_in_the_backlog(scan_stream: ScanStream, redis_url: str) -> None:
    scan_stream.send([a_block(b"one")])
    (entry,) = scan_stream.read(1, block_ms=10)
    connection = connect(redis_url)
    connection.xdel(scan_stream._key, entry.id)
    assert scan_stream.read(1, block_ms=10) == []
    assert connection.xpending(scan_stream._key, "ingest")["pending"] == 0


def test_a_flushed_redis_gets_its_group_back(scan_stream: ScanStream, redis_url: str) -> None:
    scan_stream.read(1, block_ms=1)
    connect(redis_url).delete(scan_stream._key)
    scan_stream.send([a_block(b"after")])
    assert len(scan_stream.read(1, block_ms=10)) == 1


def test_blocks_hold_whole_records_within_their_limits() -> None:
    records = [b"x" * (1 + n % 300) for n in range(3 * MAX_RECORDS + 7)]
    buffer = b"".join(framed(record) for record in records)
    blocks = list(blocks_of("s", buffer, scan(buffer, finished=True).frames))
    assert [record for block in blocks for record in records_of(block)] == records
    assert max(len(block.records) for block in blocks) <= 65_536
    assert max(len(records_of(block)) for block in blocks) <= MAX_RECORDS


def test_a_redis_that_is_away_is_an_error_soon() -> None:
    away = ScanStream(connect("redis://127.0.0.1:1"), "key", "tester")
    with pytest.raises(redis.ConnectionError):
        away.send([a_block(b"one")])


def test_room_is_what_is_left_but_for_a_reserve(scan_stream: ScanStream, redis_url: str) -> None:
    connection = connect(redis_url)
    assert scan_stream.room() > 1 << 40, "no limit"
    try:
        connection.config_set("maxmemory", "100mb")
        assert 50_000_000 < scan_stream.room() < 100 * 2**20 - RESERVED_BYTES
        connection.config_set("maxmemory", "1mb")
        assert scan_stream.room() == 0
    finally:
        connection.config_set("maxmemory", 0)
