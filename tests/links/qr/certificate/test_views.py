"""Views keep the picture's size, and a plain code is still read from each."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from links.qr.certificate import views
from links.qr.certificate.pictures import plain, true_modules
from links.qr.certificate.reading import texts_read
from links.qr.matrix import Symbol
from tests.links.qr.certificate.drawing import TEXT

View = Callable[[Image.Image], Image.Image]
VIEWS: list[View] = [views.small, views.tilted, views.blurred]
SYMBOL = Symbol.of(TEXT)
PICTURE = Image.fromarray(plain(true_modules(SYMBOL))).resize((330, 330), Image.Resampling.NEAREST)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_shows_another_picture_of_the_same_size_that_is_still_read(view: View, mode: str) -> None:
    before = PICTURE.convert(mode)
    after = view(before)
    assert after.size == before.size
    assert after.mode == "RGB"
    assert not np.array_equal(np.asarray(after), np.asarray(before.convert("RGB")))
    assert texts_read(np.asarray(after.convert("L"))) == [TEXT]


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_transparent_is_shown_on_white(view: View) -> None:
    nothing = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    assert (np.asarray(view(nothing)) == 255).all()


def test_a_tilted_picture_is_lower_and_wider_in_front() -> None:
    dark = np.asarray(views.tilted(Image.new("RGB", (200, 200), "#000000"))).mean(axis=2) < 128
    rows = np.nonzero(dark.any(axis=1))[0]
    assert len(rows) < 180
    assert dark[rows[-2]].sum() > dark[rows[1]].sum()
