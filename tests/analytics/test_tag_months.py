"""Months of tags: whatever comes late, is taken back or tagged anew, a tag's days are the sums of its links' days."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from analytics import kept, tag_months
from analytics.enrich import ScanRow
from analytics.erasure import job as erasure_job
from analytics.erasure import numbers
from analytics.models import Erasure, LocalDay, Scan, ScanClass, Scope, TagMonth
from analytics.rebuild import refill_day
from analytics.reports import Subject
from analytics.reports.series import days_of
from analytics.rollups.days import NUMBERS
from analytics.rollups.moves import move_classes
from links.models import Domain, Link, Tag
from tests.analytics.counting import store
from tests.analytics.worlds import FIRST as FIRST_SCAN
from tests.analytics.worlds import World, make_world

FIRST = date(2026, 1, 20)
DAYS = 80  # with two whole months among them
SOME_DAY = date(2026, 2, 10)
LINKS = 4
CLASSES = list(ScanClass)
days = st.integers(0, DAYS - 1).map(lambda number: FIRST + timedelta(days=number))
links = st.integers(0, LINKS - 1)
places = st.sampled_from([0, 3])
steps = st.one_of(
    st.tuples(st.just("count"), st.tuples(links, days, places, st.integers(1, 9))),
    st.tuples(st.just("keep"), st.just(())),
    st.tuples(st.just("tag"), st.tuples(links)),
    st.tuples(st.just("untag"), st.tuples(links)),
    st.tuples(st.just("swap"), st.tuples(links, links, days, places)),
)


class Tagged:
    """A workspace with some links and a tag; numbers are counted as ingestion does."""

    def __init__(self, n: int = LINKS) -> None:
        self.workspace = Workspace.objects.create(name="Acme", slug=f"acme-{Workspace.objects.count()}")
        self.tag = Tag.objects.create(workspace=self.workspace, name="Trams", key="trams")
        destination = "https://shop.example.com/"
        self.links = [Link.objects.create(workspace=self.workspace, destination=destination) for _ in range(n)]
        self.tag.links.set(self.links)

    def count(self, link: int, day: date, place: int, n: int, visitors: int = 1) -> None:
        for scope, scope_id in ((Scope.WORKSPACE, self.workspace.pk), (Scope.LINK, self.links[link].pk)):
            key: dict[str, Any] = {"scope": scope, "scope_id": scope_id, "date": day}
            LocalDay.objects.get_or_create(**key)
            LocalDay.objects.filter(**key).update(
                **{CLASSES[place]: F(CLASSES[place]) + n, "visitors": F("visitors") + visitors}
            )

    def swap(self, one: int, other: int, day: date, place: int) -> None:
        """A scan of one link, if it had any, is another's after all: no number of the workspace shows it."""
        of_link = LocalDay.objects.filter(scope=Scope.LINK, scope_id=self.links[one].pk, date=day)
        if of_link.filter(**{f"{CLASSES[place]}__gt": 0}).exists():
            kept.forget([self.workspace.pk], [day])
            self.count(one, day, place, -1, visitors=0)
            self.count(other, day, place, 1, visitors=0)

    def keep(self) -> None:
        link_ids = list(self.tag.links.values_list("pk", flat=True))
        for month in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
            tag_months.keep(self.tag, link_ids, month)

    def retag(self, what: str, link: int) -> None:
        (self.tag.links.add if what == "tag" else self.tag.links.remove)(self.links[link])

    def asked(self, first: date, last: date) -> dict[date, tuple[int, ...]]:
        subject = Subject.of(Tag.objects.select_related("workspace").get(pk=self.tag.pk))
        return {day: (*counts, visitors) for day, (counts, visitors) in days_of(subject, first, last).items()}

    def brute_force(self, first: date, last: date) -> dict[date, tuple[int, ...]]:
        sums: dict[date, Counter[str]] = {}
        ids = set(self.tag.links.values_list("pk", flat=True))
        for row in LocalDay.objects.filter(scope=Scope.LINK):
            if row.scope_id in ids and first <= row.date <= last:
                sums.setdefault(row.date, Counter()).update({name: getattr(row, name) for name in NUMBERS})
        return {day: tuple(of_day[name] for name in NUMBERS) for day, of_day in sums.items()}


@pytest.mark.django_db
@settings(max_examples=40)
@example([("untag", (1,)), ("count", (0, SOME_DAY, 0, 3)), ("keep", ()), ("swap", (0, 1, SOME_DAY, 0))], FIRST, DAYS)
@given(history=st.lists(steps, min_size=4, max_size=25), first=days, length=st.integers(0, DAYS))
def test_a_tags_days_are_the_sums_of_its_links_days(history: list[Any], first: date, length: int) -> None:
    world = Tagged()
    for what, step in history:
        match what:
            case "tag" | "untag":
                world.retag(what, *step)
            case _:
                getattr(world, what)(*step)
    last = first + timedelta(days=length)
    found, wanted = world.asked(first, last), world.brute_force(first, last)
    # A day whose numbers have all been taken back again may have a row of zeros.
    assert {day: numbers for day, numbers in found.items() if any(numbers)} == {
        day: numbers for day, numbers in wanted.items() if any(numbers)
    }


@pytest.fixture
def busy(db: None) -> Tagged:
    world = Tagged(tag_months.MANY_LINKS)
    for number in range(DAYS):
        world.count(number % len(world.links), FIRST + timedelta(days=number), 0, number + 1)
    return world


LAST = FIRST + timedelta(days=DAYS - 1)
AFTER = LAST + timedelta(days=3)


def test_months_that_are_over_are_kept_by_themselves_and_late_scans_are_taken_in(busy: Tagged) -> None:
    assert tag_months.keep_all(AFTER) == 3, "January, of which there is a part, February and March; April goes on"
    assert tag_months.keep_all(AFTER) == 0
    busy.count(3, date(2026, 2, 11), 3, 7)
    assert busy.asked(FIRST, LAST) == busy.brute_force(FIRST, LAST)
    assert tag_months.keep_all(AFTER) == 1, "only the month that has other numbers"
    assert tag_months.keep_all(AFTER) == 0


def test_a_month_without_any_scan_is_kept_once(busy: Tagged) -> None:
    busy.count(0, date(2025, 11, 30), 0, 1)  # nothing follows in December
    assert tag_months.keep_all(AFTER) == 5
    assert tag_months.keep_all(AFTER) == 0
    busy.count(0, date(2025, 12, 24), 0, 1)
    assert busy.asked(date(2025, 11, 1), LAST) == busy.brute_force(date(2025, 11, 1), LAST)
    assert tag_months.keep_all(AFTER) == 1


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2026, 3, 2)])
def test_a_month_is_over_when_it_is_so_in_every_zone(busy: Tagged, today: date) -> None:
    tag_months.keep_all(today)
    assert TagMonth.objects.filter(month=date(2026, 2, 1)).exists() == (today.day == 2)


def test_days_of_kept_months_are_not_read_link_by_link(
    busy: Tagged, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wanted = busy.brute_force(FIRST, LAST)
    tag_months.keep_all(AFTER)
    whole = (date(2026, 2, 1), date(2026, 3, 31))
    LocalDay.objects.filter(scope=Scope.LINK, date__range=whole).delete()
    assert busy.asked(FIRST, LAST) == wanted
    with django_assert_num_queries(4):  # the tag, its links, its months, the workspace's
        assert busy.asked(*whole) == {day: numbers for day, numbers in wanted.items() if whole[0] <= day <= whole[1]}


DAY = FIRST_SCAN.date()


def erase_old_days(world: World, scans: list[Scan]) -> None:
    since, until = (datetime.combine(day, time(), UTC) for day in (DAY, DAY + timedelta(days=1)))
    days = {"first_day": DAY, "last_day": DAY, "since": since, "until": until}
    Scan.objects.all().delete()
    erasure_job._erase_numbers(Erasure.objects.create(workspace_id=world.workspace.pk, **days), DAY, DAY)


@pytest.mark.parametrize(
    "take_back",
    [
        lambda world, scans: move_classes([(scans[0], "bot"), (scans[1], "human")]),
        lambda world, scans: numbers.take_back([ScanRow(*(getattr(scans[0], name) for name in ScanRow._fields))]),
        lambda world, scans: numbers.subtract_days(world.links[0], [DAY]),
        lambda world, scans: numbers.recount_uniques(Scan.objects.all(), Scope.LINK, [world.links[0].pk], DAY),
        lambda world, scans: refill_day(Scope.LINK, Scan.objects.all(), [world.links[0].pk], DAY),
        lambda world, scans: refill_day(Scope.WORKSPACE, Scan.objects.all(), [world.workspace.pk], DAY),
        erase_old_days,
    ],
    ids=["another class", "erased", "subtracted", "visitors", "a link again", "a workspace again", "erased, long ago"],
)
@pytest.mark.django_db(transaction=True)
def test_what_is_kept_goes_when_scans_are_taken_back(
    workspace: Workspace, site: Domain, take_back: Callable[[World, list[Scan]], object]
) -> None:
    Workspace.objects.update(timezone="UTC")
    workspace.refresh_from_db()
    world = make_world(workspace, site)
    scans = world.scans([(0, 0, {}), (2, 10, {"scan_class": "bot"})])
    store(scans)
    tag_months.keep(world.tag, list(world.tag.links.values_list("pk", flat=True)), DAY.replace(day=1))
    with transaction.atomic():
        take_back(world, scans)
    assert not TagMonth.objects.exists()


def test_months_of_tags_that_are_gone_or_have_few_links_go(busy: Tagged) -> None:
    tag_months.keep_all(AFTER)
    busy.retag("untag", 0)
    tag_months.keep_all(AFTER)
    assert not TagMonth.objects.exists()


def test_only_the_months_and_workspaces_concerned_are_forgotten(busy: Tagged) -> None:
    tag_months.keep_all(AFTER)
    kept.forget([busy.workspace.pk + 1], [date(2026, 2, 3)])
    assert TagMonth.objects.count() == 3
    kept.forget([busy.workspace.pk], [date(2026, 2, 3), date(2026, 2, 28)])
    assert sorted(TagMonth.objects.values_list("month", flat=True)) == [date(2026, 1, 1), date(2026, 3, 1)]
