"""A place is where its numbers say, written as plain decimals."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, Place
from tests.links.qr.payloads.scanning import read_back

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
# RFC 5870 section 3.3; negative zero is excluded by its text.
_GEO = re.compile(rf"geo:(?P<a>{_NUMBER}),(?P<b>{_NUMBER})(?:,(?P<c>{_NUMBER}))?")


def parsed(uri: str) -> list[Decimal]:
    match = _GEO.fullmatch(uri)
    assert match
    assert not re.search(r"-0(\.0+)?(,|$)", uri)
    return [Decimal(number) for number in match.groups() if number is not None]


@pytest.mark.parametrize(
    ("place", "encoded"),
    [
        (Place(Decimal("13.4125"), Decimal("103.8667")), "geo:13.4125,103.8667"),  # section 6.1
        (Place(Decimal("48.2010"), Decimal("16.3695"), Decimal(183)), "geo:48.201,16.3695,183"),
        (Place(Decimal(90), Decimal("22.43")), "geo:90,0"),  # section 3.4.4 says it equals geo:90,46
        (Place(Decimal(-90), Decimal(46)), "geo:-90,0"),
        (Place(Decimal("-0.00000001"), Decimal("1E-7")), "geo:0,0.0000001"),
        (Place(Decimal("1E+1"), Decimal(100)), "geo:10,100"),
    ],
)
def test_the_text_of_a_place(place: Place, encoded: str) -> None:
    assert place.encode() == encoded
    assert read_back(encoded) == encoded


@given(
    st.decimals(-90, 90, places=7).filter(lambda latitude: abs(latitude) != 90),
    st.decimals(-180, 180, places=7),
    st.decimals(-11_000, 100_000, places=2),
)
def test_a_place_is_read_back(latitude: Decimal, longitude: Decimal, altitude: Decimal) -> None:
    assert parsed(Place(latitude, longitude, altitude).encode()) == [latitude, longitude, altitude]


@given(st.decimals(-90, 90, allow_nan=False, allow_infinity=False))
def test_no_coordinate_is_long(latitude: Decimal) -> None:
    assert len(Place(latitude, Decimal(0)).encode()) <= len("geo:-89.1234567,0")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latitude", "90.0000001"), ("latitude", "-91"), ("longitude", "180.1"), ("longitude", "-180.0000001"),
        ("altitude", "1000001"), ("latitude", "NaN"), ("longitude", "Infinity"), ("altitude", "1E+99999"),
    ],
)  # fmt: skip
def test_no_place_on_earth(field: str, value: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: Use a number from -\d+ to \d+"):
        Place(**({"latitude": Decimal(0), "longitude": Decimal(0)} | {field: Decimal(value)}))
