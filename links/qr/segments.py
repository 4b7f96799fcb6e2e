"""How the text of a code is cut into segments, so that the picture needs as few modules as it can."""

import re
from typing import Any, Literal

Mode = Literal["byte", "alphanumeric", "numeric"]
Segment = tuple[Mode, str]

# What one mode can say at once: digits, the other alphanumeric characters, and the rest.
_RUNS = re.compile(r"(?P<numeric>[0-9]+)|(?P<alphanumeric>[A-Z $%*+\-./:]+)|(?P<byte>[^0-9A-Z $%*+\-./:]+)")
_MODES_OF_RUN: dict[str | None, tuple[Mode, ...]] = {
    "byte": ("byte",),
    "alphanumeric": ("byte", "alphanumeric"),
    "numeric": ("byte", "alphanumeric", "numeric"),
}
_MODE_BITS = 4
# Bits of a segment's length field, for the versions 1–9, 10–26 and 27–40 (ISO/IEC 18004, table 3).
_LENGTH_BITS: dict[Mode, tuple[int, int, int]] = {
    "byte": (8, 16, 16),
    "alphanumeric": (9, 11, 13),
    "numeric": (10, 12, 14),
}
# Two alphanumeric characters take 11 bits and three digits 10, so sixths of a bit count every character exactly.
_SIXTHS: dict[Mode, int] = {"byte": 48, "alphanumeric": 33, "numeric": 20}

# Sixths of a bit so far, segments so far, and these as (mode, where it begins, the cuts before).
_Path = tuple[int, int, tuple[Any, ...]]


def in_capitals(url: str) -> str:
    """Host and path in capitals, 5½ bits each instead of 8. Some scanners know the scheme in lower case only."""
    scheme, rest = url.split("://", 1)
    return f"{scheme}://{rest.upper()}"


def cheapest_segments(text: str, version: int) -> tuple[Segment, ...]:
    """The segments of fewest bits for a picture of this version; of equally cheap ones, those that are fewer.

    The cheapest way to each end of a run, for every mode that its last segment can have. To cut within a run never
    pays: a character costs less in the narrower mode, also where its pair or triple stays open.
    """
    paths: dict[Mode, _Path] = {}
    for run in _RUNS.finditer(text):
        paths = _longer(paths, run, version)
    return _segments(text, _finished(paths)[2]) or (("byte", ""),)


def _longer(paths: dict[Mode, _Path], run: re.Match[str], version: int) -> dict[Mode, _Path]:
    """The cheapest way to the end of this run, from those to its beginning."""
    cost, count, cuts = _finished(paths)
    longer: dict[Mode, _Path] = {}
    for mode in _MODES_OF_RUN[run.lastgroup]:
        head = 6 * (_MODE_BITS + length_bits(mode, version))
        begun: _Path = (cost + head, count + 1, (mode, run.start(), cuts))
        best = min(paths.get(mode, begun), begun, key=_price)
        size = len(run[0].encode()) if mode == "byte" else run.end() - run.start()
        longer[mode] = (best[0] + size * _SIXTHS[mode], *best[1:])
    return longer


def _finished(paths: dict[Mode, _Path]) -> _Path:
    """The best path, whose last segment ends here: it takes whole bits."""
    whole = ((-(-cost // 6) * 6, count, cuts) for cost, count, cuts in paths.values())
    return min(whole, key=_price, default=(0, 0, ()))


def _price(path: _Path) -> tuple[int, int]:
    return path[:2]


def _segments(text: str, cuts: tuple[Any, ...]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    end = len(text)
    while cuts:
        mode, start, cuts = cuts
        segments.append((mode, text[start:end]))
        end = start
    return tuple(reversed(segments))


def bits(segments: tuple[Segment, ...], version: int) -> int:
    """Exactly how many bits the segments take in a picture of this version."""
    return sum(_MODE_BITS + length_bits(mode, version) + _data_bits(mode, text) for mode, text in segments)


def length_bits(mode: Mode, version: int) -> int:
    """Of the field that says how many characters (bytes, in byte mode) a segment has."""
    return _LENGTH_BITS[mode][(version > 9) + (version > 26)]


def _data_bits(mode: Mode, text: str) -> int:
    size = len(text.encode()) if mode == "byte" else len(text)
    return -(-size * _SIXTHS[mode] // 6)
