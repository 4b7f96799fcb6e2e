"""What the values of a dimension are called: words by themselves, links by title, codes by placement."""

from collections.abc import Collection

from analytics.models import Dimension, DimensionValue
from links.models import Campaign, Code, Link

Key = int | str


def labels_of(dimension: Dimension, keys: Collection[Key]) -> dict[Key, tuple[str, str]]:
    """The value and the label of each key, which is an id or (from raw scans) already a word: one query at most."""
    ids = [key for key in keys if isinstance(key, int)]
    named = _NAMES[dimension](ids) if dimension in _NAMES else _words(ids)
    gone = {pk: (str(pk), f"no longer there ({pk})") for pk in ids}
    return {key: (key, key) if isinstance(key, str) else named.get(key, gone[key]) for key in keys}


def _words(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    words = DimensionValue.objects.filter(pk__in=ids).values_list("pk", "text") if ids else []
    return {pk: (text, text) for pk, text in words}


def _links(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    return {link.pk: (str(link.pk), str(link)) for link in Link.objects.filter(pk__in=ids).only("title", "destination")}


def _codes(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    codes = Code.objects.filter(pk__in=ids).only("placement", "path")
    return {code.pk: (str(code.pk), code.placement or code.path) for code in codes}


def _campaigns(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    return {campaign.pk: (str(campaign.pk), campaign.name) for campaign in Campaign.objects.filter(pk__in=ids)}


_NAMES = {Dimension.LINK: _links, Dimension.CODE: _codes, Dimension.CAMPAIGN: _campaigns}
