"""The map: an equal-area projection, outlines of every country of the file, and ISO codes out of data."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.pages import world
from analytics.pages.names import code_of_country, country_name, language_name

longitudes = st.floats(-180, 180)
latitudes = st.floats(-89, 89)


@given(longitudes, latitudes)
def test_the_projection_is_symmetric_and_bounded(longitude: float, latitude: float) -> None:
    x, y = world.equal_earth(longitude, latitude)
    assert abs(x) <= 2.7067
    assert abs(y) <= 1.3174
    assert world.equal_earth(-longitude, -latitude) == pytest.approx((-x, -y))


@given(st.floats(-170, 170), st.floats(-80, 80))
def test_the_projection_keeps_areas(longitude: float, latitude: float) -> None:
    """A tiny patch has the area it has on the globe, wherever it lies."""
    side = 0.01
    x, y = world.equal_earth(longitude, latitude)
    east, north = world.equal_earth(longitude + side, latitude), world.equal_earth(longitude, latitude + side)
    on_paper = abs((east[0] - x) * (north[1] - y) - (north[0] - x) * (east[1] - y))
    on_the_globe = math.radians(side) ** 2 * math.cos(math.radians(latitude + side / 2))
    assert on_paper == pytest.approx(on_the_globe, rel=1e-3)


def test_countries_have_their_codes() -> None:
    codes = [shape.code for shape in world.shapes()]
    assert {"DE", "US", "BR", "RU", "FJ", "XK", "TW", "NO", "FR"} <= set(codes)
    assert "AQ" not in codes
    named = [code for code in codes if code]
    assert len(named) == len(set(named)) > 170
    assert codes.count("") == 2  # Somaliland and Northern Cyprus have no ISO code


def test_outlines_stay_on_the_paper_and_are_closed() -> None:
    left, top, width, height = (float(number) for number in world.VIEW_BOX.split())
    for shape in world.shapes():
        for part in re.findall(r"M[^M]+", shape.outline):
            assert part.endswith("z")
            x, y = map(int, re.findall(r"-?\d+", part)[:2])
            assert left - 1 <= x <= left + width + 1, shape.code
            assert top - 1 <= y <= top + height + 1, shape.code


def test_no_country_reaches_from_one_edge_to_the_other() -> None:
    """Land lies on both sides of the edge: a line across the whole map would betray a ring that was not cut."""
    for shape in world.shapes():
        for moves in re.findall(r"l([^z]*)z", shape.outline):
            assert all(abs(int(step)) < world.WIDTH / 4 for step in re.findall(r"-?\d+", moves)), shape.code


def test_a_ring_over_the_edge_is_cut_in_two() -> None:
    ring = [(185.0, 0.0), (185.0, 10.0), (-165.0, 10.0), (-165.0, 0.0), (185.0, 0.0)]
    west, east = world._on_one_sheet(ring)
    assert {x for x, _ in west} == {-180, -176}
    assert {x for x, _ in east} == {174, 180}


def test_the_whole_map_is_small_enough_for_every_page() -> None:
    assert len(world.land()) < 50_000


def test_without_the_file_there_is_no_map(settings: object) -> None:
    settings.WORLD_MAP_PATH = "/nowhere"  # type: ignore[attr-defined]
    assert world.shapes.__wrapped__() == ()


def test_names_come_from_cldr() -> None:
    assert [country_name(code) for code in ("DE", "cz", "XK", "??")] == ["Germany", "Czechia", "Kosovo", "??"]
    assert [language_name(tag) for tag in ("de", "pt-br", "xx", "not a tag")] == [
        "German",
        "Portuguese (Brazil)",
        "xx",
        "not a tag",
    ]
    assert code_of_country("276", "anything") == "DE"
    assert code_of_country("", "Kosovo") == "XK"
    assert code_of_country("", "Atlantis") == ""
