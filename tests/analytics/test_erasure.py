"""Erasing: what goes is gone for good, what stays is counted as if the rest had never been."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts.models import Workspace
from analytics import retention
from analytics.erasure import job
from analytics.erasure.days import days_of, joined, ranges_of
from analytics.erasure.requests import Days, ErasureRefused, request_erasure
from analytics.ingest import Counted, ingest
from analytics.models import (
    Breakdown,
    DayVisitor,
    ErasedScan,
    Erasure,
    LocalDay,
    QuarterHour,
    Scan,
    Scope,
    SetAsideRecord,
)
from links.models import Campaign, Code, Domain, Link, LinkCounter, Segment
from tests.links.factories import IPHONE, a_block, a_code, an_event

pytestmark = pytest.mark.django_db
SPIDER = "Mozilla/5.0 (compatible; Examplebot/1.0)"
BERLIN = ZoneInfo("Europe/Berlin")
CLASSES = ("human", "preview", "prefetch", "bot", "scanner", "internal", "head")


@pytest.fixture
def codes(workspace: Workspace, site: Domain) -> list[Code]:
    """Of two links in one campaign and of one in none."""
    campaign = Campaign.objects.create(workspace=workspace, name="Spring")
    made = [a_code(workspace) for _ in range(3)]
    Link.objects.filter(pk__in=[code.link_id for code in made[:2]]).update(campaign=campaign)
    return list(Code.objects.select_related("link").filter(pk__in=[code.pk for code in made]).order_by("pk"))


def numbers() -> dict[str, Any]:
    """Every number that is shown and everything that is remembered, without rows that say nothing."""
    said = {
        "quarters": QuarterHour.objects.values_list("scope", "scope_id", "start", *CLASSES),
        "days": LocalDay.objects.values_list("scope", "scope_id", "date", "visitors", *CLASSES),
        "breakdowns": Breakdown.objects.values_list(
            "scope", "scope_id", "dimension", "scan_class", "date", "value", "n"
        ),
        "totals": LinkCounter.objects.values_list("link_id", "human", "other"),
    }
    return {
        **{
            name: sorted(row for row in rows if any(row[1 if name == "totals" else 3 :])) for name, rows in said.items()
        },
        "visitors": sorted(DayVisitor.objects.values_list()),
        "last": sorted(LinkCounter.objects.exclude(last_scan_at=None).values_list("link_id", "last_scan_at")),
        "scans": sorted(Scan.objects.values_list("event_id", flat=True)),
    }


def forget_everything() -> None:
    for model in (Scan, ErasedScan, Erasure, QuarterHour, LocalDay, Breakdown, DayVisitor, Segment, SetAsideRecord):
        model.objects.all().delete()
    LinkCounter.objects.update(human=0, other=0, last_scan_at=None)


def erase(workspace: Workspace, link: Link | None, first: date, last: date) -> Erasure:
    erasure = request_erasure(workspace, link, Days.parse(workspace, first, last))
    job.work_off(60)
    erasure.refresh_from_db()
    assert erasure.done_at is not None
    return erasure


def berlin_day(days_ago: int = 0) -> date:
    return (timezone.now() - timedelta(days=days_ago)).astimezone(BERLIN).date()


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 60 * 24 * 6), st.integers(0, 2), st.sampled_from("abc"), st.sampled_from([IPHONE, SPIDER])
    ),
    max_size=20,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(scans=EVENTS, of_link=st.booleans(), first=st.integers(0, 6), length=st.integers(0, 6), chunk=st.integers(1, 5))
def test_what_is_left_is_counted_as_if_the_rest_had_never_been(
    workspace: Workspace, codes: list[Code], scans: list[Any], of_link: bool, first: int, length: int, chunk: int
) -> None:
    now = timezone.now()
    events = [
        an_event(
            codes[number],
            at_ms=int((now - timedelta(minutes=minutes, seconds=5)).timestamp() * 1000),
            local_date=str((now - timedelta(minutes=minutes, seconds=5)).astimezone(BERLIN).date()),
            visitor=visitor * 32,
            user_agent=agent,
        )
        for minutes, number, visitor, agent in scans
    ]
    link = codes[0].link if of_link else None
    last_day = max(first - length, 0)
    days = Days.parse(workspace, berlin_day(first), berlin_day(last_day))

    def goes(event: Any) -> bool:
        at = datetime.fromtimestamp(event.at_ms / 1000, UTC)
        return days.since <= at < days.end and (link is None or event.link_id == link.pk)

    forget_everything()
    ingest([a_block(*(event for event in events if not goes(event)))])
    wanted = numbers()
    forget_everything()
    ingest([a_block(*events)])
    before, job.SCANS_AT_ONCE = job.SCANS_AT_ONCE, chunk
    try:
        erasure = erase(workspace, link, days.first, days.last)
    finally:
        job.SCANS_AT_ONCE = before
    assert numbers() == wanted
    assert erasure.erased == erasure.total == sum(map(goes, events))
    assert erasure.subtracted_days == []
    assert ingest([a_block(*events)]) == Counted(duplicate=len(events)), "nothing comes back, nothing counts twice"
    assert numbers() == wanted


def test_days_are_kept_as_ranges() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3, 5, 9, 10)]
    ranges = ranges_of(days)
    assert ranges == [["2026-03-01", "2026-03-03"], ["2026-03-05", "2026-03-05"], ["2026-03-09", "2026-03-10"]]
    assert list(days_of(ranges)) == days
    assert joined(ranges, [date(2026, 3, 4)])[0] == ["2026-03-01", "2026-03-05"]


@given(days=st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 1))))
def test_ranges_are_the_same_days(days: set[date]) -> None:
    assert set(days_of(ranges_of(days))) == days


@pytest.mark.parametrize(("first", "last", "field"), [(0, -1, "to"), (1, 2, "from")])
def test_days_that_make_no_sense_are_refused(workspace: Workspace, first: int, last: int, field: str) -> None:
    with pytest.raises(ErasureRefused) as refused:
        Days.parse(workspace, berlin_day(first), berlin_day(last))
    assert refused.value.field == field


# --- Where raw scans are gone --------------------------------------------------------------------------


def events_ago(code: Code, days: int, visitors: str, **changes: Any) -> list[Any]:
    """People on one day, at noon in Berlin."""
    noon = datetime.combine(berlin_day(days), time(12), BERLIN)
    at_ms = int(noon.timestamp() * 1000)
    campaign = code.link.campaign_id or 0
    fields: dict[str, Any] = {"at_ms": at_ms, "local_date": str(noon.date()), "campaign_id": campaign} | changes
    return [an_event(code, visitor=visitor * 32, **fields) for visitor in visitors]


def test_a_link_is_subtracted_from_its_parents_where_raw_scans_are_gone(
    workspace: Workspace, codes: list[Code], settings: Settings
) -> None:
    settings.RAW_SCAN_DAYS = 400
    first, second, third = codes
    theirs = [*events_ago(second, 40, "cd"), *events_ago(third, 40, "e"), *events_ago(first, 42, "a")]
    ingest([a_block(*theirs)])
    wanted = numbers()
    goes = [*events_ago(first, 40, "ab"), *events_ago(first, 39, "a", user_agent=SPIDER), *events_ago(first, 5, "ab")]
    ingest([a_block(*goes)])
    Scan.objects.filter(at__lt=timezone.now() - timedelta(days=20)).delete()
    settings.RAW_SCAN_DAYS = 20
    found = numbers()
    erasure = erase(workspace, first.link, berlin_day(41), berlin_day(0))
    assert (erasure.total, erasure.erased) == (2, 2)
    assert erasure.recounted_days == ranges_of([berlin_day(5)])
    assert erasure.subtracted_days == ranges_of([berlin_day(40), berlin_day(39)])
    left = numbers()
    for name in ("quarters", "breakdowns", "totals"):
        assert left[name] == wanted[name] != found[name], name
    # Nobody knows who of the workspace's visitors came by other links, too; there cannot be more than humans.
    assert [(*row[:3], *row[4:]) for row in left["days"]] == [(*row[:3], *row[4:]) for row in wanted["days"]]
    visitors = {row[:3]: row[3] for row in left["days"]}
    assert visitors[Scope.WORKSPACE, workspace.pk, berlin_day(40)] == 3
    assert LinkCounter.objects.get(link=first.link_id).human == 1


def test_a_workspace_is_emptied_where_raw_scans_are_gone(
    workspace: Workspace, codes: list[Code], settings: Settings
) -> None:
    settings.RAW_SCAN_DAYS = 400
    ingest([a_block(*(event for code in codes for event in events_ago(code, 50, "abc")))])
    ingest([a_block(*events_ago(codes[0], 70, "a"))])
    before = numbers()["quarters"]
    Scan.objects.all().delete()
    erasure = erase(workspace, None, berlin_day(60), berlin_day(0))
    assert erasure.subtracted_days == ranges_of([berlin_day(50)])
    left = numbers()
    assert left["quarters"] == [row for row in before if row[2].date() == berlin_day(70)]
    assert {row[2] for row in left["days"]} == {berlin_day(70)}
    assert left["totals"] == [(codes[0].link_id, 1, 0)]
    assert [at.date() for _, at in left["last"]] == [berlin_day(70)]


# --- What must not come back ---------------------------------------------------------------------------


def test_todays_later_scans_are_new_ones(workspace: Workspace, codes: list[Code]) -> None:
    ingest([a_block(*(an_event(codes[0], visitor="a" * 32, local_date=str(berlin_day())) for _ in range(3)))])
    erase(workspace, None, berlin_day(), berlin_day())
    assert numbers()["days"] == []
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        later = an_event(codes[0], visitor="a" * 32, local_date=str(berlin_day()))
        assert ingest([a_block(later)]) == Counted(ingested=1)
    assert LocalDay.objects.get(scope=Scope.LINK).visitors == 1
    assert LinkCounter.objects.get(link=codes[0].link_id).human == 1


def test_scans_that_come_after_the_erasure_are_dropped_and_accounted_for(
    workspace: Workspace, codes: list[Code]
) -> None:
    inside, outside = events_ago(codes[0], 2, "abc"), events_ago(codes[1], 2, "a")
    erase(workspace, codes[0].link, berlin_day(3), berlin_day(1))
    block = a_block(*inside, *outside)
    assert ingest([block]) == Counted(ingested=1, erased=3)
    assert ingest([block, block]) == Counted(duplicate=8)
    segment = Segment.objects.get()
    assert (segment.ingested, segment.set_aside) == (1, 3), "the segment can go"
    assert Scan.objects.get().link_id == codes[1].link_id


def test_a_scan_is_accounted_for_once_whatever_the_job_has_got_to(workspace: Workspace, codes: list[Code]) -> None:
    """It is in the database, the erasure is asked for, and its block comes again before and after the job."""
    block = a_block(*events_ago(codes[0], 1, "ab"))
    ingest([block])
    request_erasure(workspace, None, Days.parse(workspace, berlin_day(1), berlin_day(1)))
    assert ingest([block]) == Counted(duplicate=2)
    job.work_off(60)
    assert ingest([block]) == Counted(duplicate=2)
    segment = Segment.objects.get()
    assert (segment.ingested, segment.set_aside) == (2, 0)
    assert not Scan.objects.exists()


def test_records_that_were_set_aside_are_blanked(workspace: Workspace, codes: list[Code], settings: Settings) -> None:
    old = events_ago(codes[0], 200, "ab")
    ingest([a_block(*old, *events_ago(codes[1], 200, "c"))])
    assert SetAsideRecord.objects.count() == 3
    erase(workspace, codes[0].link, berlin_day(300), berlin_day(0))
    assert sorted(len(row.record) > 0 for row in SetAsideRecord.objects.all()) == [False, False, True]
    assert ingest([a_block(*old)]) == Counted(), "known by its digest"
    assert ingest([a_block(*old, segment="another")]).set_aside == 2
    assert SetAsideRecord.objects.filter(record=b"", reason="erased").count() == 4
    settings.RAW_SCAN_DAYS = 300
    assert ingest([a_block(*old)]) == Counted(erased=2)
    segment = Segment.objects.get(name="segment-1")
    assert (segment.ingested, segment.set_aside) == (0, 3)


def test_the_numbers_of_erased_scans_go_with_their_segments(workspace: Workspace, codes: list[Code]) -> None:
    begun = int((timezone.now() - timedelta(days=3)).timestamp() * 1000)
    segment = f"{begun:013d}-1-abcdef"
    ingest([a_block(*events_ago(codes[0], 2, "ab"), segment=segment)])
    ingest([a_block(*events_ago(codes[0], 30, "ab"), segment="0000000000000-1-long-gone")])
    Segment.objects.exclude(name=segment).delete()
    erase(workspace, None, berlin_day(40), berlin_day(1))
    assert ErasedScan.objects.count() == 2, "those that may come again"
    retention.forget_old_scans()
    assert ErasedScan.objects.count() == 2
    Segment.objects.all().delete()
    retention.forget_old_scans()
    assert not ErasedScan.objects.exists()


def test_a_job_goes_on_where_it_was_interrupted(
    workspace: Workspace, codes: list[Code], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "SCANS_AT_ONCE", 2)
    ingest([a_block(*events_ago(codes[0], 1, "abcde"))])
    erasure = request_erasure(workspace, None, Days.parse(workspace, berlin_day(1), berlin_day(0)))
    progress: list[tuple[int, int]] = []
    while erasure.done_at is None:
        job.work_off(0)
        erasure.refresh_from_db()
        progress.append((erasure.erased, erasure.percent))
    assert progress[:3] == [(2, 40), (4, 80), (5, 99)]
    assert progress[-1] == (5, 100)


def test_the_oldest_erasure_comes_first_and_one_is_all_of_its_workspace(
    workspace: Workspace, other_workspace: Workspace, codes: list[Code], site: Domain
) -> None:
    theirs = a_code(other_workspace)
    ingest([a_block(*events_ago(codes[0], 1, "ab"), *events_ago(theirs, 1, "ab"))])
    erase(workspace, None, berlin_day(2), berlin_day(0))
    assert set(Scan.objects.values_list("workspace_id", flat=True)) == {other_workspace.pk}
    assert LinkCounter.objects.get(link=theirs.link_id).human == 2
