"""Eyes, quiet zone, dots and logo, measured in pictures drawn by hand."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from links.qr.certificate.findings import Check, Finding
from links.qr.certificate.geometry import geometry_findings
from links.qr.certificate.pictures import SCALE, Grey, plain, true_modules
from links.qr.eyes import places
from links.qr.matrix import QUIET_ZONE, Symbol
from links.qr.styles import Logo, Style
from tests.links.qr.certificate.drawing import TEXT, symbol_of, with_eyes_of_dots
from tests.links.qr.certificate.styles import LOGO_PNG

SYMBOL = Symbol.of(TEXT)
FINE = 8  # times SCALE


def found(picture: Grey, style: Style = Style(), symbol: Symbol = SYMBOL) -> dict[Check, Finding]:  # noqa: B008 frozen
    findings = geometry_findings(style, symbol.version, picture, true_modules(symbol))
    return {finding.check: finding for finding in findings}


def with_rounded_eyes(radius: float, thickness: float = 1) -> Grey:
    """Frames with corners of this radius in modules, and this thick."""
    fine = SCALE * FINE
    image = Image.fromarray(plain(true_modules(SYMBOL))).resize((33 * fine, 33 * fine), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(image)
    for column, row in places(SYMBOL.size):
        left, top = (column + QUIET_ZONE) * fine, (row + QUIET_ZONE) * fine
        draw.rectangle((left, top, left + 7 * fine - 1, top + 7 * fine - 1), fill=255)
        for inset, color in ((0.0, 0), (thickness, 255), (2.0, 0)):
            box = (left + inset * fine, top + inset * fine, left + (7 - inset) * fine - 1, top + (7 - inset) * fine - 1)
            draw.rounded_rectangle(box, max(radius - inset, 0) * fine, fill=color)
    return np.asarray(image.resize((33 * SCALE, 33 * SCALE), Image.Resampling.BOX))


def test_a_plain_code_passes_everything() -> None:
    findings = found(plain(true_modules(SYMBOL)))
    assert {finding.grade for finding in findings.values()} == {"A"}
    assert findings["eye_corners"].value == 0
    assert findings["quiet_zone"].value == 4


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.5, 0.75, 1])
def test_the_radius_of_corners_is_measured(share: float) -> None:
    finding = found(with_rounded_eyes(share * 3.5))["eye_corners"]
    assert finding.value == pytest.approx(share, abs=0.03)


def test_corners_pass_up_to_three_tenths_and_circles_are_refused() -> None:
    outcomes = [found(with_rounded_eyes(share * 3.5))["eye_corners"].outcome for share in (0.28, 0.4, 0.55, 1)]
    assert outcomes == ["pass", "warn", "refuse", "refuse"]


@pytest.mark.parametrize("is_inverted", [True, False])
def test_colours_that_run_change_no_shape(is_inverted: bool) -> None:
    picture = plain(true_modules(SYMBOL))
    light = np.linspace(0, 120, len(picture))
    shaded = np.where(picture > 0, 255, light[:, None] / 2 + light / 2).astype(np.uint8)
    findings = found(255 - shaded if is_inverted else shaded)
    assert {finding.outcome for finding in findings.values()} == {"pass"}


@pytest.mark.parametrize("thickness", [0.5, 0.75, 1])
def test_frames_are_as_thick_as_drawn(thickness: float) -> None:
    assert found(with_rounded_eyes(3.5, thickness))["eye_frame"].value == pytest.approx(thickness, abs=0.12)


def test_closed_rings_pass_and_eyes_of_separate_dots_are_refused() -> None:
    assert found(with_rounded_eyes(3.5))["eye_frame"].outcome == "pass"
    assert found(with_eyes_of_dots(SYMBOL))["eye_frame"].outcome == "refuse"


@pytest.mark.parametrize("away", [1, 2, 3, 4])
@pytest.mark.parametrize("is_before", [True, False])
def test_the_nearest_thing_in_the_quiet_zone_ends_it(away: int, is_before: bool) -> None:
    picture = plain(true_modules(SYMBOL))
    at = (QUIET_ZONE - away if is_before else len(picture) // SCALE - QUIET_ZONE + away - 1) * SCALE
    picture[at : at + SCALE, 60:64] = 0
    finding = found(picture)["quiet_zone"]
    assert finding.value == away - 1
    assert finding.outcome == ("refuse" if away <= 2 else "warn")


def test_small_dots_are_warned_of_and_tiny_ones_refused() -> None:
    picture = plain(true_modules(SYMBOL))
    outcomes = [
        found(picture, Style(modules="dots", dot_size=size))["dot_size"].outcome for size in (1, 0.8, 0.7, 0.59)
    ]
    assert outcomes == ["pass", "pass", "warn", "refuse"]
    assert "dot_size" not in found(picture, Style(modules="rounded", dot_size=0.5))


def test_a_logo_that_no_level_bears_is_warned_of_and_a_larger_one_refused() -> None:
    symbol = symbol_of(14, "H")
    picture = plain(true_modules(symbol))
    styles = [Style(logo=Logo(LOGO_PNG, width, 0.5)) for width in (0.2, 0.34, 0.38)]
    findings = [found(picture, style, symbol)["logo"] for style in styles]
    assert [finding.outcome for finding in findings] == ["pass", "warn", "refuse"]
    assert findings[0].value == pytest.approx(0.2**2, abs=0.02)
