"""Every zone there is, on every day its clocks are changed 2024–2027: points against a recount of each quarter."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from analytics.periods import DAY, QUARTER, Comparison, Interval, Period
from tests.analytics.test_periods import brute_force_starts

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


@cache
def transitions(name: str) -> list[datetime]:
    """The first quarter of an hour after each change of a zone's clocks."""
    zone, found = ZoneInfo(name), []
    offset = FIRST.astimezone(zone).utcoffset()
    for number in range((LAST - FIRST) // DAY):
        day = FIRST + number * DAY
        if (day + DAY).astimezone(zone).utcoffset() != offset:
            later = (day + n * QUARTER for n in range(1, 97))
            found.append(next(moment for moment in later if moment.astimezone(zone).utcoffset() != offset))
            offset = found[-1].astimezone(zone).utcoffset()
    return found


def quarters_of(zone: ZoneInfo, first: date, last: date) -> Iterator[datetime]:
    """Each quarter of an hour that the local clock shows one of these dates in."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - 2 * DAY
    for number in range(((last - first).days + 5) * 96):
        moment = begin + number * QUARTER
        if first <= moment.astimezone(zone).date() <= last:
            yield moment


def zones_that_change() -> list[str]:
    """One zone for each different history of changes: most names are others' links."""
    by_history: dict[tuple[object, ...], str] = {}
    for name in sorted(available_timezones()):
        offset = FIRST.astimezone(ZoneInfo(name)).utcoffset()
        by_history.setdefault((offset, *transitions(name)), name)
    return [name for history, name in by_history.items() if len(history) > 1]


def test_there_are_days_of_23_25_and_half_hours() -> None:
    lengths = {length_of(ZoneInfo(name), moment) for name in zones_that_change() for moment in transitions(name)}
    assert {timedelta(hours=hours) for hours in (23, 25, 23.5, 24.5)} <= lengths


def length_of(zone: ZoneInfo, moment: datetime) -> timedelta:
    day = moment.astimezone(zone).date()
    period = Period.of_days(zone, day, day, Interval.DAY)
    return period.end - period.start


@pytest.mark.parametrize("name", zones_that_change())
def test_points_around_every_change_are_a_recount(name: str) -> None:
    zone = ZoneInfo(name)
    for moment in transitions(name):
        day = moment.astimezone(zone).date()
        first, last = day - DAY, day + DAY
        clock = [moment.astimezone(zone) for moment in quarters_of(zone, first, last)]
        for interval in Interval:
            period = Period.of_days(zone, first, last, interval)
            assert (period.start, period.end) == (clock[0].astimezone(UTC), clock[-1].astimezone(UTC) + QUARTER)
            assert period.starts() == brute_force_starts(clock, interval), (moment, interval)


@pytest.mark.parametrize("name", zones_that_change())
def test_the_period_before_has_as_many_local_days(name: str) -> None:
    zone = ZoneInfo(name)
    for moment in transitions(name):
        day = moment.astimezone(zone).date()
        period = Period.of_days(zone, day, day + 2 * DAY, Interval.DAY)
        before = period.compared(Comparison.PREVIOUS)
        assert (before.first_date, before.last_date, before.end) == (day - 3 * DAY, day - DAY, period.start)
        assert before.is_whole_days


def between(start: datetime, end: datetime) -> Period:
    return Period.between(ZoneInfo("Europe/Berlin"), start, end, Interval.HOUR)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))  # type: ignore[misc,arg-type]  # year, month, day, …


@pytest.mark.parametrize(
    ("start", "end", "comparison", "expected"),
    [
        # Whole days, over the shorter day and over February.
        ((2026, 3, 29), (2026, 3, 31), "previous", ((2026, 3, 27), (2026, 3, 29))),
        ((2026, 5, 1), (2026, 6, 1), "year", ((2025, 5, 1), (2025, 6, 1))),
        ((2024, 2, 1), (2024, 3, 1), "year", ((2023, 2, 1), (2023, 3, 1))),
        ((2024, 2, 29), (2024, 3, 1), "year", ((2023, 2, 28), (2023, 3, 1))),
        # Hours: as long on the local clock, whatever happened to it in between.
        ((2026, 3, 29, 10), (2026, 3, 30, 10), "previous", ((2026, 3, 28, 10), (2026, 3, 29, 10))),
        ((2026, 5, 2, 10), (2026, 5, 2, 14), "year", ((2025, 5, 2, 10), (2025, 5, 2, 14))),
        ((2024, 2, 28, 20), (2024, 2, 29, 4), "year", ((2023, 2, 28, 20), (2023, 3, 1, 4))),
    ],
)
def test_what_a_period_is_compared_with(
    start: tuple[int, ...], end: tuple[int, ...], comparison: str, expected: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    other = between(local(*start), local(*end)).compared(Comparison(comparison))
    assert (other.start, other.end) == (local(*expected[0]), local(*expected[1]))


def test_the_hour_that_is_repeated_is_compared_with_the_time_before() -> None:
    repeated = between(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    other = repeated.compared(Comparison.PREVIOUS)
    assert (other.start, other.end) == (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), repeated.start)
