"""How people and programs write a filter, in the API, in a form and in an address: `dimension:value`."""

from collections.abc import Sequence

from analytics.models import Dimension
from analytics.reports.filters import Filter

DIMENSIONS = {each.name.lower(): each for each in Dimension}
MAX_FILTERS = 5
MAX_VALUE = 4096  # characters: the longest destination that is kept


class GrammarError(ValueError):
    """What was written is no filter or no dimension; the words say what to write instead."""


def filters_of(texts: Sequence[str]) -> tuple[Filter, ...]:
    """Raises GrammarError."""
    if len(texts) > MAX_FILTERS:
        raise GrammarError(f"{MAX_FILTERS} filters are the most.")
    filters = tuple(map(_filter_of, texts))
    if len({each.dimension for each in filters}) < len(filters):
        raise GrammarError("A scan has one value of a dimension: filter by each dimension once.")
    return filters


def dimension_of(name: str) -> Dimension:
    """Raises GrammarError."""
    if name not in DIMENSIONS:
        raise GrammarError(f"There is no such dimension. These are: {', '.join(DIMENSIONS)}.")
    return DIMENSIONS[name]


def written(filters: Sequence[Filter]) -> list[str]:
    """What filters_of reads."""
    return [f"{each.dimension.name.lower()}:{each.value}" for each in filters]


def _filter_of(text: str) -> Filter:
    name, colon, value = text.partition(":")
    if not colon or not value or "\x00" in value or len(value) > MAX_VALUE:
        raise GrammarError("Write a filter as dimension:value, such as country:DE.")
    return Filter(dimension_of(name), value)
