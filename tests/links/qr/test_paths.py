"""Path data means the same before and after it is moved, and in operators."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.qr import paths

numbers = st.integers(-200_000, 200_000).map(lambda value: value / 1000)
pairs = st.tuples(numbers, numbers)


@st.composite
def path_data(draw: st.DrawFn) -> str:
    parts = []
    for x, y in draw(st.lists(pairs, min_size=1, max_size=4)):
        parts.append(f"M{x} {y}")
        for command in draw(st.lists(st.sampled_from("lhvc"), min_size=1, max_size=5)):
            given_numbers = [draw(numbers) for _ in range({"l": 2, "h": 1, "v": 1, "c": 6}[command])]
            parts.append(command + " ".join(map(str, given_numbers)))
        parts.append("z")
    return "".join(parts)


def steps_of(operators: str) -> list[tuple[str, list[float]]]:
    """Reads PDF's operators back; rectangles become the steps they stand for."""
    found: list[tuple[str, list[float]]] = []
    for line in operators.splitlines():
        *numbers_, step = line.split()
        values = [float(value) for value in numbers_]
        if step == "re":
            x, y, w, h = values
            found += [("m", [x, y]), ("l", [x + w, y]), ("l", [x + w, y + h]), ("l", [x, y + h]), ("h", [])]
        else:
            found.append((step, values))
    return found


@given(path_data())
def test_operators_draw_the_steps(path: str) -> None:
    written = steps_of(paths.operators(path))
    expected = list(paths.steps(path))
    assert [step for step, _ in written] == [step for step, _ in expected]
    for (_, values), (_, points) in zip(written, expected, strict=True):
        assert values == pytest.approx(points, abs=1e-4)


@given(st.lists(st.tuples(numbers, numbers, st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=5))
def test_rectangles_take_a_shorter_way_to_the_same_steps(rectangles: list[tuple[float, float, int, int]]) -> None:
    path = "".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in rectangles)
    operators = paths.operators(path)
    assert operators.count(" re\n") == len(rectangles)
    assert [step for step, _ in steps_of(operators)] == [step for step, _ in paths.steps(path)]
    for (_, values), (_, points) in zip(steps_of(operators), paths.steps(path), strict=True):
        assert values == pytest.approx(points, abs=1e-4)


@given(path_data(), numbers, numbers)
def test_a_moved_path_has_every_point_moved(path: str, dx: float, dy: float) -> None:
    for (step, points), (same, moved) in zip(paths.steps(path), paths.steps(paths.moved(path, dx, dy)), strict=True):
        assert step == same
        there = [value + (dy if i % 2 else dx) for i, value in enumerate(points)]
        assert moved == pytest.approx(there, abs=2e-4)


def test_letters_may_be_left_out_and_numbers_run_together() -> None:
    short = list(paths.steps("M.5-1l1 2 3-4h1 2c1 1 2 2 3 3 1 1 2 2 3 3z"))
    long = list(paths.steps("M0.5 -1 l1 2 l3 -4 h1 h2 c1 1 2 2 3 3 c1 1 2 2 3 3 z"))
    assert short == long
    assert short[1] == ("l", (1.5, 1.0))


def test_what_closes_continues_at_its_beginning() -> None:
    assert list(paths.steps("M1 1h2v2zl1 1"))[-1] == ("l", (2.0, 2.0))


@pytest.mark.parametrize(
    "path", ["M1 2L3 4", "m1 2h1", "h1v1z", "M1", "M1 2 3 4", "M1 2l3", "M1 2h", "M1 2z3", "M1 2c1 2 3 4 5z", "M1 2h1;"]
)
def test_anything_else_is_no_path_data(path: str) -> None:
    with pytest.raises(paths.NotPathData):
        list(paths.steps(path))
    with pytest.raises(paths.NotPathData):
        paths.operators(path)


def test_numbers_are_short_and_have_no_exponents() -> None:
    assert [paths.number(value) for value in (1, 0.5, -2.25, 1e-5, 177.12345, 1e7)] == [
        "1", "0.5", "-2.25", "0", "177.1234", "10000000",
    ]  # fmt: skip


def test_round_corners_stay_inside_and_touch_all_sides() -> None:
    path = paths.rounded(1, 2, 10, 6, 3)
    assert paths.bounds(path) == pytest.approx((1, 2, 11, 8))
    assert len(re.findall("c", path)) == 4
    assert next(iter(paths.steps(path)))[1] == (4, 2)
    # An eighth of a circle lies where the corner's curve has its middle.
    (_, start), (_, curve) = list(paths.steps(path))[1:3]
    x = (start[0] + 3 * curve[0] + 3 * curve[2] + curve[4]) / 8
    assert x == pytest.approx(8 + 3 * 2**-0.5, abs=0.01)
