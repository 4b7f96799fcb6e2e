"""Eyes, quiet zone, dots and logo, measured in pictures drawn by hand."""

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from links.qr.certificate.findings import Check, Finding
from links.qr.certificate.geometry import geometry_findings
from links.qr.certificate.layout import eyes
from links.qr.certificate.pictures import SCALE, Grey, plain, true_modules
from links.qr.matrix import QUIET_ZONE, Symbol
from links.qr.styles import Logo, Style
from tests.links.qr.certificate.drawing import TEXT, symbol_of, with_eyes_of_dots

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
    for row, column in eyes(SYMBOL.version):
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


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.4, 0.5])
def test_the_radius_of_corners_is_measured(share: float) -> None:
    finding = found(with_rounded_eyes(share * 7))["eye_corners"]
    assert finding.value == pytest.approx(share, abs=0.015)


def test_corners_pass_up_to_a_third_and_circles_are_warned_of() -> None:
    assert found(with_rounded_eyes(0.29 * 7))["eye_corners"].outcome == "pass"
    assert found(with_rounded_eyes(0.35 * 7))["eye_corners"].outcome == "warn"
    assert found(with_rounded_eyes(3.5))["eye_corners"].outcome == "warn"


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


def test_a_logo_stays_clear_of_what_scanners_steer_by() -> None:
    symbol = symbol_of(5, "H")  # 37 modules
    picture = plain(true_modules(symbol))

    def grade(width: float, margin: float) -> tuple[float, str]:
        finding = found(picture, Style(logo=Logo(b"", width, margin)), symbol)["logo"]
        return finding.value, finding.outcome

    assert grade(0.2, 1) == (round(18.5 - 3.7 - 1 - 9, 2), "pass")
    assert grade(18 / 37, 1) == (-0.5, "warn")
    assert grade(0.7, 1)[1] == "refuse"
    assert math.isclose(grade(19 / 37, 0)[0], 0, abs_tol=1e-9)
