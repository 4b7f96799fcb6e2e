"""Further codes of a batch are checked in a fraction of the time, and to the same result."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.certificate.certificate import OF_EACH_CODE, OtherSize, check_sibling, judge
from links.qr.certificate.pictures import true_modules
from links.qr.certificate.rendering import rendered
from links.qr.certificate.stamps import press
from links.qr.matrix import Symbol
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Gradient, Logo, ModuleShape, Style
from tests.links.qr.certificate.drawing import TEXT
from tests.links.qr.certificate.styles import LOGO_PNG, SHAPES, any_style

codes = st.text("ABCDEFGHJKMNPQRSTVWXYZ0123456789", min_size=6, max_size=6)
SYMBOL = Symbol.of(TEXT)


def sibling(code: str) -> Symbol:
    return Symbol.of(f"https://Q.EXAMPLE.COM/{code}", level=SYMBOL.level)


@settings(max_examples=40)
@given(code=codes, dice=st.randoms(use_true_random=False))
def test_a_stamped_picture_is_the_drawn_one(code: str, dice: Random) -> None:
    style = any_style(dice)
    try:
        drawn = rendered(sibling(code), style)
    except FieldRefused:
        return
    stamped = press(style, SYMBOL.version).picture(true_modules(sibling(code)))
    difference = np.abs(stamped.astype(int) - drawn.astype(int))
    assert difference.max() <= 16  # where tips of diamonds meet, their edges are blended once instead of twice
    assert (difference > 1).mean() < 0.01


@pytest.mark.parametrize("dot_size", [0.75, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_stamped_as_it_is_drawn(shape: ModuleShape, dot_size: float) -> None:
    colors = Gradient("radial", ((0, "#000000"), (1, "#803030")))
    style = Style(modules=shape, dot_size=dot_size, foreground=colors)
    stamped = press(style, SYMBOL.version).picture(true_modules(SYMBOL))
    assert np.abs(stamped.astype(int) - rendered(SYMBOL, style)).max() <= 16


@settings(max_examples=15)
@given(code=codes, dice=st.randoms(use_true_random=False))
def test_budget_and_read_back_are_those_of_a_certificate_of_its_own(code: str, dice: Random) -> None:
    style = Style(modules="rounded", logo=Logo(LOGO_PNG, dice.choice([0.1, 0.15, 0.2]), 0))
    checked = check_sibling(judge(SYMBOL, style), sibling(code), style)
    own = judge(sibling(code), style)
    assert checked.value("error_budget") == own.value("error_budget")
    assert checked.value("format_information") == own.value("format_information")
    assert {finding.check for finding in checked.findings} == {finding.check for finding in own.findings}


def test_what_is_a_matter_of_style_is_kept_and_a_bad_sibling_is_refused() -> None:
    style = Style(logo=Logo(LOGO_PNG, 0.25, 0))
    good = judge(SYMBOL, Style())
    checked = check_sibling(good, sibling("XYZ789"), style)
    kept = [finding for finding in good.findings if finding.check not in OF_EACH_CODE]
    assert [finding for finding in checked.findings if finding.check not in OF_EACH_CODE] == kept
    assert (good.verdict, checked.verdict) == ("A", "F")


@settings(max_examples=30, deadline=None)
@given(code=codes, dot_size=st.sampled_from([0.65, 0.8, 1]))
def test_siblings_keep_the_verdict_of_a_style_without_logo(code: str, dot_size: float) -> None:
    """Also of one that is warned of: nobody is refused for a size at which not even the first code was read."""
    style = Style(modules="dots", dot_size=dot_size)
    certificate = judge(SYMBOL, style)
    assert check_sibling(certificate, sibling(code), style).verdict == certificate.verdict


def test_a_code_of_another_size_needs_a_certificate_of_its_own() -> None:
    certificate = judge(SYMBOL, Style())
    for other in (Symbol.of(TEXT + "A" * 40), Symbol.of(TEXT, level="H")):
        with pytest.raises(OtherSize, match="Certify the style on this code, too"):
            check_sibling(certificate, other, Style())
