"""Fills rollups anew from raw scans, a day of a workspace at a time, while nobody else counts.

Only whole days of which every raw scan is still there can be filled: what is older stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Model, Q, QuerySet, Sum, Value
from django.utils import timezone

from accounts.models import Workspace
from analytics import kept, recounts, tag_months
from analytics.locks import count_alone
from analytics.models import Breakdown, DayVisitor, Dimension, LocalDay, QuarterHour, Scan, ScanClass, Scope
from analytics.partitions import between
from analytics.rollups.breakdowns import add_breakdowns
from analytics.rollups.days import add_days, around
from analytics.rollups.quarters import add_quarters
from analytics.rollups.scopes import CLASSES, COLUMN_OF
from analytics.rollups.visitors import Arrivals, first_day_with_visitors
from analytics.upserts import Addition
from links.models import Campaign, Code, Link, LinkCounter

# The furthest that any zone's day begins before UTC's.
AHEAD = timedelta(hours=14)
LINKS_AT_ONCE = 500


class NotInRawScans(ValueError):
    """Some of the days asked for are not wholly there; the message says which are."""


class Rebuilt(NamedTuple):
    """One day of one workspace that was filled anew."""

    day: date
    workspace: Workspace
    scans: int


def check(since: date, until: date) -> None:
    """Raises NotInRawScans."""
    now = timezone.now()
    oldest = now - timedelta(days=settings.RAW_SCAN_DAYS)
    first = (oldest + AHEAD).date() + timedelta(days=1)
    if since < first or until > now.date():
        raise NotInRawScans(f"Raw scans of whole days are there from {first} to {now.date()}.")


def rebuild(since: date, until: date) -> Iterator[Rebuilt]:
    """Both days included: in UTC for quarters of an hour, in the workspace's zone for days and breakdowns."""
    check(since, until)
    for workspace in Workspace.objects.order_by("pk"):
        for day in (since + timedelta(days=n) for n in range((until - since).days + 1)):
            yield Rebuilt(day, workspace, _rebuild_day(workspace.pk, day))
        scans = between(Scan.objects.filter(workspace_id=workspace.pk), *around(since, until))
        _rebuild_counters(sorted(scans.values_list("link_id", flat=True).distinct()))


@transaction.atomic
def _rebuild_day(workspace_id: int, day: date) -> int:
    count_alone()
    scans, start = Scan.objects.filter(workspace_id=workspace_id), midnight(day)
    for scope, ids in _ids_of(workspace_id).items():
        refill_quarters(scope, scans, ids, start, start + timedelta(days=1))
        refill_day(scope, scans, ids, day)
    refill_visitors(Scope.WORKSPACE, workspace_id, scans, day)
    return between(scans.filter(local_date=day), *around(day, day)).count()


def _ids_of(workspace_id: int) -> dict[Scope, "Sequence[int] | QuerySet[Any, Any]"]:
    """Whose numbers a workspace's scans are, whether or not there are any now."""
    return {
        Scope.CODE: Code.objects.filter(link__workspace=workspace_id).values("pk"),
        Scope.LINK: Link.objects.filter(workspace=workspace_id).values("pk"),
        Scope.WORKSPACE: [workspace_id],
        Scope.CAMPAIGN: Campaign.objects.filter(workspace=workspace_id).values("pk"),
    }


def refill_quarters(scope: Scope, scans: QuerySet[Scan], ids: Any, since: datetime, until: datetime) -> None:
    """Set a scope's quarters in [since, until) to what the scans say, in a transaction that counts alone.

    `ids` are those that must not keep anything else; those of the scans need not be among them.
    """
    there = between(scans, since, until)
    _of(QuarterHour, scope, ids, there).filter(start__gte=since, start__lt=until).delete()
    add_quarters(recounts.quarters(there, scope))


def refill_day(scope: Scope, scans: QuerySet[Scan], ids: Any, day: date) -> None:
    """The same for a local day: its numbers and breakdowns."""
    there = between(scans.filter(local_date=day), *around(day, day))
    _of(LocalDay, scope, ids, there).filter(date=day).delete()
    # Every column of the key is named, so that the index leads to the day and is not read from end to end.
    places = {"dimension__in": Dimension.values, "scan_class__in": range(len(CLASSES))}
    _of(Breakdown, scope, ids, there).filter(date=day, **places).delete()
    add_days(recounts.days(there, scope), recounts.uniques(there, scope))
    add_breakdowns(recounts.breakdowns(there, scope))
    if scope is Scope.WORKSPACE:
        kept.forget(ids, [day])
    if scope is Scope.LINK:
        tag_months.forget_of_links(ids, day)


def refill_visitors(scope: Scope, scope_id: int, scans: QuerySet[Scan], day: date) -> None:
    """The same for whoever was seen on a local day, as far as that is remembered."""
    DayVisitor.objects.filter(**{COLUMN_OF[scope]: scope_id}, date=day).delete()
    if day >= first_day_with_visitors():
        Arrivals.of(recounts.visitors(between(scans.filter(local_date=day), *around(day, day)))).new()


def _of(model: type[Model], scope: Scope, ids: Any, scans: QuerySet[Scan]) -> QuerySet[Model]:
    return model._default_manager.filter(
        Q(scope_id__in=ids) | Q(scope_id__in=scans.values(COLUMN_OF[scope])), scope=scope
    )


# --- Totals of links ---------------------------------------------------------------------------------


def _rebuild_counters(link_ids: Sequence[int]) -> None:
    for start in range(0, len(link_ids), LINKS_AT_ONCE):
        with transaction.atomic():
            count_alone()
            refill_counters(link_ids[start : start + LINKS_AT_ONCE])


def refill_counters(link_ids: Iterable[int]) -> None:
    """Totals reach back beyond raw scans: they are the sums of the quarters."""
    known = set(Link.objects.filter(pk__in=link_ids).values_list("pk", flat=True))
    latest = dict(Scan.objects.filter(link_id__in=known).values_list("link_id").annotate(Max("at")))
    # LinkCounter has a row for a link that was never scanned, too.
    nothing = [(link_id, 0, 0) for link_id in known]
    Addition.of(LinkCounter, ("link", "human", "other"), nothing, key=("link",)).run()
    for link_id, totals in totals_of(known).items():
        seen = {"last_scan_at": latest[link_id]} if link_id in latest else {}
        LinkCounter.objects.filter(link=link_id).update(**totals, **seen)


def totals_of(link_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Link id to the columns of LinkCounter that its quarters add up to."""
    totals = {link_id: {"human": 0, "other": 0} for link_id in link_ids}
    quarters = QuarterHour.objects.filter(scope=Scope.LINK, scope_id__in=totals).values_list("scope_id")
    others = [F(name) for name in CLASSES if name != ScanClass.HUMAN.value]
    for link_id, human, other in quarters.annotate(Sum("human"), other=Sum(sum(others, start=Value(0)))):
        totals[link_id] = {"human": human, "other": other}
    return totals


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
