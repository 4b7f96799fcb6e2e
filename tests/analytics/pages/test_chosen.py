"""The address bar holds the view: written and read again it is the same; nonsense is as usual, and said."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from analytics.models import Dimension, ScanClass
from analytics.pages.chosen import PRESETS, TABS, Chosen, read
from analytics.periods import Interval
from analytics.reports import Filter

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
days = st.dates(date(2020, 1, 1), date(2026, 5, 13))
tabs = st.fixed_dictionaries({}, optional={name: st.sampled_from(among) for name, among in TABS.items()})
classes = st.sets(st.sampled_from(ScanClass.values), min_size=1).map(
    lambda some: tuple(name for name in ScanClass.values if name in some)
)
values = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40)
filters = st.none() | st.builds(Filter, st.sampled_from(Dimension), values)
views = st.builds(
    Chosen,
    preset=st.sampled_from(list(PRESETS)),
    dates=st.none() | st.tuples(days, days).map(lambda two: (min(two), max(two))),
    compares=st.booleans(),
    classes=classes,
    only=filters,
    tabs=tabs,
)


def read_back(query: str) -> Chosen:
    return read(QueryDict(query.removeprefix("?")), BERLIN, NOW)[0]


@given(views)
def test_a_view_written_and_read_is_the_same_page(chosen: Chosen) -> None:
    again = read_back(chosen.address())
    assert again.address() == chosen.address()
    assert again.period(BERLIN, NOW) == chosen.period(BERLIN, NOW)
    assert (again.compares, again.classes, again.only) == (chosen.compares, chosen.classes, chosen.only)
    assert all(again.tab(name, among) == chosen.tab(name, among) for name, among in TABS.items())


@given(views, st.builds(Filter, st.sampled_from(Dimension), values))
def test_a_row_leads_to_the_view_of_it_alone(chosen: Chosen, only: Filter) -> None:
    assert chosen.address_of_only(only) == chosen.address(only=only)


@given(st.text(max_size=60))
def test_any_text_is_a_view(text: str) -> None:
    names = ("period", "from", "to", "compare", "class", "filter", "places", "top")
    for name in names:
        query = QueryDict(mutable=True)
        query[name] = text
        chosen, _ = read(query, BERLIN, NOW)
        assert 1 <= len(chosen.period(BERLIN, NOW).starts()) <= 130


def test_the_usual_view_has_the_shortest_address() -> None:
    assert Chosen().address() == "?"
    assert Chosen().address(part="top") == "?part=top"
    only = Filter(Dimension.COUNTRY, "DE")
    assert Chosen(preset="7d", only=only).address(compares=False) == "?period=7d&compare=none&filter=country%3ADE"


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("from=2026-05-02&to=2026-05-01", "from", "must not come after"),
        ("from=yesterday", "from", "valid date"),
        ("to=0001-01-01", "to", "year must lie between"),
        ("from=2001-01-01&to=2026-05-01", "from", "more than ten years"),
        ("class=unicorn", "class", "valid choice"),
        ("compare=everything", "compare", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(query: str, field: str, words: str) -> None:
    chosen, form = read(QueryDict(query), BERLIN, NOW)
    assert words in " ".join(map(str, form.errors[field]))
    assert chosen.dates is None
    assert chosen.classes == ("human",)


def test_one_date_is_enough() -> None:
    assert read_back("from=2026-05-01").dates == (date(2026, 5, 1), date(2026, 5, 13))
    assert read_back("to=2026-05-01").dates == (date(2026, 5, 1), date(2026, 5, 1))
    assert read_back("from=2026-06-01").dates == (date(2026, 6, 1), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("first", "interval"),
    [
        ("2026-05-12", Interval.HOUR),
        ("2026-05-01", Interval.DAY),
        ("2025-08-01", Interval.WEEK),
        ("2024-01-01", Interval.MONTH),
    ],
)
def test_points_are_neither_three_nor_three_hundred(first: str, interval: Interval) -> None:
    period = read_back(f"from={first}&to=2026-05-13").period(BERLIN, NOW)
    assert period.interval is interval
    assert len(period.starts()) <= 100


def test_one_value_alone_is_counted_by_day() -> None:
    assert read_back("period=today").period(BERLIN, NOW).interval is Interval.HOUR
    assert read_back("period=today&filter=country:DE").period(BERLIN, NOW).interval is Interval.DAY
