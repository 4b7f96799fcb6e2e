"""From segments to code words: data, padding and error correction, interleaved as ISO/IEC 18004 wants them.

The same as `qrcode.util.create_data`, which takes at least ten times as long: bits are strings and numbers here, and
the rest of a division by a generator polynomial is looked up byte by byte, as one does for a CRC.
"""

from functools import lru_cache
from itertools import zip_longest

from qrcode import base, util

from links.qr.segments import Mode, Segment, length_bits

_MODES: dict[Mode, str] = {"numeric": "0001", "alphanumeric": "0010", "byte": "0100"}
_ALPHANUMERIC = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
_DIGIT_BITS = (0, 4, 7, 10)  # of so many digits
_PADDING = bytes((0b11101100, 0b00010001))


def capacity(version: int, level: int) -> int:
    """Bits of data that a symbol holds; the level as the standard numbers it."""
    bits: int = util.BIT_LIMIT_TABLE[level][version]
    return bits


def codewords(version: int, level: int, segments: tuple[Segment, ...]) -> bytes:
    """All code words of a symbol that has room for the segments."""
    data = _padded("".join(_written(segment, version) for segment in segments), capacity(version, level))
    blocks, corrections, start = [], [], 0
    for block in base.rs_blocks(version, level):
        blocks.append(data[start : start + block.data_count])
        corrections.append(_correction(blocks[-1], block.total_count - block.data_count))
        start += block.data_count
    return _interleaved(blocks) + _interleaved(corrections)


def _written(segment: Segment, version: int) -> str:
    mode, text = segment
    data = text.encode()
    count = len(data) if mode == "byte" else len(text)
    return f"{_MODES[mode]}{count:0{length_bits(mode, version)}b}{_data(mode, text, data)}"


def _data(mode: Mode, text: str, data: bytes) -> str:
    if not data:
        return ""
    if mode == "byte":
        return f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}"
    if mode == "numeric":
        groups = (text[start : start + 3] for start in range(0, len(text), 3))
        return "".join(f"{int(group):0{_DIGIT_BITS[len(group)]}b}" for group in groups)
    values = [_ALPHANUMERIC[character] for character in text]
    pairs = "".join(f"{45 * first + second:011b}" for first, second in zip(values[::2], values[1::2], strict=False))
    return pairs + (f"{values[-1]:06b}" if len(values) % 2 else "")


def _padded(bits: str, room: int) -> bytes:
    """Up to four zeros end the data, more fill its last byte, and two bytes in turn all others."""
    bits = bits.ljust(min(len(bits) + 4, room), "0")
    bits = bits.ljust(-(-len(bits) // 8) * 8, "0")
    data, size = int(bits, 2).to_bytes(len(bits) // 8, "big"), room // 8
    return (data + _PADDING * (size - len(data)))[: max(size, len(data))]


def _correction(data: bytes, count: int) -> bytes:
    """The rest of the data, with `count` zeros behind it, divided by the generator polynomial."""
    multiples, shift, ones = _multiples(count), 8 * count - 8, (1 << 8 * count) - 1
    rest = 0
    for byte in data:
        rest = (rest << 8 & ones) ^ multiples[rest >> shift ^ byte]
    return rest.to_bytes(count, "big")


@lru_cache(maxsize=32)
def _multiples(count: int) -> list[int]:
    """The generator polynomial without its first term, times every byte; a coefficient is a byte of the number."""
    generator = [1]
    for power in range(count):
        shifted = [_times(coefficient, base.gexp(power)) for coefficient in generator]
        generator = [first ^ second for first, second in zip([*generator, 0], [0, *shifted], strict=True)]
    multiples = [0]
    for byte in range(1, 256):
        lowest = byte & -byte
        if byte == lowest:
            multiples.append(int.from_bytes(bytes(_times(byte, each) for each in generator[1:]), "big"))
        else:  # adding is exclusive or
            multiples.append(multiples[byte ^ lowest] ^ multiples[lowest])
    return multiples


def _times(first: int, second: int) -> int:
    """In the field of 256 elements."""
    return base.gexp(base.glog(first) + base.glog(second)) if first and second else 0


def _interleaved(blocks: list[bytes]) -> bytes:
    """The first byte of every block, then the second; short ones have ended by the last."""
    return bytes(byte for bytes_ in zip_longest(*blocks) for byte in bytes_ if byte is not None)
