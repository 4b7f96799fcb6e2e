"""Reports against a recount of the same rollup rows in plain Python."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from model_bakery import baker
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from analytics import reports
from analytics.models import LocalDay, QuarterHour, Scan, Scope
from analytics.periods import QUARTER, Interval, Period
from analytics.reports import Kind, Subject
from links.models import Code, Domain, Link, LinkCounter
from tests.analytics.counting import make_scan
from tests.analytics.test_periods import ZONES, key_of

BERLIN = ZoneInfo("Europe/Berlin")
CLASSES = ("human", "preview", "prefetch", "bot", "scanner", "internal", "head")
LINK = 7

# Around the clock changes of every zone in ZONES, so that they are met often.
FIRST = datetime(2026, 3, 20, tzinfo=UTC)
QUARTERS_OF_FIVE_WEEKS = 35 * 96


@st.composite
def rollups(draw: st.DrawFn) -> dict[datetime, tuple[int, ...]]:
    """Counts of each class by quarter of an hour."""
    numbers = draw(st.sets(st.integers(0, QUARTERS_OF_FIVE_WEEKS), max_size=40))
    counts = st.tuples(*[st.integers(0, 9) for _ in CLASSES])
    return {FIRST + number * QUARTER: draw(counts) for number in sorted(numbers)}


def store(rows: dict[datetime, tuple[int, ...]], scope_id: int = LINK, zone: str = "Europe/Berlin") -> None:
    """Quarters of an hour, and the local days that they make."""
    QuarterHour.objects.all().delete()
    LocalDay.objects.all().delete()
    days: dict[date, Counter[str]] = {}
    for start, counts in rows.items():
        day = days.setdefault(start.astimezone(ZoneInfo(zone)).date(), Counter())
        day.update(dict(zip(CLASSES, counts, strict=True)))
    LocalDay.objects.bulk_create(
        LocalDay(scope=Scope.LINK, scope_id=scope_id, date=day, **counts) for day, counts in days.items()
    )
    QuarterHour.objects.bulk_create(
        QuarterHour(scope=scope, scope_id=scope_id, start=start, **dict(zip(CLASSES, counts, strict=True)))
        for start, counts in rows.items()
        for scope in (Scope.LINK, Scope.CODE)
    )


@pytest.mark.django_db
@given(
    rows=rollups(),
    zone=st.sampled_from(ZONES),
    begin=st.integers(0, QUARTERS_OF_FIVE_WEEKS),
    length=st.integers(1, 50 * 96),
    interval=st.sampled_from(Interval),
    own_zone=st.sampled_from(["", "Asia/Tokyo"]),
)
def test_a_series_is_what_a_recount_says(
    rows: dict[datetime, tuple[int, ...]], zone: str, begin: int, length: int, interval: Interval, own_zone: str
) -> None:
    store(rows, zone=zone)
    start = FIRST + begin * QUARTER
    length = min(length, 20 * 96) if interval is Interval.QUARTER else length
    period = Period.between(ZoneInfo(zone), start, start + length * QUARTER, interval)
    expected: dict[object, Counter[str]] = {}
    for number in range(length):
        moment = start + number * QUARTER
        point = expected.setdefault(key_of(moment, period.zone, interval), Counter(dict.fromkeys(CLASSES, 0)))
        point.update(dict(zip(CLASSES, rows.get(moment, ()), strict=False)))

    series = reports.scan_series(about(LINK, zone=own_zone or zone), period)

    assert [point.counts._asdict() for point in series.points] == list(expected.values())
    assert series.counts._asdict() == {name: sum(point[name] for point in expected.values()) for name in CLASSES}


@pytest.mark.django_db
@given(
    uniques=st.dictionaries(st.dates(date(2026, 3, 1), date(2026, 5, 30)), st.integers(1, 50), max_size=30),
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2026, 3, 1), date(2026, 4, 30)),
    days=st.integers(0, 29),
    interval=st.sampled_from([Interval.DAY, Interval.WEEK, Interval.MONTH]),
)
def test_unique_visitors_are_sums_of_local_days(
    uniques: dict[date, int], zone: str, first: date, days: int, interval: Interval
) -> None:
    LocalDay.objects.all().delete()
    LocalDay.objects.bulk_create(
        LocalDay(scope=Scope.LINK, scope_id=LINK, date=day, visitors=visitors) for day, visitors in uniques.items()
    )
    expected: Counter[object] = Counter()
    for number in range(days + 1):
        day = first + timedelta(days=number)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
        expected[key_of(noon, ZoneInfo(zone), interval)] += uniques.get(day, 0)

    period = Period.of_days(ZoneInfo(zone), first, first + timedelta(days=days), interval)
    series = reports.scan_series(about(LINK, zone=zone), period)

    assert [point.unique_visitors for point in series.points] == list(expected.values())
    assert series.unique_visitors == sum(expected.values())


def about(pk: int, kind: Kind = Kind.LINK, zone: str = "Europe/Berlin") -> Subject:
    return Subject(kind, pk, Workspace(pk=1, name="Acme", timezone=zone), "something")


def by_day(first: date, last: date, interval: Interval = Interval.DAY) -> Period:
    return Period.of_days(BERLIN, first, last, interval)


@pytest.mark.django_db
def test_a_series_of_one_thing_says_nothing_of_another() -> None:
    store({FIRST: (1, 0, 0, 0, 0, 0, 0)}, scope_id=8)
    assert reports.scan_series(about(LINK), by_day(date(2026, 3, 20), date(2026, 3, 20))).counts.human == 0
    assert reports.scan_series(about(8, Kind.WORKSPACE), by_day(date(2026, 3, 20), date(2026, 3, 20))).counts.human == 0
    assert reports.scan_series(about(8), by_day(date(2026, 3, 20), date(2026, 3, 20))).counts.human == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "interval"), [(date(2026, 3, 20), Interval.HOUR), (date(2020, 11, 1), Interval.DAY)])
def test_two_queries_whatever_the_range(
    first: date, interval: Interval, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    store({FIRST + number * QUARTER: (1, 0, 0, 2, 0, 0, 0) for number in range(200)})
    with django_assert_max_num_queries(2):
        series = reports.scan_series(about(LINK), by_day(first, date(2026, 4, 20), interval))
    assert (series.counts.human, series.counts.bot, series.counts.others) == (200, 400, 400)


def definition(start: datetime, length: timedelta) -> str:
    return reports.unique_visitors_definition(Period.between(BERLIN, start, start + length, Interval.HOUR))


def test_the_definition_of_unique_visitors_fits_the_range() -> None:
    midnight = datetime(2026, 5, 4, tzinfo=BERLIN)
    assert definition(midnight, timedelta(days=1)) == "unique visitors of one local day"
    assert definition(midnight, timedelta(days=2)) == "sum of daily uniques"
    assert definition(midnight, timedelta(hours=5)) == (
        "unique visitors of one local day, over every local day the range touches"
    )
    assert definition(midnight + timedelta(hours=5), timedelta(days=1)) == (
        "sum of daily uniques, over every local day the range touches"
    )


@pytest.mark.django_db
def test_hours_have_no_unique_visitors_but_their_day_has() -> None:
    LocalDay.objects.create(scope=Scope.LINK, scope_id=LINK, date=date(2026, 3, 20), visitors=3)
    series = reports.scan_series(about(LINK), by_day(date(2026, 3, 20), date(2026, 3, 20), Interval.HOUR))
    assert {point.unique_visitors for point in series.points} == {None}
    assert series.unique_visitors == 3


@pytest.mark.parametrize(("since", "queries"), [(timedelta(hours=1), 2), (timedelta(days=40), 3)])
def test_recent_scans_are_newest_first_with_their_codes(
    workspace: Workspace,
    site: Domain,
    django_assert_num_queries: DjangoAssertNumQueries,
    since: timedelta,
    queries: int,
) -> None:
    link = baker.make(Link, workspace=workspace, destination="https://example.com/")
    codes = [baker.make(Code, link=link, domain=site, path=path, canonical=path) for path in ("AAAAAA", "BBBBBB")]
    first = (timezone.now() - since).replace(minute=0)
    moments = [first + minute * QUARTER / 15 for minute in range(5)]
    Scan.objects.bulk_create(make_scan(at, "UTC", link_id=link.pk, code_id=codes[at.minute % 2].pk) for at in moments)
    Scan.objects.bulk_create([make_scan(timezone.now(), "UTC", link_id=link.pk + 1, code_id=codes[0].pk)])
    with django_assert_num_queries(queries):
        recent = reports.recent_scans(Subject.of(link), 3)
    assert [scan.scan.at.minute for scan in recent] == [4, 3, 2]
    assert [scan.code for scan in recent] == [codes[0], codes[1], codes[0]]


def test_scans_ever_reads_the_counter_of_the_link(workspace: Workspace) -> None:
    link = baker.make(Link, workspace=workspace, destination="https://example.com/")
    assert reports.scans_ever(link) == 0
    LinkCounter.objects.create(link=link, human=4, other=3)
    assert reports.scans_ever(Link.objects.select_related("counter").get(pk=link.pk)) == 7
