"""The work of an erasure: in short chunks, each a transaction that counts alone and can be repeated.

First export files, then records that were set aside, then raw scans, newest first; then what only numbers are left of;
at last daily uniques. Whatever interrupts it, the next run finds in the tables what is left to do.
"""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import Workspace
from analytics import kept, tag_months
from analytics.enrich import ScanRow
from analytics.erasure import numbers
from analytics.erasure.days import days_between, days_of, joined
from analytics.erasure.honouring import ERASED, Erasures
from analytics.erasure.requests import Days, scans_within
from analytics.exports.erased import take_away_exports
from analytics.locks import count_alone
from analytics.models import ErasedScan, Erasure, LocalDay, QuarterHour, Scan, Scope, SetAsideRecord
from analytics.partitions import first_id
from analytics.periods import QUARTER
from analytics.retention import first_day_kept, may_come_since
from links.models import Campaign, Code, Link

# Ingestion waits for so many: to take a scan out of the numbers takes about as long as counting it took.
SCANS_AT_ONCE = 250
RECORDS_AT_ONCE = 500
DAYS_AT_ONCE = 31  # of a link; of a workspace, whose day has rows for every link, it is one
SUBJECTS_AT_ONCE = 100


def work_off(seconds: float) -> None:
    """Go on with what was asked for, oldest first, for about so many seconds."""
    until = time.monotonic() + seconds
    for erasure in Erasure.objects.filter(done_at=None).order_by("pk"):
        for _ in steps(erasure):
            if time.monotonic() > until:
                return


def steps(erasure: Erasure) -> Iterator[None]:
    """All that is left to do of an erasure, a chunk at a time."""
    if erasure.exports_removed is None:
        take_away_exports(erasure)
    if erasure.total is None:
        _blank_set_aside(erasure)
        total = _scans_of(erasure).count()
        Erasure.objects.filter(pk=erasure.pk, total=None).update(total=total)
    while _erase_scans(erasure):
        yield
    for first, last in _stretches(erasure):
        _erase_numbers(erasure, first, last)
        yield
    _finish(erasure)


def _scans_of(erasure: Erasure) -> QuerySet[Scan]:
    return scans_within(erasure.workspace_id, erasure.link_id, erasure.since, erasure.until)


def _blank_set_aside(erasure: Erasure) -> None:
    """Records that were set aside keep their digest, by which they are known if they come again, and nothing else."""
    erasures, after = Erasures({erasure.workspace_id}), ""
    while chunk := list(SetAsideRecord.objects.filter(pk__gt=after).order_by("pk")[:RECORDS_AT_ONCE]):
        after = chunk[-1].pk
        hidden = [row.pk for row in chunk if erasures.hide(bytes(row.record))]
        SetAsideRecord.objects.filter(pk__in=hidden).update(record=b"", reason=ERASED)


@transaction.atomic
def _erase_scans(erasure: Erasure) -> bool:
    """Delete some raw scans, and all that they were counted for; False when there are none left."""
    count_alone()
    scans = list(_scans_of(erasure).order_by("-at")[:SCANS_AT_ONCE])
    if not scans:
        return False
    rows = [ScanRow(*(getattr(scan, name) for name in ScanRow._fields)) for scan in scans]
    numbers.take_back(rows)
    least = first_id(may_come_since())
    ErasedScan.objects.bulk_create(
        [ErasedScan(event_id=row.event_id) for row in rows if row.event_id >= least], ignore_conflicts=True
    )
    Scan.objects.filter(pk__in=[row.event_id for row in rows]).delete()
    ranges = Erasure.objects.values_list("recounted_days", flat=True).get(pk=erasure.pk)
    Erasure.objects.filter(pk=erasure.pk).update(
        erased=F("erased") + len(rows), recounted_days=joined(ranges, {row.local_date for row in rows})
    )
    return True


# --- Numbers without raw scans -----------------------------------------------------------------------


def _stretches(erasure: Erasure) -> Iterator[tuple[date, date]]:
    """Whole local days on which something is counted still, a few at a time; of today the erasure has only a part."""
    zone, day, last = _zone_of(erasure), erasure.first_day, erasure.last_day
    if Days(day, last, zone).end > erasure.until:
        last -= timedelta(days=1)
    while day <= last and (start := _next_counted(erasure, Days(day, last, zone))):
        end = min(last, start + timedelta(days=DAYS_AT_ONCE - 1 if erasure.link_id else 0))
        yield start, end
        day = end + timedelta(days=1)


def _next_counted(erasure: Erasure, days: Days) -> date | None:
    scope, scope_id = _scope_of(erasure)
    quarters = QuarterHour.objects.filter(scope=scope, scope_id=scope_id, start__gte=days.since, start__lt=days.end)
    start = quarters.order_by("start").values_list("start", flat=True).first()
    local = LocalDay.objects.filter(scope=scope, scope_id=scope_id, date__range=(days.first, days.last))
    day = local.order_by("date").values_list("date", flat=True).first()
    return min(filter(None, [day, start and start.astimezone(days.zone).date()]), default=None)


@transaction.atomic
def _erase_numbers(erasure: Erasure, first: date, last: date) -> None:
    """What is counted of these days still was counted before raw scans went."""
    subjects = _subjects_of(erasure)
    link = Link.objects.get(pk=erasure.link_id) if erasure.link_id else None
    stretch = Days(first, last, _zone_of(erasure))
    days = sorted(set(days_between(first, last)) - _days_with_others(erasure, stretch))
    count_alone()
    if link:
        numbers.subtract_quarters(link, stretch.since, stretch.end)
        subtracted = numbers.subtract_days(link, days)
    else:  # everything goes, and nobody adds to it any more
        whole = LocalDay.objects.filter(scope=Scope.WORKSPACE, scope_id=erasure.workspace_id, date__in=days)
        subtracted = list(whole.exclude(numbers.NOTHING_LEFT).values_list("date", flat=True))
        numbers.take_totals_from_links(subjects[Scope.LINK], stretch.since, stretch.end)
        kept.forget([erasure.workspace_id], days)
    numbers.remove_quarters(subjects, stretch.since, stretch.end)
    numbers.remove_days(subjects, days)
    ranges = Erasure.objects.values_list("subtracted_days", flat=True).get(pk=erasure.pk)
    Erasure.objects.filter(pk=erasure.pk).update(subtracted_days=joined(ranges, subtracted))


def _days_with_others(erasure: Erasure, days: Days) -> set[date]:
    """Local days of another zone, which the workspace had then, may begin before the erasure or end after it."""
    around = scans_within(
        erasure.workspace_id, erasure.link_id, days.since - timedelta(days=2), days.end + timedelta(days=2)
    )
    others = around.filter(local_date__range=(days.first, days.last))
    return set(others.values_list("local_date", flat=True).distinct())


# --- At last -----------------------------------------------------------------------------------------


def _finish(erasure: Erasure) -> None:
    """Daily uniques, when links were last scanned, and rows that say nothing any more."""
    erasure.refresh_from_db()
    touched = _subjects_of(erasure) | _parents_of(erasure)
    # Of an earlier day some raw scans may have gone.
    recountable = first_day_kept(timezone.now()) + timedelta(days=1)
    for day in days_of(erasure.recounted_days):
        if day >= recountable:
            scans = numbers.scans_on(erasure.workspace_id, day)
            with transaction.atomic():
                count_alone()
                numbers.forget_visitors(scans, erasure.workspace_id, day)
            _recount_uniques(scans, touched, day)
    first, last = erasure.first_day - timedelta(days=1), erasure.last_day + timedelta(days=1)
    with transaction.atomic():
        count_alone()
        numbers.tidy(touched, erasure.since - QUARTER, erasure.until, first, last)
        tag_months.forget([erasure.workspace_id], days_between(first, last))
        numbers.date_last_scans(_subjects_of(erasure)[Scope.LINK], erasure.since, erasure.until)
        Erasure.objects.filter(pk=erasure.pk, done_at=None).update(done_at=timezone.now())


def _recount_uniques(scans: QuerySet[Scan], touched: numbers.Subjects, day: date) -> None:
    for scope, ids in touched.items():
        counted = LocalDay.objects.filter(scope=scope, scope_id__in=ids, date=day, visitors__gt=0)
        remaining = iter(list(counted.values_list("scope_id", flat=True)))
        while some := list(islice(remaining, SUBJECTS_AT_ONCE)):
            with transaction.atomic():
                count_alone()
                numbers.recount_uniques(scans, scope, some, day)


# --- What an erasure is about ------------------------------------------------------------------------


def _scope_of(erasure: Erasure) -> tuple[Scope, int]:
    return (Scope.LINK, erasure.link_id) if erasure.link_id else (Scope.WORKSPACE, erasure.workspace_id)


def _subjects_of(erasure: Erasure) -> dict[Scope, Any]:
    """Whose numbers go altogether."""
    codes = Code.objects.filter(link__workspace=erasure.workspace_id)
    if erasure.link_id:
        return {Scope.CODE: codes.filter(link=erasure.link_id).values("pk"), Scope.LINK: [erasure.link_id]}
    return {
        Scope.CODE: codes.values("pk"),
        Scope.LINK: Link.objects.filter(workspace=erasure.workspace_id).values("pk"),
        **_parents_of(erasure),
    }


def _parents_of(erasure: Erasure) -> dict[Scope, Any]:
    campaigns = Campaign.objects.filter(workspace=erasure.workspace_id)
    return {Scope.WORKSPACE: [erasure.workspace_id], Scope.CAMPAIGN: campaigns.values("pk")}


def _zone_of(erasure: Erasure) -> ZoneInfo:
    """The zone that the days were meant in: it fits the moment they begin, also if the workspace's is another now."""
    return ZoneInfo(Workspace.objects.get(pk=erasure.workspace_id).current_timezone)
