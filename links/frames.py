"""How records stand in a segment, and how they are found again behind any damage.

A record is framed as marker, length, CRC32C (of the payload), payload; numbers are little-endian. Behind the last
record stand zeros: the room that a segment has reserved and not used.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from crc32c import crc32c

# No byte of ASCII JSON has its high bit set, so the marker cannot occur inside a payload.
MARKER = b"\xf5\xa7"
HEADER = struct.Struct("<2sII")
MAX_PAYLOAD = 65_536


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


def scan(buffer: bytes, *, finished: bool, is_end: bool = True) -> Scanned:
    """Find the records in a stretch of a segment; `is_end` says whether the segment ends with it.

    In a segment that is still written, reading stops at the first record that is not whole: it may be on its way. In a
    finished one that is damage, and reading goes on at the next marker whose record is whole.
    """
    frames: list[Frame] = []
    position = torn = 0
    while position < len(buffer):
        end = _end_of_frame(buffer, position)
        if end is not None and end <= len(buffer) and _is_whole(buffer, position, end):
            frames.append(Frame(position, end))
            position = end
            continue
        if not finished or (end is not None and end > len(buffer) and not is_end):
            break
        if buffer.count(0, position) == len(buffer) - position:
            position = len(buffer)
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
