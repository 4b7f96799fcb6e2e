"""The statistics panel: numbers in words, a table without script, and silence when nothing changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analytics.models import LocalDay, QuarterHour, Scan, Scope
from analytics.pages.series import labels_of
from analytics.periods import Interval
from links.models import Link

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
Scanned = Callable[..., Scan]


def panel_address(link: Link) -> str:
    return f"/w/acme/links/{link.pk}/panel"


def page_address(link: Link) -> str:
    return f"/w/acme/links/{link.pk}/statistics"


def page(client: Client, address: str, **asked: str) -> str:
    response = client.get(address, asked)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_no_scans_are_no_empty_table(alice_client: Client, link: Link) -> None:
    assert "No scans yet. Scan the code with a phone" in page(alice_client, panel_address(link))


def test_the_panel_shows_numbers_and_scans_without_a_script(alice_client: Client, link: Link, scanned: Scanned) -> None:
    with time_machine.travel(NOON, tick=False):
        scanned(NOON, device="smartphone", os="iOS", browser="Mobile Safari", class_reason="browser")
        scanned(NOON - timedelta(hours=3))
        scanned(NOON, "preview", class_reason="WhatsApp")
        LocalDay.objects.filter(scope=Scope.LINK, scope_id=link.pk, date=date(2026, 5, 13)).update(visitors=2)
        text = page(alice_client, panel_address(link))
    assert '<dd id="scan-human"> 2 </dd>' in text
    assert '<dd id="scan-others"> 1 </dd>' in text
    assert "Previews <strong>1</strong>" in text
    assert "Unique visitors: sum of daily uniques." in text
    assert '<th scope="row" class="fw-normal nowrap">Wed 13 May 2026</th>' in text
    assert "13 May, 14:00:00" in text  # Berlin
    assert "smartphone · iOS · Mobile Safari" in text
    assert "WhatsApp" in text
    assert "poster, Main St" in text
    assert "No scans yet" not in text


def test_thousands_are_set_apart_and_people_need_no_reason(alice_client: Client, link: Link, scanned: Scanned) -> None:
    with time_machine.travel(NOON, tick=False):
        scanned(NOON, class_reason="an ordinary browser")
        for rollup in (QuarterHour, LocalDay):
            rollup.objects.update(human=1234, bot=5678)
        text = page(alice_client, panel_address(link))
    assert '<dd id="scan-human"> 1,234 </dd>' in text
    assert "Bots <strong>5,678</strong>" in text
    assert "an ordinary browser" not in text
    assert '"label": "People", "data": [' in text
    assert "1234]" in text  # the chart wants numbers


def test_neither_style_nor_script_is_written_into_the_page(alice_client: Client, link: Link) -> None:
    text = page(alice_client, panel_address(link))
    assert " style=" not in text
    assert text.count("<script") - text.count("<script src=") == 1  # the numbers, as a block of data
    assert '<script id="scan-series" type="application/json">' in text


@pytest.mark.parametrize(("period", "rows"), [("24h", 24), ("7d", 7), ("30d", 30), ("90d", 90), ("12m", 12)])
def test_periods_to_choose_from(alice_client: Client, link: Link, period: str, rows: int) -> None:
    text = page(alice_client, panel_address(link), period=period)
    assert text.count('<th scope="row"') == rows
    assert f'id="scan-period-{period}"' in text.split("aria-current")[0].rsplit("<a ", 1)[1]
    assert ("scan-uniques" in text) is (period != "24h")


def test_an_unknown_period_is_the_usual_one(alice_client: Client, link: Link) -> None:
    assert page(alice_client, panel_address(link), period="\x00").count('<th scope="row"') == 30


def seen_of(text: str) -> str:
    return text.split('name="seen" value="')[1].split('"')[0]


@time_machine.travel(NOON, tick=False)
def test_nothing_is_sent_until_something_changes(alice_client: Client, link: Link, scanned: Scanned) -> None:
    seen = seen_of(page(alice_client, panel_address(link)))
    answer = alice_client.get(panel_address(link), {"seen": seen})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "no-store" in answer["Cache-Control"]
    scanned(NOON, "bot")
    fresh = page(alice_client, panel_address(link), seen=seen)
    assert "Bots <strong>1</strong>" in fresh
    assert alice_client.get(panel_address(link), {"seen": seen_of(fresh)}).status_code == 204


def test_a_new_hour_moves_the_chart_without_a_scan(alice_client: Client, link: Link) -> None:
    with time_machine.travel(NOON, tick=False):
        seen = seen_of(page(alice_client, panel_address(link), period="24h"))
    with time_machine.travel(NOON + timedelta(minutes=59), tick=False):
        assert alice_client.get(panel_address(link), {"period": "24h", "seen": seen}).status_code == 204
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert alice_client.get(panel_address(link), {"period": "24h", "seen": seen}).status_code == 200


@time_machine.travel(NOON, tick=False)
def test_asking_for_news_costs_one_query_beyond_knowing_who_asks(
    alice_client: Client, link: Link, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seen = seen_of(page(alice_client, panel_address(link)))
    with django_assert_num_queries(3):  # session, user, link with its counter
        assert alice_client.get(panel_address(link), {"seen": seen}).status_code == 204


def test_the_panel_costs_the_same_however_many_scans(
    alice_client: Client, link: Link, scanned: Scanned, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    scanned(timezone.now())
    with django_assert_max_num_queries(12) as few:
        page(alice_client, panel_address(link))
    for number in range(30):
        scanned(timezone.now() - timedelta(hours=number))
    with django_assert_max_num_queries(len(few)):
        page(alice_client, panel_address(link))


@pytest.mark.parametrize("address", [panel_address, page_address])
def test_charlie_sees_nothing(charlie_client: Client, link: Link, address: Callable[[Link], str]) -> None:
    assert charlie_client.get(address(link)).status_code == 404
    assert charlie_client.get(address(link).replace("acme", "other")).status_code == 404


def test_a_logged_out_reader_gets_no_login_page_for_a_fragment(client: Client, link: Link) -> None:
    host = {"host": "q.example.com"}
    assert client.get(panel_address(link), headers=host).status_code == 403
    assert client.get(page_address(link), headers=host).status_code == 302


@pytest.mark.parametrize("address", [panel_address, page_address])
def test_a_deleted_link_has_no_panel(alice_client: Client, link: Link, address: Callable[[Link], str]) -> None:
    Link.objects.update(deleted_at=timezone.now())
    assert alice_client.get(address(link)).status_code == 404


def test_the_repeated_hour_is_told_apart_in_words() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, tzinfo=UTC).astimezone(berlin)
    again = datetime(2026, 10, 25, 1, tzinfo=UTC).astimezone(berlin)
    assert labels_of(first, Interval.HOUR) == ("02:00", "Sun 25 Oct, 02:00")
    assert labels_of(again, Interval.HOUR) == ("02:00 again", "Sun 25 Oct, 02:00 again")
