"""Taking erased scans out of the numbers. All of it runs in transactions that count alone.

What is deleted from raw scans is taken out one by one, exactly as it was counted. Where raw scans of a time have gone,
the numbers of a link are subtracted from those of its workspace and campaign. Daily uniques are recounted from raw
scans; where these are gone no number can say how many visitors a workspace would have had without one of its links:
theirs stay, and are at most as many as the humans that are left.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Greatest, Least

from analytics import kept, tag_months
from analytics.enrich import ScanRow
from analytics.models import Breakdown, DayVisitor, Dimension, LocalDay, QuarterHour, Scan, ScanClass, Scope
from analytics.partitions import between
from analytics.recounts import uniques, visitors
from analytics.rollups.breakdowns import add_breakdowns, breakdowns_of
from analytics.rollups.days import add_days, around, days_of
from analytics.rollups.quarters import add_quarters, quarters_of
from analytics.rollups.scopes import CLASSES, COLUMN_OF
from analytics.rollups.visitors import Seen
from links.models import Code, Link, LinkCounter

Key = TypeVar("Key")
# Ids by scope: everything whose numbers an erasure touches.
Subjects = Mapping[Scope, QuerySet[Any] | Sequence[int]]
# SQLite takes 32,766 parameters, and five of them are one visitor.
VISITORS_AT_ONCE = 1000
NOTHING_LEFT = Q(**dict.fromkeys(CLASSES, 0))


def take_back(rows: Sequence[ScanRow]) -> None:
    """Every sum loses what these scans were counted for."""
    add_quarters(_negative(quarters_of(rows)))
    add_days(_negative(days_of(rows)), {})
    add_breakdowns({key: -n for key, n in breakdowns_of(rows).items()})
    kept.forget({row.workspace_id for row in rows}, {row.local_date for row in rows})
    _take_from_links(rows)


def _negative(sums: Mapping[Key, Sequence[int]]) -> dict[Key, list[int]]:
    return {key: [-n for n in counts] for key, counts in sums.items()}


def _take_from_links(rows: Sequence[ScanRow]) -> None:
    less: dict[int, list[int]] = {}
    for row in rows:
        less.setdefault(row.link_id, [0, 0])[row.scan_class != ScanClass.HUMAN] += 1
    for link_id, (human, other) in sorted(less.items()):
        LinkCounter.objects.filter(link=link_id).update(human=F("human") - human, other=F("other") - other)


# --- Where raw scans are gone ----------------------------------------------------------------------


def remove_quarters(subjects: Subjects, since: datetime, until: datetime) -> None:
    """Quarters of an hour that lie wholly within."""
    for scope, ids in subjects.items():
        QuarterHour.objects.filter(scope=scope, scope_id__in=ids, start__gte=since, start__lt=until).delete()


def remove_days(subjects: Subjects, days: Sequence[date]) -> None:
    """Local days, what they are broken down by, and who was seen on them."""
    for scope, ids in subjects.items():
        for model in (LocalDay, Breakdown):
            model._default_manager.filter(scope=scope, scope_id__in=ids, date__in=days).delete()
        DayVisitor.objects.filter(**{f"{COLUMN_OF[scope]}__in": ids}, date__in=days).delete()


def take_totals_from_links(link_ids: Any, since: datetime, until: datetime) -> None:
    """Of every link the sum of what is left in these quarters of an hour."""
    rows = QuarterHour.objects.filter(scope=Scope.LINK, scope_id__in=link_ids, start__gte=since, start__lt=until)
    totals = {f"n_{name}": Sum(name) for name in CLASSES}
    sums = rows.exclude(NOTHING_LEFT).values("scope_id").annotate(**totals).order_by("scope_id")
    for link_id, *counts in sums.values_list("scope_id", *totals):
        human = counts[CLASSES.index(ScanClass.HUMAN)]
        _take_total(link_id, human, sum(counts) - human)


def _take_total(link_id: int, human: int, other: int) -> None:
    LinkCounter.objects.filter(link=link_id).update(
        human=Greatest(F("human") - human, 0), other=Greatest(F("other") - other, 0)
    )


def subtract_quarters(link: Link, since: datetime, until: datetime) -> None:
    """Take what is left of a link in these quarters of an hour out of its workspace and campaign, and its total."""
    rows = QuarterHour.objects.filter(scope=Scope.LINK, scope_id=link.pk, start__gte=since, start__lt=until)
    left = {row[0]: row[1:] for row in rows.exclude(NOTHING_LEFT).values_list("start", *CLASSES)}
    for scope, scope_id in parents_of(link):
        parent = QuarterHour.objects.filter(scope=scope, scope_id=scope_id, start__in=left)
        there = set(parent.values_list("start", flat=True))
        add_quarters({(scope, scope_id, start): [-n for n in n_of] for start, n_of in left.items() if start in there})
        _not_below_zero(parent)
    human = sum(n_of[CLASSES.index(ScanClass.HUMAN)] for n_of in left.values())
    other = sum(map(sum, left.values())) - human
    _take_total(link.pk, human, other)


def subtract_days(link: Link, days: Sequence[date]) -> list[date]:
    """Take what is left of a link on these days out of its workspace and campaign; returns the days it was."""
    rows = LocalDay.objects.filter(scope=Scope.LINK, scope_id=link.pk, date__in=days)
    left = {row[0]: row[1:] for row in rows.exclude(NOTHING_LEFT).values_list("date", *CLASSES)}
    for scope, scope_id in parents_of(link):
        parent = LocalDay.objects.filter(scope=scope, scope_id=scope_id, date__in=left)
        there = set(parent.values_list("date", flat=True))
        add_days({(scope, scope_id, day): [-n for n in n_of] for day, n_of in left.items() if day in there}, {})
        _not_below_zero(parent)
        parent.update(visitors=Least(F("visitors"), F("human")))
    _subtract_breakdowns(link, days)
    kept.forget([link.workspace_id], days)
    return sorted(left)


def _subtract_breakdowns(link: Link, days: Sequence[date]) -> None:
    """A workspace is broken down by words, as its links are, and by links, codes and campaigns."""
    workspace = Breakdown.objects.filter(scope=Scope.WORKSPACE, scope_id=link.workspace_id, date__in=days)
    names = ("dimension", "scan_class", "date", "value", "n")
    own = Breakdown.objects.filter(scope=Scope.LINK, scope_id=link.pk, date__in=days)
    less = {(*key,): -n for *key, n in own.values_list(*names)}
    of_link = workspace.filter(dimension=Dimension.LINK, value=link.pk)
    if link.campaign_id:
        for _, scan_class, day, _, n in of_link.values_list(*names):
            less[Dimension.CAMPAIGN.value, scan_class, day, link.campaign_id] = -n
    of_link.delete()
    workspace.filter(dimension=Dimension.CODE, value__in=Code.objects.filter(link=link).values("pk")).delete()
    there = {tuple(row[:4]) for row in workspace.values_list(*names)} & less.keys()
    add_breakdowns({(Scope.WORKSPACE.value, link.workspace_id, *key): less[key] for key in there})
    workspace.filter(n__lte=0).delete()


def parents_of(link: Link) -> list[tuple[int, int]]:
    """Scope and id of what a link's scans count for, too. Numbers do not know in which campaigns it was before."""
    campaign = [(Scope.CAMPAIGN.value, link.campaign_id)] if link.campaign_id else []
    return [(Scope.WORKSPACE.value, link.workspace_id), *campaign]


def _not_below_zero(rows: QuerySet[Any]) -> None:
    for name in CLASSES:
        rows.filter(**{f"{name}__lt": 0}).update(**{name: 0})


# --- At last -----------------------------------------------------------------------------------------


def scans_on(workspace_id: int, day: date) -> QuerySet[Scan]:
    """Raw scans of a workspace on one local day."""
    return between(Scan.objects.filter(workspace_id=workspace_id, local_date=day), *around(day, day))


def forget_visitors(scans: QuerySet[Scan], workspace_id: int, day: date) -> None:
    """Visitors of a day of whom no raw scan is left. Before uniques are recounted: who comes again is a new one."""
    remembered = DayVisitor.objects.filter(workspace_id=workspace_id, date=day)
    if remembered.exists():
        gone = sorted(set(map(Seen._make, remembered.values_list(*Seen._fields))) - visitors(scans))
        for start in range(0, len(gone), VISITORS_AT_ONCE):
            DayVisitor.objects.filter(pk__in=[one[:5] for one in gone[start : start + VISITORS_AT_ONCE]]).delete()


def recount_uniques(scans: QuerySet[Scan], scope: Scope, scope_ids: Sequence[int], day: date) -> None:
    """Daily uniques from the raw scans that are left of a day."""
    if scope is Scope.LINK:
        tag_months.forget_of_links(scope_ids, day)
    counts = uniques(scans.filter(**{f"{COLUMN_OF[scope]}__in": scope_ids}), scope)
    for scope_id in scope_ids:
        n = counts.get((scope.value, scope_id, day), 0)
        LocalDay.objects.filter(scope=scope, scope_id=scope_id, date=day).update(visitors=n)


def tidy(subjects: Subjects, since: datetime, until: datetime, first: date, last: date) -> None:
    """Rows that say nothing any more go."""
    for scope, ids in subjects.items():
        quarters = QuarterHour.objects.filter(scope=scope, scope_id__in=ids, start__gte=since, start__lt=until)
        quarters.filter(NOTHING_LEFT).delete()
        days = LocalDay.objects.filter(scope=scope, scope_id__in=ids, date__range=(first, last))
        days.filter(NOTHING_LEFT).delete()
        Breakdown.objects.filter(scope=scope, scope_id__in=ids, date__range=(first, last), n__lte=0).delete()


def date_last_scans(link_ids: Iterable[int], since: datetime, until: datetime) -> None:
    """When a link was last scanned, where that scan was erased: by raw scans, else to the quarter of an hour."""
    counters = LinkCounter.objects.filter(link__in=link_ids, last_scan_at__gte=since, last_scan_at__lt=until)
    for link_id in list(counters.values_list("link", flat=True)):
        scans = Scan.objects.filter(link_id=link_id).order_by("-at").values_list("at", flat=True)
        quarters = QuarterHour.objects.filter(scope=Scope.LINK, scope_id=link_id).exclude(NOTHING_LEFT)
        last = scans.first() or quarters.order_by("-start").values_list("start", flat=True).first()
        LinkCounter.objects.filter(link=link_id).update(last_scan_at=last)
