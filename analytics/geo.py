"""Where a truncated address is: country, region and city, as far as the geo file knows them."""

import logging
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

import maxminddb
from django.conf import settings

logger = logging.getLogger(__name__)


class Place(NamedTuple):
    """Empty where the file does not say; a country's file has no cities."""

    country: str = ""  # ISO 3166-1 alpha-2
    region: str = ""  # a name in English, or an ISO 3166-2 code without the country
    city: str = ""  # a name in English


NOWHERE = Place()


@lru_cache(maxsize=100_000)
def place_of(network: str) -> Place:
    """Where a truncated address lies, such as 192.0.2.0/24; that of its first address. Never raises."""
    reader = _reader()
    if reader is None or not network:
        return NOWHERE
    try:
        found = reader.get(network.partition("/")[0])
    except (ValueError, TypeError):  # the latter for a NUL
        return NOWHERE
    return _place(found) if isinstance(found, dict) else NOWHERE


def built_at() -> datetime | None:
    """When the file was made (UTC); None without one. Networks move: a file of last year is wrong here and there."""
    reader = _reader()
    return datetime.fromtimestamp(reader.metadata().build_epoch, UTC) if reader else None


@cache
def _reader() -> maxminddb.Reader | None:
    """The file at GEOIP_PATH, mapped once per process; without it scans have no place, and the log says so."""
    try:
        return maxminddb.open_database(settings.GEOIP_PATH, maxminddb.MODE_MMAP_EXT)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        logger.warning("Scans are not located: GEOIP_PATH cannot be read: %s", error)
        return None


def _place(found: dict[str, Any]) -> Place:
    """Reads the two layouts in use: MaxMind's nested one, and the flat one of ip-location-db."""
    if "country_code" in found:
        return Place(*(str(found.get(key) or "") for key in ("country_code", "state1", "city")))
    country = found.get("country") or found.get("registered_country") or {}
    subdivisions = found.get("subdivisions") or [{}]
    return Place(str(country.get("iso_code") or ""), _name(subdivisions[0]), _name(found.get("city") or {}))


def _name(part: dict[str, Any]) -> str:
    return str((part.get("names") or {}).get("en") or part.get("iso_code") or "")
