"""What the scans of a link, and of a workspace, were like: numbers per local day, class, dimension and value."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter

from analytics.enrich import ScanRow
from analytics.models import Breakdown, Dimension, Scope
from analytics.rollups.scopes import PLACE_OF_CLASS
from analytics.rollups.words import ids_of
from analytics.upserts import add_up

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
NAMES = ("scope", "scope_id", "dimension", "scan_class", "date", "value", "n")
# NAMES without n.
Key = tuple[int, int, int, int, date, int]


def count_breakdowns(rows: Sequence[ScanRow]) -> None:
    add_breakdowns(breakdowns_of(rows))


def breakdowns_of(rows: Sequence[ScanRow]) -> Counter[Key]:
    """Numbers of scans. Empty values and ids of 0 are not counted."""
    classes = [PLACE_OF_CLASS[row.scan_class] for row in rows]
    dates = [row.local_date for row in rows]
    sums: Counter[Key] = Counter()

    def count(scope: Scope, column: str, dimension: Dimension, values: Sequence[int]) -> None:
        ids = map(attrgetter(column), rows)
        for (id_, class_, day, value), n in Counter(zip(ids, classes, dates, values, strict=True)).items():
            if value:
                sums[scope.value, id_, dimension.value, class_, day, value] = n

    for dimension, values in _words_of(rows).items():
        count(Scope.LINK, "link_id", dimension, values)
        count(Scope.WORKSPACE, "workspace_id", dimension, values)
    for dimension, column in IDS.items():
        count(Scope.WORKSPACE, "workspace_id", dimension, list(map(attrgetter(column), rows)))
    return sums


def add_breakdowns(sums: Mapping[Key, int]) -> None:
    add_up(Breakdown, NAMES, [(*key, n) for key, n in sums.items()], key=NAMES[:-1])


def _words_of(rows: Sequence[ScanRow]) -> dict[Dimension, list[int]]:
    """For each dimension the ids of the scans' words, in the order of scans; 0 for an empty one."""
    columns = {dimension: list(map(attrgetter(column), rows)) for dimension, column in WORDS.items()}
    ids = ids_of({(dimension.value, text) for dimension, texts in columns.items() for text in set(texts) if text})
    found = {}
    for dimension, texts in columns.items():
        of_text = {text: ids[dimension.value, text] if text else 0 for text in set(texts)}
        found[dimension] = [of_text[text] for text in texts]
    return found
