"""Five steps of colour: every number has one, larger numbers never a paler one, and the legend says all of them."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.pages.scales import STEPS, Scale

KINDS = (Scale.even, Scale.skewed)
kinds = st.sampled_from(KINDS)


@given(kinds, st.integers(0, 10**12), st.data())
def test_steps_rise_with_numbers(kind: Callable[[int], Scale], most: int, data: st.DataObject) -> None:
    scale = kind(most)
    few = data.draw(st.integers(0, most))
    many = data.draw(st.integers(few, most))
    assert 0 <= scale.step(few) <= scale.step(many) <= STEPS
    assert (scale.step(few) == 0) is (few == 0)


@given(kinds, st.integers(1, 10**12))
def test_the_legend_covers_every_number_once(kind: Callable[[int], Scale], most: int) -> None:
    scale = kind(most)
    ranges = [[int(bound.replace(",", "")) for bound in step.words.split("–")] for step in scale.legend]
    assert ranges[0][0] == 1
    assert ranges[-1][-1] == most
    assert all(after[0] == before[-1] + 1 for before, after in pairwise(ranges))
    assert all(
        scale.step(bound) == step.number for step, bounds in zip(scale.legend, ranges, strict=True) for bound in bounds
    )


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_has_no_legend(kind: Callable[[int], Scale]) -> None:
    assert kind(0).legend == []


def test_bounds_are_round() -> None:
    assert [step.words for step in Scale.even(999).legend] == ["1–199", "200–399", "400–599", "600–799", "800–999"]
    assert [step.words for step in Scale.skewed(100_000).legend][1:3] == ["10–99", "100–999"]
