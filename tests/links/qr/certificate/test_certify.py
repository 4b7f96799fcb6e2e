"""What passes, what is refused, and what the certificate says to change."""

import json
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.certificate.certificate import Certificate, inspected, judge
from links.qr.certificate.certify import certify
from links.qr.certificate.findings import LIMITS, VERDICTS, Check
from links.qr.certificate.pictures import plain, true_modules
from links.qr.certificate.rendering import Picture
from links.qr.matrix import Symbol
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Gradient, Logo, ModuleShape, Style
from tests.links.qr.certificate.drawing import TEXT, with_eyes_of_dots
from tests.links.qr.certificate.styles import LOGO_PNG, SHAPES, any_style

SYMBOL = Symbol.of(TEXT)
INVERTED = Style(foreground="#ffffff", background="#000000")
QUARTER_LOGO = Style(logo=Logo(LOGO_PNG, 0.25, 0))
TINY_DOTS = Style(modules="dots", dot_size=0.5)
PALE = Style(foreground="#a0a0a0")
LIGHT_END = Style(foreground=Gradient("linear", ((0, "#000000"), (1, "#a0a0a0")), 45))


def test_a_plain_code_is_an_a_and_nothing_is_to_be_changed() -> None:
    certificate = certify(SYMBOL, Style())
    assert (certificate.verdict, certificate.outcome, certificate.advice) == ("A", "pass", None)
    assert certificate.problems == ()


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_modules_passes_in_black_on_white(shape: ModuleShape) -> None:
    assert judge(SYMBOL, Style(modules=shape)).outcome == "pass"


@pytest.mark.parametrize(
    ("style", "reason"),
    [
        (QUARTER_LOGO, "error_budget"),
        (INVERTED, "contrast"),
        (PALE, "contrast"),
        (LIGHT_END, "contrast"),
        (Style(eye_frame_color="#a0a0a0"), "eye_frame_contrast"),
        (Style(eye_ball_color="#a0a0a0"), "eye_ball_contrast"),
        (TINY_DOTS, "dot_size"),
        (Style(eye_frame="circle"), "eye_corners"),
    ],
)
def test_what_does_not_scan_well_everywhere_is_refused_for_a_reason(style: Style, reason: Check) -> None:
    certificate = judge(SYMBOL, style)
    assert (certificate.verdict, certificate.outcome) == ("F", "refuse")
    assert reason in {finding.check for finding in certificate.problems if finding.outcome == "refuse"}


def test_frames_lighter_than_their_middles_keep_their_shape() -> None:
    plainly = judge(SYMBOL, Style(eye_frame="rounded"))
    lighter = judge(SYMBOL, Style(eye_frame="rounded", eye_frame_color="#707070"))
    assert lighter.value("eye_corners") == pytest.approx(plainly.value("eye_corners"), abs=0.03)
    assert lighter.value("eye_frame") == pytest.approx(plainly.value("eye_frame"), abs=0.1)


def test_eyes_of_separate_dots_are_refused_even_where_they_are_read() -> None:
    picture = with_eyes_of_dots(SYMBOL)
    certificate = inspected(SYMBOL, Style(), Picture(picture, picture))
    assert "eye_frame" in {finding.check for finding in certificate.problems if finding.outcome == "refuse"}


def test_a_logo_of_a_quarter_at_level_m_is_read_and_yet_refused() -> None:
    """What a decode check alone would have let pass."""
    symbol = Symbol.of("https://example.com/" + "a" * 60, level="M")
    certificate = judge(symbol, Style(logo=Logo(LOGO_PNG, 0.25, 0)))
    assert certificate.value("read_back") == 1
    assert certificate.outcome == "refuse"
    budget = certificate.value("error_budget")
    assert budget is not None
    assert budget < LIMITS["error_budget"].grades[-1]


def test_another_text_in_the_picture_is_refused() -> None:
    picture = plain(true_modules(Symbol.of("https://Q.EXAMPLE.COM/ABC124")))
    certificate = inspected(SYMBOL, Style(), Picture(picture, picture))
    assert {finding.check for finding in certificate.problems} >= {"read_back"}
    assert next(finding for finding in certificate.findings if finding.check == "read_back").outcome == "refuse"


def test_two_codes_in_one_picture_are_refused_because_nobody_knows_which_is_read() -> None:
    picture = plain(true_modules(SYMBOL))
    certificate = inspected(SYMBOL, Style(), Picture(picture, np.hstack([picture, picture])))
    assert certificate.value("read_back") == 0


def test_a_logo_that_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(FieldRefused) as refused:
        certify(SYMBOL, Style(logo=Logo(LOGO_PNG, 0.5, 1)))
    assert refused.value.field == "logo.width"


@pytest.mark.parametrize(
    ("style", "change"),
    [
        (INVERTED, "a dark code on a light background: the two colours swapped"),
        (TINY_DOTS, "dots of 80 % instead of 50 %"),
        (PALE, "colour #707070 instead of #a0a0a0"),
        (LIGHT_END, "the gradient's colours 30 % darker"),
        (Style(eye_frame_color="#a0a0a0"), "eye frames #707070 instead of #a0a0a0"),
    ],
)
def test_the_change_that_is_advised_is_the_smallest_that_passes(style: Style, change: str) -> None:
    advice = certify(SYMBOL, style).advice
    assert advice is not None
    assert advice.change == change
    assert advice.verdict in ("A", "B")


def test_other_eyes_are_advised_where_corners_are_too_round() -> None:
    advice = certify(SYMBOL, Style(eye_frame="circle")).advice
    assert advice is not None
    assert advice.change.endswith(" eye frames instead of circle")
    assert advice.verdict in ("A", "B")


def test_leaves_are_half_as_round_as_their_round_corners() -> None:
    certificate = judge(SYMBOL, Style(eye_frame="leaf", eye_ball="leaf"))
    assert certificate.value("eye_corners") == pytest.approx(0.18, abs=0.03)
    assert certificate.outcome == "pass"


@pytest.mark.parametrize("width", [0.15, 0.2, 0.25])
def test_a_smaller_logo_or_a_stronger_level_is_advised_and_gives_what_it_says(width: float) -> None:
    style = Style(logo=Logo(LOGO_PNG, width, 0))
    symbol = Symbol.of("https://example.com/" + "a" * 60, level="M")
    certificate = certify(symbol, style)
    if certificate.outcome == "pass":
        assert certificate.advice is None
        return
    advice = certificate.advice
    assert advice is not None
    if advice.change.startswith("level"):
        better = judge(Symbol.of(symbol.text, level=advice.change[-1]), style)  # type: ignore[arg-type]
    else:
        smaller = int(advice.change.split()[1]) / 100
        assert advice.change == f"logo {smaller * 100:.0f} % instead of {width * 100:.0f} %"
        better = judge(symbol, Style(logo=Logo(LOGO_PNG, smaller, 0)))
    assert better.verdict == advice.verdict
    assert VERDICTS.index(better.verdict) < VERDICTS.index(certificate.verdict)


@pytest.mark.parametrize("style", [Style(), QUARTER_LOGO, INVERTED, Style(background=None)])
def test_a_certificate_survives_json(style: Style) -> None:
    certificate = certify(SYMBOL, style)
    stored = json.loads(json.dumps(certificate.to_json()))
    assert Certificate.from_json(stored) == certificate
    assert stored["verdict"] == certificate.verdict
    for finding in stored["findings"]:
        assert finding["sentence"].endswith(".")
        assert finding["outcome"] in ("pass", "warn", "refuse")
        assert finding["unit"]


@pytest.mark.parametrize("color", ["#000000", "#7f7f7f", "#ffffff"])
def test_a_code_in_the_colour_of_its_background_is_refused_and_nothing_breaks(color: str) -> None:
    certificate = certify(SYMBOL, Style(foreground=color, background=color))
    assert certificate.outcome == "refuse"
    assert certificate.value("contrast") == 0
    assert certificate.value("read_back") == 0


@settings(max_examples=25)
@given(dice=st.randoms(use_true_random=False))
def test_a_verdict_is_the_worst_grade_and_advice_never_makes_it_worse(dice: Random) -> None:
    try:
        certificate = certify(SYMBOL, any_style(dice))
    except FieldRefused:
        return
    grades = {finding.grade for finding in certificate.findings}
    assert certificate.verdict == max(grades, key=VERDICTS.index)
    if certificate.advice:
        assert certificate.outcome != "pass"
        assert VERDICTS.index(certificate.advice.verdict) <= VERDICTS.index(certificate.verdict)


def test_judging_twice_says_the_same() -> None:
    style = Style(modules="dots", dot_size=0.8, foreground="#444444")
    assert judge(SYMBOL, style) == judge(SYMBOL, style)
