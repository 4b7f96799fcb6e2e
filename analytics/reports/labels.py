"""What the values of a dimension are called: words by themselves, links by title, codes by placement."""

from collections.abc import Collection, Mapping

from analytics.models import Dimension, DimensionValue
from links.models import Campaign, Code, Link

Key = int | str


def labels_of(keys: Mapping[Dimension, Collection[Key]]) -> dict[Dimension, dict[Key, tuple[str, str]]]:
    """The value and the label of each key, which is an id or (from raw scans) already a word.

    One query for the words of all dimensions, and one each for links, codes and campaigns.
    """
    ids = {dimension: [key for key in some if isinstance(key, int)] for dimension, some in keys.items()}
    words = _words([pk for dimension, some in ids.items() if dimension not in _NAMES for pk in some])
    named = {dimension: _NAMES[dimension](some) if dimension in _NAMES else words for dimension, some in ids.items()}
    return {dimension: {key: _label(key, named[dimension]) for key in some} for dimension, some in keys.items()}


def _label(key: Key, named: Mapping[int, tuple[str, str]]) -> tuple[str, str]:
    if isinstance(key, str):
        return key, key
    return named.get(key) or (str(key), f"no longer there ({key})")


def _words(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    words = DimensionValue.objects.filter(pk__in=ids).values_list("pk", "text") if ids else []
    return {pk: (text, text) for pk, text in words}


def _links(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    links = Link.objects.filter(pk__in=ids).only("title", "destination", "hosted")
    return {link.pk: (str(link.pk), str(link)) for link in links}


def _codes(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    codes = Code.objects.filter(pk__in=ids).only("placement", "path")
    return {code.pk: (str(code.pk), code.placement or code.path) for code in codes}


def _campaigns(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    return {campaign.pk: (str(campaign.pk), campaign.name) for campaign in Campaign.objects.filter(pk__in=ids)}


_NAMES = {Dimension.LINK: _links, Dimension.CODE: _codes, Dimension.CAMPAIGN: _campaigns}
