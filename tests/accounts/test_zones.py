"""A change of zone: every moment belongs to one local day, dates never go back, and only one day has another length."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.zones import LocalDate, Zones, next_midnight
from analytics.rollups.days import around
from links.visitors import LocalDays

QUARTER = timedelta(minutes=15)
# Both sides of the date line, odd offsets, clocks that change in either half of the year, also at midnight.
NAMES = [
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Auckland", "America/Santiago",
    "America/Havana", "Africa/Cairo", "Asia/Beirut",
]  # fmt: skip
names = st.sampled_from(NAMES)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


def changed(before: str, after: str, asked_at: datetime) -> Zones:
    return Zones(before, int(next_midnight(asked_at, ZoneInfo(before)).timestamp()), after)


@given(before=names, after=names, asked_at=moments)
@example("Europe/Berlin", "America/New_York", datetime(2026, 3, 28, 12, tzinfo=UTC))
@example("America/Santiago", "Europe/Berlin", datetime(2026, 9, 5, 12, tzinfo=UTC))
@example("Pacific/Kiritimati", "Pacific/Pago_Pago", datetime(2026, 6, 1, tzinfo=UTC))
@example("Pacific/Pago_Pago", "Pacific/Kiritimati", datetime(2026, 6, 1, tzinfo=UTC))
def test_days_follow_each_other_without_a_gap(before: str, after: str, asked_at: datetime) -> None:
    zones = changed(before, after, asked_at)
    change = datetime.fromtimestamp(zones.changes_at, UTC)
    moment = change - timedelta(days=2)
    days: list[LocalDate] = []
    while moment < change + timedelta(days=4):
        day = zones.day_of(moment)
        assert day.start <= moment < day.end
        first, last = around(day.date, day.date)
        assert first <= moment <= last  # where recounts look for a day's scans
        assert abs(day.date.toordinal() - moment.toordinal()) <= 1  # what ingestion takes
        if not days or days[-1] != day:
            days.append(day)
        moment += QUARTER
    for day, following in pairwise(days):
        assert day.date < following.date
        assert day.end == following.start
    odd = [day for day in days if day.start == change]
    assert len(odd) == 1, "a day begins with the change"
    for zone, some in ((before, [day for day in days if day.end <= change]), (after, days[days.index(odd[0]) + 1 :])):
        assert all(Zones(zone).day_of(day.start) == day for day in some)


@pytest.mark.parametrize(
    ("before", "after", "hours", "date"),
    [
        ("Europe/Berlin", "America/New_York", 30, 2),  # westwards: longer
        ("America/New_York", "Europe/Berlin", 18, 2),  # eastwards: shorter
        ("Pacific/Kiritimati", "Pacific/Honolulu", 48, 2),
        ("Pacific/Honolulu", "Pacific/Kiritimati", 24, 3),  # 2 June has no scans at all
        ("Europe/Berlin", "Europe/Paris", 24, 2),
    ],
)
def test_how_long_the_first_day_is(before: str, after: str, hours: int, date: int) -> None:
    zones = changed(before, after, datetime(2026, 6, 1, 12, tzinfo=ZoneInfo(before)))
    day = zones.day_of(datetime.fromtimestamp(zones.changes_at, UTC))
    assert (day.end - day.start, day.date.day) == (timedelta(hours=hours), date)


@given(before=names, after=names, asked_at=moments, minutes=st.lists(st.integers(-2000, 5000), max_size=20))
def test_a_scan_is_written_down_with_that_day(before: str, after: str, asked_at: datetime, minutes: list[int]) -> None:
    zones = changed(before, after, asked_at)
    days = LocalDays(dict)
    for minute in sorted(minutes):
        at = zones.changes_at + minute * 60.0
        day = zones.day_of(datetime.fromtimestamp(at, UTC))
        assert days.of(at, 1, str(zones)).date == day.date.isoformat()


def test_as_text_and_back() -> None:
    for zones in (Zones("UTC"), Zones("Europe/Berlin", 1_780_000_000, "Asia/Tokyo")):
        assert Zones.parse(str(zones)) == zones
    assert str(Zones("Europe/Berlin")) == "Europe/Berlin"
