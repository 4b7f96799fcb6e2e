"""Outlines of right angles: round corners are circles, holes are left out, and numbers are short."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.qr.curves import DOWN, LEFT, RIGHT, UP, box, closed, hole, number, quarter

AROUND = [(RIGHT, DOWN), (DOWN, LEFT), (LEFT, UP), (UP, RIGHT), (DOWN, RIGHT), (RIGHT, UP), (UP, LEFT), (LEFT, DOWN)]


@pytest.mark.parametrize(("before", "after"), AROUND)
@pytest.mark.parametrize("radius", [0.4, 1, 3.5])
def test_a_corner_is_a_quarter_of_a_circle(radius: float, before: tuple[int, int], after: tuple[int, int]) -> None:
    """Its middle is a radius away from where it begins, on the side to which it turns."""
    x1, y1, x2, y2, x, y = map(float, quarter(radius, before, after)[1:].split())
    assert (x, y) == pytest.approx((radius * (before[0] + after[0]), radius * (before[1] + after[1])), abs=1e-3)
    for step in range(11):
        t = step / 10
        far, near, end = 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        dx, dy = far * x1 + near * x2 + end * x - radius * after[0], far * y1 + near * y2 + end * y - radius * after[1]
        assert (dx * dx + dy * dy) ** 0.5 == pytest.approx(radius, abs=1e-3 + radius * 5e-4)


def test_a_box_and_its_hole_turn_in_opposite_ways() -> None:
    assert box(1, 2, 7, (0, 0, 0, 0)) == "M1 2h7v7h-7v-7z"
    assert hole(1, 2, 7, (0, 0, 0, 0)) == "M1 9h7v-7h-7v7z"


def test_straight_parts_are_what_the_corners_leave() -> None:
    path = closed([(0, 0, 0.5), (1, 0, 0.5), (1, 3, 0), (0, 3, 0)])
    assert re.sub(r"c[^a-z]+", "c", path) == "M0.5 0cv2.5h-1v-2.5cz"


@given(st.floats(-1000, 1000))
def test_numbers_are_within_a_thousandth_of_a_module(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, abs=5.1e-4)
    assert "e" not in number(value)
