"""Where addresses are: the file that set-up installs, an operator's own, and none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from analytics import geo
from analytics.geo import NOWHERE, Place, place_of


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    geo._reader.cache_clear()
    place_of.cache_clear()


@pytest.mark.parametrize(
    ("network", "country"),
    [("8.8.8.0/24", "US"), ("193.0.6.0/24", "NL"), ("2a00:1450:4001::/48", "DE"), ("133.11.0.0/24", "JP")],
)
def test_the_installed_file_knows_countries(network: str, country: str) -> None:
    assert place_of(network) == Place(country)


@pytest.mark.parametrize("network", ["", "127.0.0.0/24", "10.1.2.0/24", "198.51.100.0/24", "nonsense"])
def test_what_is_nowhere(network: str) -> None:
    assert place_of(network) == NOWHERE


@given(st.text(max_size=50))
def test_any_text_is_somewhere_or_nowhere(network: str) -> None:
    place_of(network)


def test_without_a_file_scans_have_no_place_and_the_log_says_so(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    geo._reader.cache_clear()
    place_of.cache_clear()
    settings.GEOIP_PATH = str(tmp_path / "none.mmdb")
    assert place_of("8.8.8.0/24") == NOWHERE
    assert geo.built_at() is None
    assert "GEOIP_PATH cannot be read" in caplog.text


def test_a_file_that_is_no_geo_file_is_as_good_as_none(settings: Settings, tmp_path: Path) -> None:
    geo._reader.cache_clear()
    place_of.cache_clear()
    (tmp_path / "text.mmdb").write_text("not a database")
    settings.GEOIP_PATH = str(tmp_path / "text.mmdb")
    assert place_of("8.8.8.0/24") == NOWHERE


def test_both_layouts_of_city_files_are_read() -> None:
    maxmind = {
        "country": {"iso_code": "AT"},
        "subdivisions": [{"iso_code": "9", "names": {"en": "Vienna", "de": "Wien"}}],
        "city": {"names": {"en": "Vienna"}},
    }
    assert geo._place(maxmind) == Place("AT", "Vienna", "Vienna")
    assert geo._place({"country_code": "AT", "state1": "Vienna", "city": "Vienna"}) == Place("AT", "Vienna", "Vienna")
    assert geo._place({"registered_country": {"iso_code": "AT"}}) == Place("AT")
    assert geo._place({}) == NOWHERE


def test_the_file_says_how_old_it_is() -> None:
    made = geo.built_at()
    assert made is not None
    assert made.year >= 2026
