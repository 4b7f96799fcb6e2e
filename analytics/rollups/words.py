"""Words that are values of dimensions, each kept once; breakdowns hold their ids."""

from collections import OrderedDict
from functools import partial
from hashlib import blake2b
from itertools import islice

from django.db import transaction

from analytics.models import DimensionValue
from analytics.upserts import Insertion

# Dimension, text.
Word = tuple[int, str]
REMEMBERED = 50_000
# SQLite takes 999 parameters and more.
AT_ONCE = 500

_recent: OrderedDict[Word, int] = OrderedDict()


def digest_of(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def ids_of(words: set[Word]) -> dict[Word, int]:
    """The id of each word; those that are new get one.

    What is found is remembered once its transaction is committed: a word that was rolled back has no id.
    """
    ids = remembered(words)
    if unknown := words - ids.keys():
        found = _find(unknown)
        if new := unknown - found.keys():
            _insert(new)
            found |= _find(new)
        transaction.on_commit(partial(_remember, found))
        ids |= found
    return ids


def remembered(words: set[Word]) -> dict[Word, int]:
    """The ids of those that are remembered: no database is asked, and any thread may do so."""
    return {word: id_ for word in words if (id_ := _recent.get(word))}


def forget() -> None:
    """Forget every id: the database is another one."""
    _recent.clear()


def _remember(found: dict[Word, int]) -> None:
    _recent.update(found)
    while len(_recent) > REMEMBERED:
        _recent.popitem(last=False)


def _insert(words: set[Word]) -> None:
    rows = [(dimension, digest_of(text), text) for dimension, text in words]
    Insertion.of(DimensionValue, ("dimension", "digest", "text"), rows, key=("dimension", "digest")).run()


def _find(words: set[Word]) -> dict[Word, int]:
    by_dimension: dict[int, list[bytes]] = {}
    for dimension, text in words:
        by_dimension.setdefault(dimension, []).append(digest_of(text))
    found: dict[Word, int] = {}
    for dimension, digests in by_dimension.items():
        remaining = iter(digests)
        while part := list(islice(remaining, AT_ONCE)):
            rows = DimensionValue.objects.filter(dimension=dimension, digest__in=part)
            found |= {(dimension, text): id_ for text, id_ in rows.values_list("text", "id")}
    return found
