"""Running totals: whatever comes late or is taken back, and however far they are kept, sums are those of the days."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from analytics import running_totals
from analytics.models import Breakdown, Dimension, LocalDay, RunningTotal, ScanClass, Scope
from analytics.periods import Interval, Period
from analytics.reports import Subject, breakdown
from analytics.reports.running import running_sums
from analytics.rollups.moves import move_classes
from links.models import Domain
from tests.analytics.counting import make_scan, store
from tests.analytics.worlds import World, make_world

FIRST = date(2026, 3, 1)
DAYS = 12
LINK = Dimension.LINK
CLASSES = list(ScanClass)
days = st.integers(0, DAYS - 1).map(lambda number: FIRST + timedelta(days=number))
places = st.sampled_from([0, 3])
scans = st.tuples(days, places, st.integers(1, 5), st.integers(1, 9))
BOTH = frozenset({ScanClass.HUMAN, ScanClass.BOT})


def count(workspace_id: int, day: date, place: int, link: int, n: int) -> None:
    """Scans of a link as ingestion counts them, or takes them back: the day's sum, and the link's part of it."""
    key: dict[str, Any] = {"scope": Scope.WORKSPACE, "scope_id": workspace_id, "date": day}
    LocalDay.objects.get_or_create(**key)
    LocalDay.objects.filter(**key).update(**{CLASSES[place]: F(CLASSES[place]) + n})
    key |= {"dimension": LINK, "scan_class": place, "value": link}
    Breakdown.objects.get_or_create(**key)
    Breakdown.objects.filter(**key).update(n=F("n") + n)


def swap(workspace_id: int, day: date, place: int, one: int, other: int) -> None:
    """A scan of one link, if it had any, is another's after all: no sum of a day shows it."""
    if not Breakdown.objects.filter(scope_id=workspace_id, date=day, scan_class=place, value=one, n__gt=0).exists():
        return
    running_totals.forget([workspace_id], [day])
    count(workspace_id, day, place, one, -1)
    count(workspace_id, day, place, other, 1)


def brute_force(workspace_id: int, first: date, last: date, classes: frozenset[ScanClass]) -> Counter[int]:
    sums = Counter[int]()
    for row in Breakdown.objects.filter(scope=Scope.WORKSPACE, scope_id=workspace_id, dimension=LINK):
        if first <= row.date <= last and CLASSES[row.scan_class] in classes:
            sums[row.value] += row.n
    return sums


def keep(workspace_id: int, until: date) -> None:
    for place in (0, 3):
        running_totals.keep(workspace_id, LINK, place, until)


steps = st.one_of(
    st.tuples(st.just("count"), scans),
    st.tuples(st.just("keep"), days),
    st.tuples(st.just("swap"), st.tuples(days, places, st.integers(1, 5), st.integers(1, 5))),
)


@pytest.mark.django_db
@settings(max_examples=30)
@given(
    history=st.lists(steps, min_size=4, max_size=25),
    first=days,
    length=st.integers(0, DAYS),
    classes=st.sampled_from([BOTH, frozenset({ScanClass.HUMAN}), frozenset({ScanClass.BOT})]),
)
def test_a_difference_is_the_sum_of_the_days(
    history: list[Any], first: date, length: int, classes: frozenset[ScanClass]
) -> None:
    workspace_id = Workspace.objects.create(name="Acme", slug=f"acme-{Workspace.objects.count()}").pk
    for what, step in history:
        match what:
            case "count":
                count(workspace_id, *step)
            case "keep":
                keep(workspace_id, step)
            case "swap":
                swap(workspace_id, *step)
    last = first + timedelta(days=length)
    period = Period.of_days(Subject.of(Workspace.objects.get(pk=workspace_id)).zone, first, last, Interval.DAY)
    found = running_sums(workspace_id, [LINK], period, classes)
    if not found:
        assert not RunningTotal.objects.filter(
            workspace_id=workspace_id, scan_class__in=[CLASSES.index(each) for each in classes], date__lte=last
        )
    else:
        sums = Counter[int](dict(zip(*map(np.ndarray.tolist, found[LINK]), strict=True)))
        assert +sums == +brute_force(workspace_id, first, last, classes)


@pytest.fixture
def busy(workspace: Workspace) -> Subject:
    """Twelve days on which more links were scanned than are added up day by day."""
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        many = running_totals.MANY_VALUES + 1
        LocalDay.objects.create(scope=Scope.WORKSPACE, scope_id=workspace.pk, date=day, human=many + number)
        Breakdown.objects.bulk_create(
            Breakdown(
                scope=Scope.WORKSPACE,
                scope_id=workspace.pk,
                dimension=LINK,
                scan_class=0,
                date=day,
                value=link,
                n=1 + (number if link == 1 else 0),
            )
            for link in range(1, many + 1)
        )
    return Subject.of(workspace)


def test_long_lists_get_a_chain_by_themselves_and_late_scans_are_taken_in(busy: Subject) -> None:
    today = FIRST + timedelta(days=DAYS)
    assert running_totals.keep_all(today) == DAYS
    assert set(RunningTotal.objects.values_list("dimension", "scan_class")) == {(LINK, 0)}
    assert running_totals.keep_all(today) == 0
    count(busy.id, FIRST + timedelta(days=9), 0, 5, 7)
    assert running_totals.keep_all(today) == 3
    assert running_totals.keep_all(today) == 0


def test_a_list_is_the_same_with_and_without_a_chain(
    busy: Subject, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    period = Period.of_days(busy.zone, FIRST + timedelta(days=1), FIRST + timedelta(days=8), Interval.DAY)
    before = Period.of_days(busy.zone, FIRST, FIRST, Interval.DAY)

    def asked() -> Any:
        answer = breakdown(busy, LINK, period, classes=BOTH, limit=3, compared=before)
        return answer.rows, answer.rest, answer.rest_values, answer.unknown, answer.scans, answer.compared_scans

    without = asked()
    assert without[0][0].scans == 8 + sum(range(1, 9))
    running_totals.keep_all(FIRST + timedelta(days=DAYS))
    with django_assert_max_num_queries(13):
        assert asked() == without


@pytest.fixture
def world(workspace: Workspace, site: Domain) -> World:
    Workspace.objects.update(timezone="UTC")
    workspace.refresh_from_db()
    return make_world(workspace, site)


def test_scans_that_change_their_class_within_a_day_cut_the_chain(world: World) -> None:
    """One link's human is a bot, another's bot a human: no sum of the day shows it."""
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    ids = {"workspace_id": world.workspace.pk}
    human, bot = (
        make_scan(noon, "UTC", link_id=link.pk, code_id=code.pk, scan_class=scan_class, **ids)
        for link, code, scan_class in zip(world.links, world.codes[1:], ("human", "bot"), strict=False)
    )
    store([human, bot])
    running_totals.keep(world.workspace.pk, LINK, 0, noon.date())
    with transaction.atomic():
        move_classes([(human, "bot"), (bot, "human")])
    period = Period.of_days(ZoneInfo("UTC"), noon.date(), noon.date(), Interval.DAY)
    (row,) = breakdown(Subject.of(world.workspace), LINK, period).rows
    assert (row.value, row.scans) == (str(world.links[1].pk), 1)
