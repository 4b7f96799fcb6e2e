"""Totals of links, for lists."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter

from django.db.models import F

from analytics.enrich import ScanRow
from analytics.models import ScanClass
from analytics.upserts import Addition, Lookup
from links.models import Link, LinkCounter

NAMES = ("link", "human", "other", "last_scan_at")


def count_links(rows: Sequence[ScanRow]) -> Callable[[], None]:
    scans, humans = Counter(row.link_id for row in rows), _humans(rows)
    latest = {row.link_id: row.at for row in sorted(rows, key=attrgetter("at"))}
    return partial(_add, {id_: (id_, humans[id_], n - humans[id_], latest[id_]) for id_, n in scans.items()})


def _add(counters: Mapping[int, tuple[int, int, int, datetime]]) -> None:
    """A link whose row is gone for good has no counter to write."""
    known = Lookup.of(Link, ("id",), [(link_id,) for link_id in counters], key=("id",)).run()
    rows = [counters[link_id] for (link_id,) in known]
    Addition.of(LinkCounter, NAMES, rows, key=("link",), latest=("last_scan_at",)).run()


def move_links(before: Sequence[ScanRow], after: Sequence[ScanRow]) -> None:
    """The same scans are called something else."""
    humans = _humans(after)
    humans.subtract(_humans(before))
    for link_id, more in sorted(humans.items()):
        LinkCounter.objects.filter(link=link_id).update(human=F("human") + more, other=F("other") - more)


def _humans(rows: Sequence[ScanRow]) -> Counter[int]:
    return Counter(row.link_id for row in rows if row.scan_class == ScanClass.HUMAN.value)
