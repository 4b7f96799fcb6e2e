"""Places on Earth: the scanner opens a map there."""

from dataclasses import dataclass
from decimal import Decimal

from links.qr.payloads.fields import FieldRefused

_PLACES = 7  # decimals: a centimetre; map services copy more, which only makes the code denser
_HIGHEST = 1_000_000


@dataclass(frozen=True)
class Place:
    """A `geo` URI in WGS 84 (RFC 5870 section 3.3): degrees north and east, metres of altitude.

    Coordinates are rounded to seven decimals.
    """

    latitude: Decimal
    longitude: Decimal
    altitude: Decimal | None = None

    def __post_init__(self) -> None:
        _check("latitude", self.latitude, 90)
        _check("longitude", self.longitude, 180)
        if self.altitude is not None:
            _check("altitude", self.altitude, _HIGHEST)

    def encode(self) -> str:
        # Section 3.4.2: at the poles the longitude is 0, whichever was measured.
        longitude = Decimal(0) if abs(round(self.latitude, _PLACES)) == 90 else self.longitude
        coordinates = [self.latitude, longitude] + ([] if self.altitude is None else [self.altitude])
        return "geo:" + ",".join(map(_number, coordinates))


def _check(field: str, value: Decimal, most: int) -> None:
    if not value.is_finite() or abs(value) > most:
        raise FieldRefused(field, f"Use a number from -{most} to {most}, with a point before the decimals.")


def _number(value: Decimal) -> str:
    """Section 3.3: an optional minus, digits, and decimals where there are any; never an exponent."""
    rounded = round(value, _PLACES).normalize()
    return f"{rounded if rounded else Decimal(0):f}"
