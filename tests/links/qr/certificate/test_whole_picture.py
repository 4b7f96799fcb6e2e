"""Frames and captions are judged with the code: what they draw must leave it alone."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from links.qr import frame_designs, paths
from links.qr.art import Color, Fill, Solid
from links.qr.certificate.certificate import OF_EACH_CODE, check_sibling, judge
from links.qr.certificate.certify import certify
from links.qr.certificate.findings import Check
from links.qr.certificate.pictures import true_modules
from links.qr.certificate.rendering import pictured
from links.qr.certificate.stamps import press
from links.qr.frame_designs import DESIGNS, Layout
from links.qr.frames import Surroundings
from links.qr.matrix import Symbol
from links.qr.styles import Frame, Style
from tests.links.qr.certificate.drawing import TEXT
from tests.links.qr.samples import typeface

SYMBOL = Symbol.of(TEXT)
CAPTION = "q.example.com/abc123"
AROUND = Surroundings(typeface, CAPTION)
FRAMED = Style(modules="rounded", frame=Frame("badge", "Scan me", "#1a237e"), has_caption=True)


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, Color], Style]:
    """A badge that covers so many modules of the quiet zone, in a colour; below zero also of the code."""

    def spoilt(left: float, color: Color) -> Style:
        def design(width: float, height: float, frame_color: Color, text_color: Color) -> Layout:
            layout = frame_designs.badge(width, height, frame_color, text_color)
            picture, cover = layout.picture, 4 - left
            bar = paths.rectangle(picture.x, picture.y, picture.width, cover)
            # Designs cannot reach into the picture, since it is drawn above them; this one takes it down with it.
            inside = replace(picture, y=picture.y + cover)
            return replace(
                layout, picture=replace(inside, y=picture.y), shapes=(*layout.shapes, Fill(bar, Solid(color)))
            )

        monkeypatch.setitem(DESIGNS, "spoilt", design)
        return Style(background=None, frame=Frame("spoilt", "Scan me"))

    return spoilt


def value_of(style: Style, check: Check) -> float | None:
    return judge(SYMBOL, style, AROUND).value(check)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("background", ["#ffffff", None])
def test_every_design_passes_and_says_so(design: str, background: Color | None) -> None:
    style = Style(background=background, frame=Frame(design, "Scan me", "#b3261e"), has_caption=True)
    certificate = judge(SYMBOL, style, AROUND)
    assert certificate.verdict == "A"
    assert (certificate.value("quiet_zone"), certificate.value("frame_contrast")) == (4, 255)


def test_what_has_no_surroundings_has_no_finding_of_them() -> None:
    assert judge(SYMBOL, Style(), AROUND) == judge(SYMBOL, Style())
    assert value_of(Style(), "frame_contrast") is None


@pytest.mark.parametrize(("left", "outcome"), [(3, "warn"), (1, "refuse"), (0, "refuse")])
def test_a_frame_in_the_quiet_zone_is_measured(
    spoil: Callable[[float, Color], Style], left: float, outcome: str
) -> None:
    certificate = judge(SYMBOL, spoil(left, "#000000"), AROUND)
    assert certificate.value("quiet_zone") == left
    finding = next(finding for finding in certificate.findings if finding.check == "quiet_zone")
    assert finding.outcome == outcome
    # And the code alone, which was all that was judged once, is as good as ever.
    assert judge(SYMBOL, Style(background=None)).verdict == "A"


def test_a_frame_that_is_dark_beside_the_code_is_refused(spoil: Callable[[float, Color], Style]) -> None:
    assert value_of(spoil(0, "#9a9a9a"), "frame_contrast") == 154
    assert value_of(spoil(0, "#606060"), "frame_contrast") == 96
    assert judge(SYMBOL, spoil(0, "#606060"), AROUND).verdict == "F"


def test_the_advice_is_to_leave_such_a_frame_away(spoil: Callable[[float, Color], Style]) -> None:
    advice = certify(SYMBOL, spoil(0, "#000000"), AROUND).advice
    assert advice is not None
    assert (advice.change, advice.verdict) == ("no frame", "A")


def test_a_second_code_in_the_frame_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture from which scanners read two texts is none of this code."""
    other = Symbol.of("https://example.com/")

    def design(width: float, height: float, color: Color, text_color: Color) -> Layout:
        layout = frame_designs.badge(width, height, color, text_color)
        side, modules = other.size + 8, other.rows()
        squares = "".join(
            paths.rectangle(layout.width + 4 + x, 4 + y, 1, 1)
            for y, row in enumerate(modules)
            for x, dark in enumerate(row)
            if dark == "1"
        )
        return replace(layout, width=layout.width + side, shapes=(*layout.shapes, Fill(squares, Solid("#000000"))))

    monkeypatch.setitem(DESIGNS, "twofold", design)
    style = Style(frame=Frame("twofold", "Scan me"))
    assert value_of(style, "read_back") == 0
    assert judge(SYMBOL, style).value("read_back") == 1, "the code alone"
    first = judge(SYMBOL, Style(frame=Frame("badge", "Scan me")), AROUND)
    assert check_sibling(first, Symbol.of(TEXT[:-1] + "X"), style, AROUND).value("read_back") == 0


@pytest.mark.parametrize("style", [FRAMED, Style(has_caption=True), Style(frame=Frame("phone", "Menu"))])
def test_further_codes_are_judged_in_the_frame_with_the_same_result(style: Style) -> None:
    sibling = Symbol.of("https://Q.EXAMPLE.COM/XYZ789", level=SYMBOL.level)
    first = judge(SYMBOL, style, AROUND)
    checked = check_sibling(first, sibling, style, Surroundings(AROUND.typeface, "q.example.com/xyz789"))
    own = judge(sibling, style, AROUND)
    assert {finding.check for finding in checked.findings} == {finding.check for finding in own.findings}
    for check in OF_EACH_CODE:
        assert checked.value(check) == own.value(check)


def test_a_stamped_picture_in_its_frame_is_the_drawn_one() -> None:
    bare = Surroundings(AROUND.typeface)
    pressed, drawn = press(FRAMED, SYMBOL.version, bare), pictured(SYMBOL, FRAMED, bare)
    stamped = pressed.bare.with_code(pressed.picture(true_modules(SYMBOL)))
    assert stamped.shape == drawn.whole.shape
    assert np.abs(stamped.astype(int) - drawn.whole).max() <= 16
