"""Distance and module width are two sides of one rule."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.qr.certificate.distance import module_mm, scans_from

widths = st.floats(0.01, 1000)


def test_a_module_of_a_millimetre_scans_from_a_quarter_of_a_metre() -> None:
    assert scans_from(1) == 0.25
    assert module_mm(2.5) == 10


@given(widths)
def test_each_undoes_the_other(width: float) -> None:
    assert math.isclose(module_mm(scans_from(width)), width)


@pytest.mark.parametrize("nothing", [0, -1, math.nan])
def test_no_width_and_no_distance_are_refused_by_name(nothing: float) -> None:
    with pytest.raises(ValueError, match="module_mm: use a width"):
        scans_from(nothing)
    with pytest.raises(ValueError, match="distance: use one"):
        module_mm(nothing)
