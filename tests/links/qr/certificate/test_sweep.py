"""Every step of the sweep is harder than the one before, always the same, and never too much for all codes."""

from itertools import pairwise

import numpy as np
import pytest

from links.qr.certificate.distortions import AXES
from links.qr.certificate.pictures import SCALE, Grey, plain, true_modules
from links.qr.certificate.sweep import best, margins, survived
from links.qr.matrix import QUIET_ZONE, Symbol
from tests.links.qr.certificate.drawing import TEXT, symbol_of

STEPS = 8
SYMBOL = Symbol.of(TEXT)
PICTURE = plain(true_modules(SYMBOL))


@pytest.mark.parametrize("axis", AXES)
def test_every_step_is_the_same_again_and_differs_from_the_others(axis: str) -> None:
    first, second = AXES[axis](PICTURE), AXES[axis](PICTURE)
    assert len(first) == STEPS
    assert all(np.array_equal(*pair) for pair in zip(first, second, strict=True))
    assert not any(np.array_equal(*pair) for pair in pairwise(first))


@pytest.mark.parametrize("axis", AXES)
def test_the_picture_itself_stays_as_it_is(axis: str) -> None:
    picture = PICTURE.copy()
    AXES[axis](picture)
    assert np.array_equal(picture, PICTURE)


@pytest.mark.parametrize("version", [1, 2, 3, 5, 9])
def test_a_plain_code_survives_the_first_steps_of_every_axis(version: int) -> None:
    assert min(best(symbol_of(version, "M")).values()) >= 3


def test_damage_covers_what_it_says_and_spares_the_eyes() -> None:
    symbol = PICTURE[QUIET_ZONE * SCALE : -QUIET_ZONE * SCALE, QUIET_ZONE * SCALE : -QUIET_ZONE * SCALE]
    for damaged in AXES["damage"](PICTURE):
        inside = damaged[QUIET_ZONE * SCALE : -QUIET_ZONE * SCALE, QUIET_ZONE * SCALE : -QUIET_ZONE * SCALE]
        eye = slice(0, 7 * SCALE)
        assert np.array_equal(inside[eye, eye], symbol[eye, eye])
        assert 0 < (inside != symbol).mean() < 0.16


def test_size_gives_fewer_pixels_a_module() -> None:
    assert [len(picture) for picture in AXES["size"](PICTURE)] == [99, 91, 82, 74, 66, 59, 53, 46]


def test_margins_are_relative_to_the_plain_code() -> None:
    assert set(margins(SYMBOL, PICTURE).values()) == {1}


def test_a_pale_code_keeps_less_and_a_blank_picture_nothing() -> None:
    pale: Grey = (255 - (255 - PICTURE) // 4).astype(np.uint8)
    assert margins(SYMBOL, pale)["noise"] < 0.5
    assert set(margins(SYMBOL, np.full_like(PICTURE, 255)).values()) == {0}


def test_another_text_is_no_survival() -> None:
    assert set(survived(PICTURE, "HTTPS://ELSEWHERE.EXAMPLE").values()) == {0}
