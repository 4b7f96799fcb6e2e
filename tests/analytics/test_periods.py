"""Periods: what REST clients may write, and points that are exact on every clock in the world."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.zones import midnight
from analytics.periods import MAX_POINTS, QUARTER, Interval, Period, PeriodError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 5, 13, 9, 41, 7, tzinfo=UTC)  # a Wednesday
# Half-hour and quarter-hour offsets, half-hour clock changes, clocks that skip or repeat midnight, a skipped date.
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Africa/Cairo",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Havana",
]


# Which point a quarter of an hour belongs to, worked out from its own local clock alone.
POINT_OF: dict[Interval, Callable[[datetime], object]] = {
    Interval.QUARTER: datetime.timestamp,
    Interval.HOUR: lambda local: (local.date(), local.hour, local.utcoffset()),
    Interval.DAY: datetime.date,
    Interval.WEEK: lambda local: local.isocalendar()[:2],
    Interval.MONTH: lambda local: (local.year, local.month),
}


def key_of(moment: datetime, zone: ZoneInfo, interval: Interval) -> object:
    """Which point an instant belongs to."""
    return POINT_OF[interval](moment.astimezone(zone))


def quarters(period: Period) -> list[datetime]:
    return [period.start + number * QUARTER for number in range((period.end - period.start) // QUARTER)]


def brute_force_starts(clock: list[datetime], interval: Interval) -> list[datetime]:
    """Of quarters of an hour as the local clock shows them: the first one of each point."""
    return [next(group).astimezone(UTC) for _, group in groupby(clock, key=POINT_OF[interval])]


def clock_of(period: Period) -> list[datetime]:
    return [moment.astimezone(period.zone) for moment in quarters(period)]


periods = st.builds(
    lambda zone, start, length, interval: Period.between(ZoneInfo(zone), start, start + length, interval),
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2011, 11, 20), datetime(2037, 12, 1), timezones=st.just(UTC)),
    length=st.timedeltas(timedelta(seconds=1), timedelta(days=20)),
    interval=st.sampled_from(Interval),
)


@given(period=periods)
def test_points_begin_where_the_local_clock_turns(period: Period) -> None:
    assert period.starts() == brute_force_starts(clock_of(period), period.interval)


@pytest.mark.parametrize("zone", ZONES)
def test_points_over_two_years_of_clock_changes(zone: str) -> None:
    for year in (2011, 2018, 2026):
        start = datetime(year, 9, 1, tzinfo=UTC)
        for part in range(6):
            begin = start + part * timedelta(days=70)
            periods_of_it = [
                Period.between(ZoneInfo(zone), begin, begin + timedelta(days=70), interval)
                for interval in Interval
                if interval is not Interval.QUARTER  # too many points
            ]
            clock = clock_of(periods_of_it[0])
            for period in periods_of_it:
                assert period.starts() == brute_force_starts(clock, period.interval), period


@given(period=periods)
def test_dates_of_a_period_are_those_its_quarters_lie_in(period: Period) -> None:
    dates = {moment.astimezone(period.zone).date() for moment in quarters(period)}
    assert (period.first_date, period.last_date) == (min(dates), max(dates))


def test_every_zone_keeps_to_quarters_of_an_hour() -> None:
    """What quarter-hour rollups rest upon."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=13 * number) for number in range(140)]
    for name in available_timezones():
        zone = ZoneInfo(name)
        assert all(day.astimezone(zone).utcoffset() % QUARTER == timedelta(0) for day in days), name  # type: ignore[operator]


def local_hours(zone: str, day: date) -> list[str]:
    period = Period.of_days(ZoneInfo(zone), day, day, Interval.HOUR)
    return [f"{start.astimezone(period.zone):%H:%M%z}" for start in period.starts()]


def test_the_repeated_hour_is_two_points_and_the_skipped_one_none() -> None:
    autumn = local_hours("Europe/Berlin", date(2026, 10, 25))
    assert len(autumn) == 25
    assert autumn[2:4] == ["02:00+0200", "02:00+0100"]
    spring = local_hours("Europe/Berlin", date(2026, 3, 29))
    assert len(spring) == 23
    assert spring[1:3] == ["01:00+0100", "03:00+0200"]


def test_a_clock_change_of_half_an_hour_makes_a_short_point() -> None:
    assert local_hours("Australia/Lord_Howe", date(2026, 4, 5))[1:4] == ["01:00+1100", "01:30+1030", "02:00+1030"]
    assert local_hours("Australia/Lord_Howe", date(2026, 10, 4))[1:4] == ["01:00+1030", "02:30+1100", "03:00+1100"]


def test_a_day_without_midnight_begins_when_its_clock_does() -> None:
    assert local_hours("Asia/Beirut", date(2026, 3, 29))[0] == "01:00+0300"
    assert len(local_hours("Asia/Beirut", date(2026, 3, 29))) == 23
    assert midnight(date(2026, 3, 29), ZoneInfo("Asia/Beirut")) == datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_nothing_asked_is_the_last_thirty_days_by_day() -> None:
    period = Period.parse(BERLIN, NOW, None, None, None)
    assert (period.first_date, period.last_date, period.interval) == (date(2026, 4, 14), date(2026, 5, 13), "day")
    assert len(period.starts()) == 30
    assert period.is_whole_days


def test_dates_are_local_days_and_the_last_is_included() -> None:
    period = Period.parse(BERLIN, NOW, "2026-05-01", "2026-05-02", "hour")
    assert period.start == datetime(2026, 4, 30, 22, tzinfo=UTC)
    assert period.end == datetime(2026, 5, 2, 22, tzinfo=UTC)


def test_one_end_alone_leaves_the_other_to_the_default() -> None:
    assert Period.parse(BERLIN, NOW, None, "2026-03-31", None).first_date == date(2026, 3, 2)
    assert Period.parse(BERLIN, NOW, "2026-05-10", None, None).last_date == date(2026, 5, 13)


def test_date_times_are_widened_to_whole_quarters_of_an_hour() -> None:
    period = Period.parse(BERLIN, NOW, "2026-05-01T10:07:00+02:00", "2026-05-01T12:15:00.5+02:00", "hour")
    assert period.start == datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
    assert period.end == datetime(2026, 5, 1, 10, 30, tzinfo=UTC)
    assert not period.is_whole_days


def test_weeks_start_on_monday_and_the_first_point_with_the_period() -> None:
    period = Period.parse(BERLIN, NOW, "2026-05-06", "2026-05-19", "week")
    assert [start.astimezone(BERLIN).date().isoformat() for start in period.starts()] == [
        "2026-05-06",
        "2026-05-11",
        "2026-05-18",
    ]


@pytest.mark.parametrize(
    ("start", "end", "interval", "parameter", "says"),
    [
        ("2026-05-02", "2026-05-01", "day", "from", "before"),
        ("2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z", "hour", "from", "before"),
        ("2026-05-20", None, "day", "from", "before"),
        ("2026-05-01", "2026-05-02", "minute", "interval", "15min, hour, day, week or month"),
        ("2026-05-01", "2026-05-02", "Day\x00", "interval", "15min, hour, day, week or month"),
        ("2020-01-01", "2026-05-02", "hour", "interval", "interval=week"),
        ("2020-01-01", "2020-12-31", "hour", "interval", "interval=day"),
        ("0000-01-01", None, "day", "from", "2026-03-29"),
        ("0001-01-01", None, "day", "from", "between 2000 and 2099"),
        ("0001-01-01T00:00:00+14:00", None, "day", "from", "between 2000 and 2099"),
        (None, "9999-12-31", "day", "to", "between 2000 and 2099"),
        (None, "9999-12-31T23:59:59-12:00", "day", "to", "between 2000 and 2099"),
        ("2026-02-30", None, "day", "from", "2026-03-29"),
        ("yesterday", None, "day", "from", "2026-03-29"),
        ("2026-05-01T10:00:00", None, "day", "from", "offset"),
        ("2026-05-01T10:00:00 02:00", None, "day", "from", "%2B"),
        ("20260501", None, "day", "from", "2026-03-29"),
        ("2026-05-01\x00", None, "day", "from", "2026-03-29"),
        ("２０２６-05-01", None, "day", "from", "2026-03-29"),
        ("\ud800", None, "day", "from", "2026-03-29"),
    ],
)
def test_nonsense_is_refused_with_what_to_write(
    start: str | None, end: str | None, interval: str, parameter: str, says: str
) -> None:
    with pytest.raises(PeriodError) as refused:
        Period.parse(BERLIN, NOW, start, end, interval)
    assert refused.value.parameter == parameter
    assert says in refused.value.message


@given(start=st.text(max_size=30), end=st.text(max_size=30), interval=st.text(max_size=6))
def test_no_text_breaks_the_parser(start: str, end: str, interval: str) -> None:
    try:
        period = Period.parse(BERLIN, NOW, start, end, interval)
    except PeriodError:
        return
    assert period.start < period.end


@given(
    start=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    length=st.integers(0, 36_000),
    interval=st.sampled_from(Interval),
)
def test_no_period_has_more_points_than_allowed(start: date, length: int, interval: Interval) -> None:
    try:
        period = Period.parse(BERLIN, NOW, start.isoformat(), (start + timedelta(days=length)).isoformat(), interval)
    except PeriodError:
        return
    assert len(period.starts()) <= MAX_POINTS + 2  # a period may begin and end inside a point
