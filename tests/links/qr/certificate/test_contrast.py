"""Contrast is that of the worst place where code and background meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.qr.certificate.contrast import contrast_findings, luma
from links.qr.certificate.findings import Check, Finding
from links.qr.styles import Gradient, Style

greys = st.integers(0, 255)


def found(style: Style) -> dict[Check, Finding]:
    return {finding.check: finding for finding in contrast_findings(style)}


def grey(level: int) -> str:
    return f"#{level:02x}{level:02x}{level:02x}"


@pytest.mark.parametrize(
    ("foreground", "outcome"),
    [(0, "pass"), (127, "pass"), (128, "warn"), (155, "warn"), (156, "refuse"), (255, "refuse")],
)
def test_128_levels_pass_and_less_than_100_are_refused(foreground: int, outcome: str) -> None:
    finding = found(Style(foreground=grey(foreground)))["contrast"]
    assert (finding.outcome, finding.value, finding.limit) == (outcome, 255 - foreground, 128)


def test_colours_count_as_bright_as_decoders_take_them() -> None:
    assert luma("#00ff00") > luma("#ff0000") > luma("#0000ff")
    assert luma("#ffffff") == pytest.approx(255)


@given(first=greys, last=greys, ground=greys)
def test_the_lightest_stop_of_a_gradient_counts(first: int, last: int, ground: int) -> None:
    gradient = Gradient("linear", ((0, grey(first)), (1, grey(last))))
    value = found(Style(foreground=gradient, background=grey(ground)))["contrast"].value
    assert value == pytest.approx(ground - max(first, last), abs=0.1)


@given(first=greys, last=greys)
def test_the_darkest_stop_of_a_background_counts(first: int, last: int) -> None:
    gradient = Gradient("radial", ((0, grey(first)), (1, grey(last))))
    assert found(Style(background=gradient))["contrast"].value == pytest.approx(min(first, last), abs=0.1)


def test_inverted_colours_are_refused_and_called_so() -> None:
    finding = found(Style(foreground="#ffffff", background="#000000"))["contrast"]
    assert finding.outcome == "refuse"
    assert "lighter than its background" in finding.sentence


def test_parts_of_eyes_with_colours_of_their_own_are_judged_apart() -> None:
    findings = found(Style(eye_frame_color="#f0f000", eye_ball_color="#000080"))
    assert findings["eye_frame_contrast"].outcome == "refuse"
    assert findings["eye_ball_contrast"].outcome == "pass"
    assert set(found(Style())) == {"contrast"}


def test_a_transparent_background_is_judged_on_white_and_said_so() -> None:
    finding = found(Style(background=None))["contrast"]
    assert finding.value == 255
    assert "white paper" in finding.sentence
