"""How the text of a code is cut into segments, so that the picture needs as few modules as it can."""

from typing import Literal

Mode = Literal["byte", "alphanumeric"]
Segment = tuple[Mode, str]

_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
_MODE_BITS = 4
# Bits of a segment's length field, for the versions 1–9, 10–26 and 27–40 (ISO/IEC 18004, table 3).
_LENGTH_BITS: dict[Mode, tuple[int, int, int]] = {"byte": (8, 16, 16), "alphanumeric": (9, 11, 13)}


def in_capitals(url: str) -> str:
    """Host and path in capitals, 5½ bits each instead of 8. Some scanners know the scheme in lower case only."""
    scheme, rest = url.split("://", 1)
    return f"{scheme}://{rest.upper()}"


def cheapest_segments(text: str, version: int) -> tuple[Segment, ...]:
    """Bytes, and where it saves bits the alphanumeric end of the text apart, for a picture of this version."""
    return min(_splits(text), key=lambda segments: bits(segments, version))


def _splits(text: str) -> list[tuple[Segment, ...]]:
    """The text as bytes, or cut where the longest alphanumeric end begins: a later cut only costs more."""
    start = len(text)
    while start and text[start - 1] in _ALPHANUMERIC:
        start -= 1
    whole: tuple[Segment, ...] = (("byte", text),)
    head: tuple[Segment, ...] = (("byte", text[:start]),) if start else ()
    return [whole, (*head, ("alphanumeric", text[start:]))] if start < len(text) else [whole]


def bits(segments: tuple[Segment, ...], version: int) -> int:
    """Exactly how many bits the segments take in a picture of this version."""
    return sum(_MODE_BITS + _length_bits(mode, version) + _data_bits(mode, text) for mode, text in segments)


def _length_bits(mode: Mode, version: int) -> int:
    return _LENGTH_BITS[mode][(version > 9) + (version > 26)]


def _data_bits(mode: Mode, text: str) -> int:
    if mode == "byte":
        return 8 * len(text.encode())
    return 11 * (len(text) // 2) + 6 * (len(text) % 2)
