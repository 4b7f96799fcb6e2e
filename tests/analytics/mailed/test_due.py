"""Which period is due when, in any zone: local days, weeks and months, each exactly once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.mailed.due import due_from, last_due
from analytics.mailed.models import Frequency

BERLIN = ZoneInfo("Europe/Berlin")
zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"]
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("frequency", "now", "first", "last", "before"),
    [
        (Frequency.DAILY, "2026-05-18T04:59", date(2026, 5, 16), date(2026, 5, 16), date(2026, 5, 15)),
        (Frequency.DAILY, "2026-05-18T05:00", date(2026, 5, 17), date(2026, 5, 17), date(2026, 5, 16)),
        (Frequency.WEEKLY, "2026-05-18T04:59", date(2026, 5, 4), date(2026, 5, 10), date(2026, 4, 27)),
        (Frequency.WEEKLY, "2026-05-18T05:00", date(2026, 5, 11), date(2026, 5, 17), date(2026, 5, 4)),
        (Frequency.WEEKLY, "2026-05-24T21:00", date(2026, 5, 11), date(2026, 5, 17), date(2026, 5, 4)),
        (Frequency.MONTHLY, "2026-05-01T04:59", date(2026, 3, 1), date(2026, 3, 31), date(2026, 2, 1)),
        (Frequency.MONTHLY, "2026-05-01T05:00", date(2026, 4, 1), date(2026, 4, 30), date(2026, 3, 1)),
    ],
)
def test_seven_in_the_morning_after_the_period(
    frequency: Frequency, now: str, first: date, last: date, before: date
) -> None:
    due = last_due(frequency, BERLIN, datetime.fromisoformat(now).replace(tzinfo=UTC), 7)
    assert (due.period.first_date, due.period.last_date, due.before.first_date) == (first, last, before)
    assert due.before.end == due.period.start


@given(st.sampled_from(Frequency), zones, moments, st.integers(0, 23))
def test_every_moment_has_one_report_and_none_is_left_out(
    frequency: Frequency, zone: str, now: datetime, hour: int
) -> None:
    due = last_due(frequency, ZoneInfo(zone), now, hour)
    following = due_from(frequency, ZoneInfo(zone), due.period.last_date + timedelta(days=1), hour)
    assert due.at <= now < following.at
    assert due_from(frequency, ZoneInfo(zone), due.period.first_date, hour) == due
    assert due.period.end == following.period.start
    assert due.at >= due.period.end


def test_periods_are_called_what_people_call_them() -> None:
    now = datetime(2026, 5, 18, 12, tzinfo=UTC)
    words = {each: last_due(each, BERLIN, now, 7) for each in Frequency}
    assert words[Frequency.DAILY].words == "Sunday, 17 May 2026"
    assert words[Frequency.WEEKLY].words == "11 May to 17 May 2026"
    assert (words[Frequency.MONTHLY].words, words[Frequency.MONTHLY].before_words) == ("April 2026", "March")
