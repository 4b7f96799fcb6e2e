"""Bars, map and hours: numbers in words, what is left over, and where a choice leads."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from analytics.models import Dimension
from analytics.pages.cards import shortened
from analytics.pages.changes import Change, percent_of
from analytics.pages.chosen import Chosen
from analytics.pages.pictures import heat, world_map
from analytics.pages.rankings import Wording, bars_of
from analytics.pages.series import dates_of, who_of
from analytics.periods import Interval, Period
from analytics.reports import BreakdownReport, BreakdownRow, Filter, HeatMap

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
PERIOD = Period.of_days(ZoneInfo("UTC"), date(2026, 5, 1), date(2026, 5, 13), Interval.DAY)
GERMANY = Filter(Dimension.COUNTRY, "DE")
counts = st.lists(st.integers(1, 10**6), max_size=20)


def report(*scans: int, values: str = "DE FR SG", unknown: int = 0, compared: int | None = None) -> BreakdownReport:
    named = values.split() + [f"X{number}" for number in range(len(scans))]
    total = sum(scans) + unknown
    rows = [BreakdownRow(value, value, n, n / total, compared) for value, n in zip(named, scans, strict=False)]
    not_known = BreakdownRow("", "unknown", unknown, unknown / total, compared) if unknown else None
    return BreakdownReport("country", PERIOD, rows, None, 0, not_known, total, compared, NOW)


def wording(**view: object) -> Wording:
    return Wording(Chosen(**view), "by people", "this week", "last week")  # type: ignore[arg-type]


def test_a_bar_says_what_its_numbers_mean() -> None:
    first, second, unknown = bars_of(report(60, 30, unknown=10, compared=30), Dimension.COUNTRY, wording())
    assert (first.label, first.percent, first.width) == ("Germany", "60 %", 100.0)
    assert (second.label, second.percent, second.width) == ("France", "30 %", 50.0)
    assert first.change is not None
    assert first.change.words == "+100 %"
    assert first.explanation == (
        "60 of 100 scans by people this week (60 %). 30 last week. Choose it to look at it alone."
    )
    assert first.address == "?filter=country%3ADE"
    assert (unknown.label, unknown.address, unknown.is_quiet) == ("Not known", "", True)


def test_what_is_chosen_is_given_up_by_choosing_it_again() -> None:
    first, second = bars_of(report(2, 1), Dimension.COUNTRY, wording(only=GERMANY))
    assert first.is_chosen
    assert first.address == "?"
    assert second.address == "?filter=country%3AFR"


@given(counts, st.integers(0, 10), st.integers(1, 12))
def test_what_is_left_out_is_in_the_rest(scans: list[int], unknown: int, limit: int) -> None:
    whole = report(*scans, unknown=unknown, compared=1)
    short = shortened(whole, limit)
    bars = bars_of(short, Dimension.COUNTRY, wording())
    assert len(short.rows) == min(limit, len(scans))
    assert sum(bar.scans for bar in bars) == whole.scans
    assert short.rest_values == max(0, len(scans) - limit)
    assert all(0 <= bar.width <= 100 for bar in bars)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_change_has_a_direction_and_a_sign(now: int, before: int) -> None:
    change = Change.between(now, before)
    assert change is not None
    assert change.before == before
    if change.direction == "up":
        assert now > before
    elif change.direction == "down":
        assert now < before
        assert change.words.startswith("−")


def test_changes_in_words() -> None:
    pairs = [(5, 4), (4, 5), (5, 5), (5, 0), (0, 0), (50, 5), (1001, 1000)]
    words = [change.words for now, before in pairs if (change := Change.between(now, before))]
    assert words == ["+25 %", "−20 %", "±0 %", "new", "±0 %", "× 10", "±0 %"]
    assert Change.between(5, None) is None


def test_shares_in_words() -> None:
    assert [percent_of(part, whole) for part, whole in ((0, 0), (0, 5), (1, 500), (1, 3), (5, 5))] == [
        "0 %",
        "0 %",
        "< 1 %",
        "33 %",
        "100 %",
    ]


def test_the_map_colours_countries_and_names_what_is_too_small() -> None:
    drawn = world_map(report(900, 30, 1), wording(only=GERMANY))
    assert [(row.code, row.step, row.is_drawn) for row in drawn.rows] == [
        ("DE", 5, True),
        ("FR", 3, True),
        ("SG", 1, False),
    ]
    assert [row.code for row in drawn.countries] == ["DE", "FR"]
    assert drawn.rows[0].words == "Germany: 900 scans by people, 97 %"
    assert drawn.rows[0].is_chosen
    assert drawn.rows[1].address == "?filter=country%3AFR"


def test_the_hours_are_told_in_words_and_take_one_stop() -> None:
    rows = [[0] * 24 for _ in range(7)]
    rows[5][13], rows[0][0] = 12, 3
    shown = heat(HeatMap(PERIOD, rows, NOW), wording())
    assert shown.peak == "Busiest: Saturdays, 13:00 to 14:00."
    assert shown.days[5].hours[13].words == "Saturday 13:00 to 14:00: 12 scans by people"
    assert (shown.days[5].hours[13].step, shown.days[0].hours[0].step, shown.days[1].hours[1].step) == (5, 1, 0)
    assert [hour.takes_focus for day in shown.days for hour in day.hours].count(True) == 1
    assert shown.by_hour[13] == ("13–14", ["0", "0", "0", "0", "0", "12", "0"])


def test_a_week_without_scans_has_no_peak() -> None:
    assert heat(HeatMap(PERIOD, [[0] * 24] * 7, NOW), wording()).peak == ""


def test_whose_scans_they_are_and_when() -> None:
    assert who_of(["human"]) == "by people"
    assert who_of(["human", "bot", "head"]) == "by people, bots and header requests"
    assert dates_of(PERIOD) == "1 May to 13 May 2026"
    year = replace(PERIOD, start=datetime(2025, 12, 30, tzinfo=UTC))
    assert dates_of(year) == "30 Dec 2025 to 13 May 2026"
