"""Every report against a recount of the raw scans in plain Python: any subject, classes, filters and range."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from analytics.models import Dimension, DimensionValue, Scan, ScanClass
from analytics.periods import Interval, Period
from analytics.reports import (
    OVER,
    Filter,
    Kind,
    Refused,
    Source,
    Subject,
    breakdown,
    breakdowns,
    first_and_last,
    heat_map,
    scan_series,
    scans_after_expiry,
)
from links.models import Domain
from tests.analytics.counting import store
from tests.analytics.test_periods import key_of
from tests.analytics.worlds import FIRST, MINUTES, WORDS, World, drawn_scans, has, make_world, value_of

NOW = FIRST + timedelta(minutes=MINUTES, hours=5)
DAYS = MINUTES // 1440
SOME = (Dimension.COUNTRY, Dimension.DEVICE, Dimension.LINK, Dimension.CODE, Dimension.CAMPAIGN)
# No example changes the world; `fill` begins its scans anew.
examples = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
class_sets = st.sets(st.sampled_from(ScanClass), min_size=1).map(frozenset)
dates = st.integers(-2, DAYS + 2).map(lambda number: FIRST.date() + timedelta(days=number))
words = st.sampled_from(["country", "device", "os", "outcome"]).flatmap(
    lambda name: st.sampled_from(WORDS[name][1:]).map(lambda value: Filter(Dimension[name.upper()], value))
)


@pytest.fixture(autouse=True)
def _within_retention() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(workspace: Workspace, site: Domain) -> World:
    return make_world(workspace, site)


def days_between(world: World, first: date, last: date, interval: Interval = Interval.DAY) -> Period:
    return Period.of_days(ZoneInfo(world.workspace.timezone), min(first, last), max(first, last), interval)


def inside(period: Period, scan: Scan) -> bool:
    return period.start <= scan.at < period.end


def fill(world: World, drawn: list[Any]) -> list[Scan]:
    Scan.objects.all().delete()
    DimensionValue.objects.all().delete()
    scans = world.scans(drawn)
    store(scans)
    return scans


@examples
@given(
    drawn=drawn_scans,
    first=dates,
    last=dates,
    classes=class_sets,
    filters=st.lists(words, max_size=2, unique_by=lambda one: one.dimension).map(tuple),
    interval=st.sampled_from([each for each in Interval if each is not Interval.QUARTER]),
)
def test_a_series_of_anything(
    world: World,
    drawn: list[Any],
    first: date,
    last: date,
    classes: frozenset[ScanClass],
    filters: tuple[Filter, ...],
    interval: Interval,
) -> None:
    scans, period = fill(world, drawn), days_between(world, first, last, interval)
    for subject in world.subjects:
        belongs = world.belongs(subject)
        wanted = [scan for scan in scans if belongs(scan) and inside(period, scan) and has(scan, filters)]
        answer = scan_series(subject, period, filters, classes)
        expected = Counter(key_of(scan.at, period.zone, interval) for scan in wanted if scan.scan_class in classes)
        found = {key_of(point.start, period.zone, interval): point.counts.of(classes) for point in answer.points}
        assert {key: n for key, n in found.items() if n} == expected, subject
        assert answer.counts.of(classes) == expected.total()


def test_a_code_of_many_has_only_raw_scans(world: World) -> None:
    fill(world, [(1, 60, {"country": "DE"}), (2, 60, {"country": "DE"})])
    period = days_between(world, FIRST.date(), FIRST.date())
    germans = (Filter(Dimension.COUNTRY, "DE"),)
    by_code = {subject.id: scan_series(subject, period, germans) for subject in map(Subject.of, world.codes)}
    assert [series.source for series in by_code.values()] == [Source.RAW, Source.RAW, Source.ROLLUPS, Source.ROLLUPS]
    assert [series.counts.human for series in by_code.values()] == [0, 1, 1, 0]


@examples
@given(
    drawn=drawn_scans,
    first=dates,
    last=dates,
    classes=class_sets,
    filters=st.lists(words, max_size=1).map(tuple),
    limit=st.integers(1, 3),
)
def test_a_breakdown_of_anything(
    world: World,
    drawn: list[Any],
    first: date,
    last: date,
    classes: frozenset[ScanClass],
    filters: tuple[Filter, ...],
    limit: int,
) -> None:
    scans, period = fill(world, drawn), days_between(world, first, last)
    before = days_between(world, min(first, last) - timedelta(days=20), min(first, last) - timedelta(days=1))
    for subject in world.subjects:
        belongs = world.belongs(subject)
        mine = [scan for scan in scans if belongs(scan) and scan.scan_class in classes and has(scan, filters)]
        limits = {dimension: limit for dimension in SOME if dimension not in _pointless(subject)}
        answers = breakdowns(subject, limits, period, classes=classes, compared=before, filters=filters)
        for dimension, answer in answers.items():
            now = Counter(value_of(scan, dimension) for scan in mine if inside(period, scan))
            earlier = Counter(value_of(scan, dimension) for scan in mine if inside(before, scan))
            _check(answer, now, earlier, limit)


def test_many_breakdowns_take_as_many_queries_as_one(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    words = ("country", "city", "device", "os", "browser", "language")
    fill(world, [(1, 60, {name: WORDS[name][1] for name in words if name in WORDS})])
    period = days_between(world, FIRST.date(), FIRST.date())
    for some in (words[:1], words):
        with django_assert_num_queries(4):
            breakdowns(world.subjects[0], {Dimension[name.upper()]: 3 for name in some}, period)


def _pointless(subject: Subject) -> list[Dimension]:
    ids = [Dimension.CAMPAIGN, Dimension.LINK, Dimension.CODE]
    return ids[: {Kind.WORKSPACE: 0, Kind.CAMPAIGN: 1, Kind.TAG: 1, Kind.LINK: 2, Kind.CODE: 3}[subject.kind]]


def _check(answer: Any, now: Counter[str], earlier: Counter[str], limit: int) -> None:
    known = {value: n for value, n in now.items() if value}
    assert [row.scans for row in answer.rows] == sorted(known.values(), reverse=True)[:limit]
    shown = {row.value for row in answer.rows}
    for row in answer.rows:
        assert (row.scans, row.compared) == (now[row.value], earlier[row.value])
        assert row.share == now[row.value] / now.total()
    rest = (sum(n for value, n in known.items() if value not in shown), len(known) - len(shown))
    assert (answer.rest.scans if answer.rest else 0, answer.rest_values) == rest
    assert (answer.unknown.scans if answer.unknown else 0) == now[""]
    assert (answer.unknown.compared if answer.unknown else 0) == earlier[""]
    assert (answer.scans, answer.compared_scans) == (now.total(), earlier.total())
    assert sum(row.compared for row in [*answer.rows, answer.rest, answer.unknown] if row) == earlier.total()


@examples
@given(
    drawn=drawn_scans,
    first=dates,
    last=dates,
    classes=class_sets,
    zone=st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_hours_of_the_week_of_anything(
    world: World, drawn: list[Any], first: date, last: date, classes: frozenset[ScanClass], zone: str
) -> None:
    scans = fill(world, drawn)
    period = Period.of_days(ZoneInfo(zone), min(first, last), max(first, last), Interval.DAY)
    for subject in world.subjects:
        belongs = world.belongs(subject)
        locals_ = [
            scan.at.astimezone(period.zone)
            for scan in scans
            if belongs(scan) and inside(period, scan) and scan.scan_class in classes
        ]
        expected = Counter((local.weekday(), local.hour) for local in locals_)
        answer = heat_map(subject, period, classes)
        found = {(day, hour): n for day, row in enumerate(answer.rows) for hour, n in enumerate(row) if n}
        assert found == expected
        assert answer.most == max(expected.values(), default=0)


@examples
@given(drawn=drawn_scans, classes=class_sets, first=dates, last=dates)
def test_first_last_and_what_is_over(
    world: World, drawn: list[Any], classes: frozenset[ScanClass], first: date, last: date
) -> None:
    scans, period = fill(world, drawn), days_between(world, first, last)
    for subject in world.subjects:
        belongs = world.belongs(subject)
        mine = [scan for scan in scans if belongs(scan) and scan.scan_class in classes]
        quarters = sorted(scan.at.replace(minute=scan.at.minute // 15 * 15) for scan in mine)
        answer = first_and_last(subject, classes)
        assert (answer.first, answer.last) == ((quarters[0], quarters[-1]) if quarters else (None, None))
        over = Counter(scan.outcome for scan in mine if inside(period, scan) and scan.outcome in OVER)
        after = scans_after_expiry(subject, period, classes)
        assert (after.scans, +Counter(after.outcomes)) == (over.total(), over)


def test_what_raw_scans_no_longer_hold_is_refused(world: World) -> None:
    long_ago = days_between(world, FIRST.date() - timedelta(days=100), FIRST.date())
    country, device = Filter(Dimension.COUNTRY, "DE"), Filter(Dimension.DEVICE, "tablet")
    for ask in (
        lambda: scan_series(world.subjects[0], long_ago, [country, device]),
        lambda: breakdown(world.subjects[0], Dimension.OS, long_ago, filters=[country]),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert (refused.value.parameter, "90 days" in refused.value.message) == ("from", True)


@pytest.mark.parametrize(
    ("subject", "wanted", "says"),
    [
        (0, Filter(Dimension.LINK, "0"), "no link 0 in this workspace"),
        (0, Filter(Dimension.LINK, "one"), "a number"),
        (0, Filter(Dimension.LINK, "9" * 30), "a number"),
        (3, Filter(Dimension.CAMPAIGN, "1"), "in this link"),
    ],
)
def test_filters_that_find_nothing_are_refused(world: World, subject: int, wanted: Filter, says: str) -> None:
    with pytest.raises(Refused, match=says):
        scan_series(world.subjects[subject], days_between(world, FIRST.date(), FIRST.date()), [wanted])


def test_a_filter_by_an_id_makes_a_smaller_subject(world: World) -> None:
    scans = fill(world, [(number % 4, number * 100, {"visitor": "a" * 32}) for number in range(12)])
    period = days_between(world, FIRST.date(), FIRST.date() + timedelta(days=3))
    code = world.codes[1]
    answer = scan_series(
        world.subjects[0], period, [Filter(Dimension.CODE, str(code.pk)), Filter(Dimension.LINK, str(code.link_id))]
    )
    assert answer.counts.human == len([scan for scan in scans if scan.code_id == code.pk]) == 3
    assert answer.source is Source.ROLLUPS
    assert answer.unique_visitors


def test_breakdowns_are_of_whole_days_of_the_workspaces_own_clock(world: World) -> None:
    elsewhere = Period.of_days(ZoneInfo("Asia/Tokyo"), FIRST.date(), FIRST.date(), Interval.DAY)
    with pytest.raises(Refused, match="Europe/Berlin") as refused:
        breakdown(world.subjects[0], Dimension.COUNTRY, elsewhere)
    assert refused.value.parameter == "timezone"
    half = Period.between(ZoneInfo("Europe/Berlin"), FIRST, FIRST + timedelta(hours=9), Interval.DAY)
    with pytest.raises(Refused, match="as dates"):
        breakdown(world.subjects[0], Dimension.COUNTRY, half)


def test_another_zone_has_no_unique_visitors(world: World) -> None:
    fill(world, [(0, 0, {"visitor": "a" * 32})])
    elsewhere = Period.of_days(ZoneInfo("Asia/Tokyo"), FIRST.date(), FIRST.date(), Interval.DAY)
    answer = scan_series(world.subjects[0], elsewhere)
    assert (answer.counts.human, answer.unique_visitors, answer.points[0].unique_visitors) == (1, None, None)
    assert "Europe/Berlin only" in answer.unique_visitors_definition
