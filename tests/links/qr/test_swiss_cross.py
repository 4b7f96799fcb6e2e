"""The Swiss cross has the measures of the guidelines, and codes of every length are read through it."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image

from links.qr import raster
from links.qr.certificate.certify import certify
from links.qr.matrix import QUIET_ZONE, Symbol
from links.qr.payloads import SwissBill
from links.qr.shapes import compose
from links.qr.swiss_cross import CROSS_MM, LOOK, SYMBOL_MM
from tests.links.qr.payloads.test_swiss import BILL, bills
from tests.links.qr.pictures import scanned

SYMBOL = Symbol.of(BILL.encode(), level="M")


def test_measures_in_print() -> None:
    """Along a line through the middle and one through the black beside the upright arm, in millimetres."""
    scale = 20
    image = np.asarray(raster.draw(compose(SYMBOL, LOOK), scale=scale).convert("L"))
    symbol = image[QUIET_ZONE * scale : -QUIET_ZONE * scale, QUIET_ZONE * scale : -QUIET_ZONE * scale]
    mm = len(symbol) / SYMBOL_MM
    middle = len(symbol) // 2

    def lengths(line: int) -> list[tuple[bool, float]]:
        """Dark or light, and how long, within the cross."""
        half = round(CROSS_MM / 2 * mm)
        cells = symbol[line, middle - half : middle + half] < 128
        edges = np.flatnonzero(np.diff(cells)) + 1
        return [(bool(part[0]), len(part) / mm) for part in np.split(cells, edges)]

    for line, expected in (
        (middle, [(False, 0.5), (True, 19 / 18), (False, 35 / 9), (True, 19 / 18), (False, 0.5)]),
        (middle - round(1.2 * mm), [(False, 0.5), (True, 29 / 12), (False, 7 / 6), (True, 29 / 12), (False, 0.5)]),
        (middle - round(2.5 * mm), [(False, 0.5), (True, 6), (False, 0.5)]),
        (middle - round(3.25 * mm), [(False, 7)]),
    ):
        found = lengths(line)
        assert [is_dark for is_dark, _ in found] == [is_dark for is_dark, _ in expected]
        assert [mm for _, mm in found] == pytest.approx([mm for _, mm in expected], abs=0.08)


def test_the_cross_is_black_and_white_only() -> None:
    assert LOOK.logo is not None
    assert Image.open(BytesIO(LOOK.logo.png)).mode == "1"


@settings(deadline=None, max_examples=8)
@given(bills)
def test_a_bill_is_read_through_the_cross(bill: SwissBill) -> None:
    symbol = Symbol.of(bill.encode(), level="M")
    assert scanned(raster.png(raster.draw(compose(symbol, LOOK), scale=3))).text == bill.encode()


def test_the_certificate_counts_the_cross_as_a_logo() -> None:
    certificate = certify(SYMBOL, LOOK)
    assert certificate.outcome == "pass"
    share, plainly = certificate.value("logo"), (CROSS_MM / SYMBOL_MM) ** 2
    assert share is not None
    assert plainly < share < 1.5 * plainly
    budget = certificate.value("error_budget")
    assert budget is not None
    assert budget < 1
