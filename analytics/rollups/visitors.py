"""Who was seen on which local day, for as long as the day may still receive scans: what makes daily uniques exact."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Self

from django.utils import timezone

from analytics.enrich import ScanRow
from analytics.locks import see_visitors_in_turn
from analytics.models import DayVisitor, ScanClass, Scope
from analytics.upserts import Insertion, Lookup

# Visitors of a day are kept this long: by then nearly every scan of it has arrived.
VISITOR_DAYS = 3
# Scope, its id, local date.
Day = tuple[int, int, date]
# Plain numbers: an Enum looks its value up each time.
_CODE, _LINK, _WORKSPACE, _CAMPAIGN = (
    scope.value for scope in (Scope.CODE, Scope.LINK, Scope.WORKSPACE, Scope.CAMPAIGN)
)


class Seen(NamedTuple):
    """The columns of DayVisitor."""

    workspace_id: int
    date: date
    visitor: str
    code_id: int
    campaign_id: int
    link_id: int

    def days(self) -> Iterator[Day]:
        """Of everything that this visitor counts for."""
        yield _CODE, self.code_id, self.date
        yield _LINK, self.link_id, self.date
        yield _WORKSPACE, self.workspace_id, self.date
        if self.campaign_id:
            yield _CAMPAIGN, self.campaign_id, self.date


KEY = ("workspace_id", "date", "visitor", "code_id", "campaign_id")


def visitors_of(rows: Sequence[ScanRow]) -> set[Seen]:
    """The people among scans."""
    return {
        Seen(row.workspace_id, row.local_date, row.visitor, row.code_id, row.campaign_id, row.link_id)
        for row in rows
        if row.visitor and row.scan_class == ScanClass.HUMAN.value
    }


def days_seen(seen: Iterable[Seen]) -> set[Day]:
    return {day for one in seen for day in one.days()}


@dataclass(frozen=True)
class Arrivals:
    """Visitors, ready to be compared with those seen before. Making it asks no database: it is done ahead."""

    seen: AbstractSet[Seen]
    lookup: Lookup
    insertion: Insertion
    # What each day has more if nobody was seen before.
    at_most: Counter[Day]

    @classmethod
    def of(cls, seen: AbstractSet[Seen]) -> Self:
        return cls(
            seen=seen,
            lookup=Lookup.of(DayVisitor, Seen._fields, {one[:3] for one in seen}, key=KEY[:3]),
            insertion=Insertion.of(DayVisitor, Seen._fields, seen, key=KEY),
            at_most=_visitors_by_day(seen),
        )

    def new(self) -> Counter[Day]:
        """Remember them; returns how many of them each day had not seen yet."""
        if not self.seen:
            return Counter()
        # Whether somebody is new to a link depends on rows of its other codes: nobody may add one between look and
        # insert.
        see_visitors_in_turn({(one.workspace_id, one.date) for one in self.seen})
        known = set(map(Seen._make, self.lookup.run()))
        (self.insertion.without(known) if known else self.insertion).run()
        new = self.at_most.copy()
        if known:
            people = {one[:3] for one in known}
            again = {one for one in self.seen if one[:3] in people}
            new.subtract(_visitors_by_day(again))
            new.update(_visitors_by_day(again | known))
            new.subtract(_visitors_by_day(known))
        return +new


def _visitors_by_day(seen: AbstractSet[Seen]) -> Counter[Day]:
    """How many different visitors each day of everything they count for has."""
    return Counter(day for day, _ in {(day, one.visitor) for one in seen for day in one.days()})


def first_day_with_visitors() -> date:
    """Daily hashes of earlier days are forgotten."""
    return (timezone.now() - timedelta(days=VISITOR_DAYS)).date()
