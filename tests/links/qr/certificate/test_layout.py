"""Which module belongs to which code word and block, held against what the encoder puts there."""

from typing import Any

import numpy as np
import pytest
from qrcode import util
from qrcode.main import QRCode

from links.qr.certificate.layout import FUNCTION, Grid, blocks, codewords, format_copies, side
from links.qr.certificate.pictures import true_modules
from links.qr.matrix import Level
from tests.links.qr.certificate.drawing import symbol_of


@pytest.mark.parametrize("version", range(1, 41))
def test_the_code_words_of_every_version_are_found_where_the_encoder_put_them(version: int) -> None:
    symbol = symbol_of(version, "Q")
    unmasked = true_modules(symbol) ^ _mask(symbol.mask, side(version))
    cells = codewords(version)
    is_data = cells != FUNCTION
    assert set(np.bincount(cells[is_data])) == {8}
    # Which bit of a code word is which does not matter to a budget.
    assert np.bincount(cells[is_data], weights=unmasked[is_data]).tolist() == _encoded_bits(symbol.text, version)


def _encoded_bits(text: str, version: int) -> list[int]:
    encoder: QRCode[Any] = QRCode(version=version, error_correction=3)
    encoder.add_data(util.QRData(text.encode(), mode=2))
    return [codeword.bit_count() for codeword in util.create_data(version, 3, encoder.data_list)]


def _mask(mask: int, size: int) -> Grid:
    turns = util.mask_func(mask)
    return np.array([[turns(row, column) for column in range(size)] for row in range(size)])


@pytest.mark.parametrize("level", ["M", "Q", "H"])
@pytest.mark.parametrize("version", range(1, 41))
def test_blocks_share_all_code_words_and_have_equal_correction(version: int, level: Level) -> None:
    spread = blocks(version, level)
    assert len(spread.of_codeword) == codewords(version).max() + 1
    sizes = np.bincount(spread.of_codeword)
    assert len(sizes) == spread.count
    assert sizes.max() - sizes.min() <= 1
    last = spread.of_codeword[-spread.count * spread.correction_codewords :]
    assert set(np.bincount(last)) == {spread.correction_codewords}


@pytest.mark.parametrize("version", [1, 2, 7, 40])
def test_both_copies_of_the_format_say_the_same_and_lie_outside_of_the_data(version: int) -> None:
    modules = true_modules(symbol_of(version, "M"))
    around, beside = format_copies(version)
    assert modules[around].tolist() == modules[beside].tolist()
    for copy in (around, beside):
        assert len(set(zip(*(cells.tolist() for cells in copy), strict=True))) == 15
        assert (codewords(version)[copy] == FUNCTION).all()
