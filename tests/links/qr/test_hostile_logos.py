"""Uploads that are meant to hurt are refused within 2 seconds and 300 MB, and say what to change."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.logos.bitmaps import png_of_bitmap
from links.qr.logos.drawings import is_drawing, png_of_drawing
from links.qr.logos.limits import LONGEST_FILE
from links.qr.payloads.fields import FieldRefused
from tests.links.qr import hostile_logos
from tests.links.qr.test_logos import saved

UPLOADS = hostile_logos.BITMAPS | hostile_logos.DRAWINGS
CostOf = Callable[[bytes], dict[str, Any]]


@pytest.fixture(scope="module")
def cost_of() -> Iterator[CostOf]:
    """Asks one process for all uploads: Python and Pillow start once."""
    command = [sys.executable, "-m", "tests.links.qr.logo_cost"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as judge:

        def ask(upload: bytes) -> dict[str, Any]:
            assert judge.stdin
            assert judge.stdout
            judge.stdin.write(b"%d\n" % len(upload) + upload)
            judge.stdin.flush()
            cost: dict[str, Any] = json.loads(judge.stdout.readline())
            return cost

        yield ask


@pytest.mark.parametrize("name", UPLOADS)
def test_it_is_refused_soon_and_cheaply(name: str, cost_of: CostOf) -> None:
    cost = cost_of(UPLOADS[name])
    assert cost["advice"], name
    assert cost["seconds"] < 2
    assert cost["megabytes"] < 300


def test_a_picture_of_endless_scans_costs_no_more(cost_of: CostOf) -> None:
    upload = hostile_logos.endless_jpeg()
    assert len(upload) < LONGEST_FILE
    cost = cost_of(upload)
    assert cost["seconds"] < 2
    assert cost["megabytes"] < 300


@pytest.mark.parametrize(
    "inside",
    [
        # None of these is forbidden by itself, each takes long to draw: dashes, layers, and strokes.
        '<path d="M0 0' + "h9999v9h-9999v9" * 2_000 + '" stroke="red" stroke-width="3" stroke-dasharray=".001"/>',
        "".join(f'<g opacity=".9{i}"><rect width="10" height="10"/></g>' for i in range(990)),
        '<path d="M0 0' + "c9 9-9 9 0 9" * 30_000 + '" stroke="red" stroke-width="9" stroke-linejoin="round"/>',
    ],
    ids=["dashes", "layers", "strokes"],
)
def test_plain_shapes_cost_no_more_either(inside: str, cost_of: CostOf) -> None:
    cost = cost_of(hostile_logos.svg(inside))
    assert cost["seconds"] < 2
    assert cost["megabytes"] < 300


VALID = [saved("PNG"), saved("JPEG"), saved("WEBP"), saved("GIF"), hostile_logos.svg('<g><path d="M0 0h1v1z"/></g>')]


@settings(max_examples=200)
@given(st.sampled_from(VALID), st.data())
def test_a_damaged_file_is_drawn_or_refused_and_nothing_else(upload: bytes, data: st.DataObject) -> None:
    damaged = bytearray(upload)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(1, len(damaged)))])
    try:
        outcome = png_of_drawing(cut) if is_drawing(cut) else png_of_bitmap(cut)
    except FieldRefused as refused:
        outcome = refused.advice.encode()
    assert outcome.startswith(b"\x89PNG") or outcome.endswith(b".")
