"""The budget says exactly what is left of error correction, and a decoder agrees."""

from random import Random

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from links.qr.certificate.budget import budget, read_modules
from links.qr.certificate.layout import Blocks, blocks, format_copies
from links.qr.certificate.pictures import SCALE, plain, true_modules
from links.qr.certificate.reading import texts_read
from links.qr.matrix import QUIET_ZONE, Level, Symbol
from tests.links.qr.certificate.drawing import TEXT, symbol_of, wrong_codewords

LEVELS: list[Level] = ["M", "Q", "H"]
sizes = st.tuples(st.sampled_from([1, 2, 3, 5, 7, 10, 14]), st.sampled_from(LEVELS))


@given(size=sizes, dice=st.randoms(use_true_random=False))
def test_n_wrong_code_words_of_one_block_take_exactly_their_share_and_zxing_reads_while_any_is_left(
    size: tuple[int, Level], dice: Random
) -> None:
    symbol = symbol_of(*size)
    spread = blocks(*size)
    block = dice.randrange(spread.count)
    usable = spread.correction_codewords - spread.kept_for_detection
    wrong = dice.randint(0, usable // 2 + 2)
    numbers = dice.sample(np.nonzero(spread.of_codeword == block)[0].tolist(), wrong)
    damaged = wrong_codewords(symbol, numbers)

    left = budget(symbol, true_modules(symbol), damaged)

    assert left.unused == 1 - 2 * wrong / usable
    assert left.wrong_codewords == tuple(wrong if each == block else 0 for each in range(spread.count))
    assert left.format_errors == (0, 0)
    if left.unused >= 0:
        assert texts_read(plain(damaged)) == [symbol.text]


@given(size=sizes, dice=st.randoms(use_true_random=False))
def test_the_worst_block_decides_and_zxing_reads_nothing_once_it_is_beyond_repair(
    size: tuple[int, Level], dice: Random
) -> None:
    symbol, spread = symbol_of(*size), blocks(*size)
    wrong = [dice.randint(0, spread.correction_codewords // 2 + 1) for _ in range(spread.count)]
    damaged = wrong_codewords(symbol, _some_of_each_block(spread, wrong, dice))

    left = budget(symbol, true_modules(symbol), damaged)

    usable = spread.correction_codewords - spread.kept_for_detection
    assert left.unused == 1 - 2 * max(wrong) / usable
    is_read = texts_read(plain(damaged)) == [symbol.text]
    assert is_read or left.unused < 0
    assert not is_read or max(wrong) <= spread.correction_codewords // 2


@given(size=sizes, dice=st.randoms(use_true_random=False))
def test_zxing_counts_the_same_but_keeps_nothing_for_detection(size: tuple[int, Level], dice: Random) -> None:
    symbol, spread = symbol_of(*size), blocks(*size)
    # It writes two digits after the point without their leading zero, so that .09 cannot be told from .9.
    most = int(0.44 * spread.correction_codewords)
    wrong = [dice.randint(0, most) for _ in range(spread.count)]
    damaged = wrong_codewords(symbol, _some_of_each_block(spread, wrong, dice))
    left = budget(symbol, true_modules(symbol), damaged)
    found = zxingcpp.read_barcode(plain(damaged), try_invert=False)
    assert left.wrong_codewords == tuple(wrong)
    assert found is not None
    told = float(str(found.extra["UEC"]))  # type: ignore[index] # its stubs call every value an object
    assert told == pytest.approx(1 - 2 * max(wrong) / spread.correction_codewords, abs=0.011)


def _some_of_each_block(spread: Blocks, counts: list[int], dice: Random) -> list[int]:
    """Numbers of as many code words of every block."""
    return [
        number
        for block, count in enumerate(counts)
        for number in dice.sample(np.nonzero(spread.of_codeword == block)[0].tolist(), count)
    ]


@pytest.mark.parametrize("copy", [0, 1])
@pytest.mark.parametrize("errors", [0, 1, 3, 15])
def test_wrong_modules_of_the_format_are_counted_for_each_copy(copy: int, errors: int) -> None:
    symbol = Symbol.of(TEXT)
    modules = true_modules(symbol)
    rows, columns = format_copies(symbol.version)[copy]
    modules[rows[:errors], columns[:errors]] ^= True
    left = budget(symbol, true_modules(symbol), modules)
    assert left.format_errors[copy] == errors
    assert left.format_errors[1 - copy] == 0
    assert left.unused == 1


@given(size=sizes)
def test_a_plain_picture_is_read_as_it_was_drawn(size: tuple[int, Level]) -> None:
    modules = true_modules(symbol_of(*size))
    assert (read_modules(plain(modules)) == modules).all()


def test_only_the_middle_of_a_module_counts() -> None:
    modules = true_modules(Symbol.of(TEXT))
    picture = plain(modules)
    picture[::SCALE] = 255  # the first row of pixels of every module
    assert (read_modules(picture) == modules).all()
    picture[1::SCALE] = picture[2::SCALE] = 255
    assert not read_modules(picture)[modules].any()


def test_a_light_patch_is_read_as_light_modules_however_large() -> None:
    modules = true_modules(symbol_of(7, "H"))
    picture = plain(modules)
    begin, end = (QUIET_ZONE + 12) * SCALE, (QUIET_ZONE + 33) * SCALE
    picture[begin:end, begin:end] = 230
    read = read_modules(picture)
    assert not read[12:33, 12:33].any()
    outside = np.ones_like(modules)
    outside[12:33, 12:33] = False
    assert (read == modules)[outside].all()
