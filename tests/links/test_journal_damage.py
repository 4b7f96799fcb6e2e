"""The journal, damaged at every byte of a tail: every other record is read, and nothing is invented."""

from collections.abc import Iterator
from itertools import accumulate

import pytest

from links.frames import framed, scan
from links.scan_events import ScanEvent
from tests.links.factories import an_event

RECORDS = 5
DAMAGED = 2  # the last so many
FLIPS = (0x01, 0x80, 0xFF)


@pytest.fixture(scope="module")
def records() -> list[bytes]:
    return [
        an_event(user_agent=f"phone {n}", destination="https://example.com/" + "x" * n).encode() for n in range(RECORDS)
    ]


def read(buffer: bytes) -> list[bytes]:
    return [frame.payload(buffer) for frame in scan(buffer, finished=True).frames]


def tail_positions(frames: list[bytes]) -> Iterator[tuple[int, int]]:
    """Every byte of the last records, with the number of the record that it belongs to."""
    ends = list(accumulate(map(len, frames)))
    for position in range(ends[-1 - DAMAGED], ends[-1]):
        yield position, next(n for n, end in enumerate(ends) if position < end)


@pytest.mark.parametrize("flip", FLIPS)
def test_a_flipped_byte_costs_its_own_record(records: list[bytes], flip: int) -> None:
    frames = [framed(record) for record in records]
    for position, hit in tail_positions(frames):
        buffer = bytearray(b"".join(frames))
        buffer[position] ^= flip
        assert read(bytes(buffer)) == records[:hit] + records[hit + 1 :], f"byte {position}"


def test_a_segment_cut_at_any_byte_keeps_what_is_whole(records: list[bytes]) -> None:
    frames = [framed(record) for record in records]
    for position, hit in tail_positions(frames):
        assert read(b"".join(frames)[:position]) == records[:hit], f"byte {position}"


def test_a_record_cut_short_and_written_on_after_costs_itself(records: list[bytes]) -> None:
    """A full disk: the write is short, then there is room again and the next record follows directly."""
    frames = [framed(record) for record in records]
    whole, torn, after = b"".join(frames[:2]), frames[2], b"".join(frames[3:])
    for cut in range(1, len(torn)):
        assert read(whole + torn[:cut] + after) == records[:2] + records[3:], f"cut at {cut}"


def test_a_hole_of_zeros_costs_the_records_it_lies_in(records: list[bytes]) -> None:
    """What a file system may leave after a power cut: the length is there, the content is not."""
    frames = [framed(record) for record in records]
    for position, hit in tail_positions(frames):
        buffer = b"".join(frames)
        assert read(buffer[:position] + bytes(len(buffer) - position)) == records[:hit], f"byte {position}"


def test_what_survives_still_says_what_it_said(records: list[bytes]) -> None:
    buffer = b"".join(framed(record) for record in records)[:-1]
    assert [ScanEvent.decode(record).user_agent for record in read(buffer)] == [
        f"phone {n}" for n in range(RECORDS - 1)
    ]
