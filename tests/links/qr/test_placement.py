"""Our fast placement and choice of a mask are qrcode's, cell for cell, in every version, level and mask."""

import random
from typing import Any

import pytest
from qrcode import base, util
from qrcode.main import QRCode

from links.qr import masks, placement

VERSIONS = range(1, 41)
LEVELS = (0, 3, 2)  # M, Q, H as the standard numbers them


def some_codewords(version: int) -> bytes:
    """As many as the version has: which bits they are makes no difference to where these lie."""
    count = sum(block.total_count for block in base.rs_blocks(version, LEVELS[0]))
    return random.Random(version).randbytes(count)


def by_qrcode(version: int, level: int, codewords: bytes) -> QRCode[Any]:
    code = QRCode[Any](version=version, error_correction=level, border=0)
    code.data_cache = list(codewords)
    return code


@pytest.mark.parametrize("version", VERSIONS)
def test_every_cell_lies_where_qrcode_puts_it(version: int) -> None:
    """In one level for each mask, another one in the next version: it shows in the fifteen bits of the format only."""
    codewords = some_codewords(version)
    for mask in placement.MASKS:
        level = LEVELS[(version + mask) % 3]
        code = by_qrcode(version, level, codewords)
        code.makeImpl(False, mask)
        expected = "".join("01"[bool(cell)] for row in code.modules for cell in row)
        assert placement.placed(version, level, mask, codewords) == expected, (level, mask)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_mask_is_the_one_that_qrcode_chooses(version: int) -> None:
    codewords = some_codewords(version)
    assert masks.best_mask(version, codewords) == by_qrcode(version, LEVELS[0], codewords).best_mask_pattern()


@pytest.mark.parametrize("version", [1, 2, 6, 7, 11])
def test_every_mask_has_the_points_that_qrcode_gives(version: int) -> None:
    for seed in range(5):
        codewords = random.Random(seed).randbytes(len(some_codewords(version)))
        assert masks.penalties(version, codewords) == points_by_qrcode(version, codewords)


@pytest.mark.parametrize("byte", [0x00, 0xFF, 0x11, 0xEC])
def test_long_runs_have_the_points_that_qrcode_gives(byte: int) -> None:
    codewords = bytes([byte]) * len(some_codewords(5))
    assert masks.penalties(5, codewords) == points_by_qrcode(5, codewords)


def points_by_qrcode(version: int, codewords: bytes) -> list[int]:
    code = by_qrcode(version, LEVELS[0], codewords)
    points = []
    for mask in placement.MASKS:
        code.makeImpl(True, mask)
        points.append(util.lost_point(code.modules))
    return points
