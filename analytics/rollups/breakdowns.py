"""What the scans of a link, and of a workspace, were like: numbers per local day, class, dimension and value."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from operator import attrgetter

from analytics.enrich import ScanRow
from analytics.models import Breakdown, Dimension, Scope
from analytics.rollups.scopes import PLACE_OF_CLASS
from analytics.rollups.words import Word, ids_of, remembered
from analytics.upserts import Addition

# Dimensions whose values are words, with their columns of Scan: for links and workspaces.
WORDS = {
    Dimension.COUNTRY: "country",
    Dimension.REGION: "region",
    Dimension.CITY: "city",
    Dimension.DEVICE: "device",
    Dimension.OS: "os",
    Dimension.BROWSER: "browser",
    Dimension.LANGUAGE: "language",
    Dimension.REFERRER: "referrer",
    Dimension.DESTINATION: "destination",
    Dimension.OUTCOME: "outcome",
}
# Those whose values are ids: for workspaces only. A link's codes have days of their own.
IDS = {Dimension.CODE: "code_id", Dimension.LINK: "link_id", Dimension.CAMPAIGN: "campaign_id"}
DIMENSIONS_OF = {
    Scope.LINK.value: [(dimension.value, column) for dimension, column in WORDS.items()],
    Scope.WORKSPACE.value: [(dimension.value, column) for dimension, column in (WORDS | IDS).items()],
}
NAMES = ("scope", "scope_id", "dimension", "scan_class", "date", "value", "n")
# NAMES without n; a word may stand for its id.
Key = tuple[int, int, int, int, date, int | str]


def count_breakdowns(rows: Sequence[ScanRow]) -> Callable[[], None]:
    sums = breakdowns_of(rows)
    words = _words_of(sums)
    ids = remembered(words)
    return _addition(sums, ids).run if len(ids) == len(words) else partial(add_breakdowns, sums)


def breakdowns_of(rows: Sequence[ScanRow]) -> Counter[Key]:
    """Numbers of scans. Empty values and ids of 0 are not counted."""
    links, workspaces = map(attrgetter("link_id"), rows), map(attrgetter("workspace_id"), rows)
    common = ([PLACE_OF_CLASS[row.scan_class] for row in rows], [row.local_date for row in rows])
    of_links, of_workspaces = list(zip(links, *common, strict=True)), list(zip(workspaces, *common, strict=True))
    sums: Counter[Key] = Counter()
    for scope, places in ((Scope.LINK.value, of_links), (Scope.WORKSPACE.value, of_workspaces)):
        for dimension, column in DIMENSIONS_OF[scope]:
            values = map(attrgetter(column), rows)
            for ((id_, class_, day), value), n in Counter(zip(places, values, strict=True)).items():
                if value:
                    sums[scope, id_, dimension, class_, day, value] = n
    return sums


def add_breakdowns(sums: Mapping[Key, int]) -> None:
    """Words get their ids first."""
    _addition(sums, ids_of(_words_of(sums))).run()


def _words_of(sums: Mapping[Key, int]) -> set[Word]:
    return {(key[2], value) for key in sums if isinstance(value := key[5], str)}


def _addition(sums: Mapping[Key, int], ids: Mapping[Word, int]) -> Addition:
    rows = [
        (scope, scope_id, dimension, class_, day, ids[dimension, value] if isinstance(value, str) else value, n)
        for (scope, scope_id, dimension, class_, day, value), n in sums.items()
    ]
    return Addition.of(Breakdown, NAMES, rows, key=NAMES[:-1])
