"""The REST face of statistics: shapes, local time, clear refusals, and nothing for strangers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analytics.models import LocalDay, QuarterHour, Scan, Scope
from links.models import Link

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
Scanned = Callable[..., Scan]
CLASSES = {"human", "bot", "preview", "prefetch", "scanner", "internal", "head"}


def stats(client: Client, link: Link, **asked: str) -> dict[str, Any]:
    response = client.get(f"/api/v1/links/{link.pk}/stats", asked)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def test_a_day_by_the_hour_in_the_zone_of_the_workspace(api: Client, link: Link, scanned: Scanned) -> None:
    scanned(datetime(2026, 5, 1, 22, 14, tzinfo=UTC))  # 00:14 in Berlin, on the 2nd
    scanned(datetime(2026, 5, 2, 21, 59, tzinfo=UTC), "bot")  # 23:59
    scanned(datetime(2026, 5, 2, 22, 0, tzinfo=UTC))  # the next day
    LocalDay.objects.filter(scope=Scope.LINK, scope_id=link.pk, date=date(2026, 5, 2)).update(visitors=1)

    answer = stats(api, link, **{"from": "2026-05-02", "to": "2026-05-02", "interval": "hour"})

    assert answer["link"] == link.pk
    assert (answer["from"], answer["to"]) == ("2026-05-02T00:00:00+02:00", "2026-05-03T00:00:00+02:00")
    assert (answer["interval"], answer["timezone"]) == ("hour", "Europe/Berlin")
    assert answer["totals"] == dict.fromkeys(CLASSES, 0) | {"human": 1, "bot": 1, "unique_visitors": 1}
    assert answer["unique_visitors_definition"] == "unique visitors of one local day"
    assert len(answer["series"]) == 24
    nothing = dict.fromkeys(CLASSES, 0) | {"unique_visitors": None}
    assert answer["series"][0] == nothing | {"start": "2026-05-02T00:00:00+02:00", "human": 1}
    assert answer["series"][1] == nothing | {"start": "2026-05-02T01:00:00+02:00"}
    assert answer["series"][23] == nothing | {"start": "2026-05-02T23:00:00+02:00", "bot": 1}


@time_machine.travel(NOON, tick=False)
def test_nothing_asked_is_thirty_days_by_day_up_to_today(api: Client, link: Link, scanned: Scanned) -> None:
    scanned(NOON - timedelta(minutes=3))
    scanned(NOON - timedelta(days=29))
    scanned(NOON - timedelta(days=30))
    answer = stats(api, link)
    assert answer["interval"] == "day"
    assert [point["human"] for point in answer["series"]] == [1, *[0] * 28, 1]
    assert answer["as_of"] == "2026-05-13T14:00:00+02:00"


@pytest.mark.parametrize("interval", ["hour", "day", "week", "month"])
def test_points_add_up_to_the_totals(api: Client, link: Link, scanned: Scanned, interval: str) -> None:
    for number in range(40):
        scanned(NOON - timedelta(hours=37 * number), sorted(CLASSES)[number % 7])
    answer = stats(api, link, **{"from": "2026-03-25", "to": "2026-05-13", "interval": interval})
    for name in CLASSES:
        assert answer["totals"][name] == sum(point[name] for point in answer["series"])
    assert sum(answer["totals"][name] for name in CLASSES) > 25


def test_date_times_carry_their_offset(api: Client, link: Link) -> None:
    answer = stats(api, link, **{"from": "2026-10-24T22:00:00Z", "to": "2026-10-25T04:30:00+01:00", "interval": "hour"})
    assert [point["start"][11:] for point in answer["series"]] == [
        "00:00:00+02:00",
        "01:00:00+02:00",
        "02:00:00+02:00",
        "02:00:00+01:00",
        "03:00:00+01:00",
        "04:00:00+01:00",
    ]


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ({"interval": "minute"}, "interval", "15min, hour, day, week or month"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "from", "before"),
        ({"from": "2020-01-01", "to": "2026-05-01", "interval": "hour"}, "interval", "interval=week"),
        ({"from": "0000-01-01"}, "from", "2026-03-29"),
        ({"to": "9999-12-31"}, "to", "between 2000 and 2099"),
        ({"to": "9999-12-31T23:59:59.999999-23:59"}, "to", "between 2000 and 2099"),
        ({"from": "2026-05-01\x00"}, "from", "2026-03-29"),
        ({"from": "2026-05-01T10:00:00"}, "from", "offset"),
    ],
)
def test_nonsense_is_a_problem_that_says_what_to_change(
    api: Client, link: Link, asked: dict[str, str], field: str, says: str
) -> None:
    response = api.get(f"/api/v1/links/{link.pk}/stats", asked)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert says in error["detail"]


def test_raw_scans_newest_first(api: Client, link: Link, scanned: Scanned) -> None:
    scanned(NOON)
    newest = scanned(
        NOON + timedelta(minutes=1), "preview", class_reason="WhatsApp", address="203.0.113.0", visitor="v" * 32
    )
    response = api.get(f"/api/v1/links/{link.pk}/scans").json()
    assert [scan["class"] for scan in response["results"]] == ["preview", "human"]
    scan = response["results"][0]
    assert scan["id"] == str(newest.event_id)
    assert scan["at"] == "2026-05-13T14:01:00+02:00"
    assert (scan["class_reason"], scan["outcome"], scan["address"]) == ("WhatsApp", "redirected", "203.0.113.0")
    assert "visitor" not in scan


def test_raw_scans_come_in_pages_that_miss_nothing(api: Client, link: Link, scanned: Scanned) -> None:
    wanted = {str(scanned(NOON + timedelta(seconds=number // 3)).event_id) for number in range(10)}
    found: list[str] = []
    address: str | None = f"/api/v1/links/{link.pk}/scans?page_size=4"
    while address:
        page = api.get(address).json()
        found += [scan["id"] for scan in page["results"]]
        address = page["next"] and "{0.path}?{0.query}".format(urlsplit(page["next"]))
    assert len(found) == 10
    assert set(found) == wanted


@pytest.mark.parametrize("cursor", ["bm9uc2Vuc2U=", "cD1ub25zZW5zZQ==", "cD0AAA==", "\x00", "é"])
def test_a_made_up_cursor_is_no_page(api: Client, link: Link, scanned: Scanned, cursor: str) -> None:
    scanned(NOON)
    response = api.get(f"/api/v1/links/{link.pk}/scans", {"cursor": cursor})
    assert response.status_code in (200, 404)


@pytest.mark.parametrize("what", ["stats", "scans"])
def test_charlie_sees_nothing(charlie_api: Client, charlie_client: Client, link: Link, what: str) -> None:
    for client in (charlie_api, charlie_client):
        assert client.get(f"/api/v1/links/{link.pk}/{what}").status_code == 404


@pytest.mark.parametrize("what", ["stats", "scans"])
def test_nobody_in_particular_is_asked_for_a_key(client: Client, link: Link, what: str) -> None:
    response = client.get(f"/api/v1/links/{link.pk}/{what}", headers={"host": "q.example.com"})
    assert response.status_code == 401


@pytest.mark.parametrize("what", ["stats", "scans"])
def test_links_that_are_none_have_no_statistics(api: Client, link: Link, what: str) -> None:
    Link.objects.update(deleted_at=timezone.now())
    for number in (link.pk, link.pk + 1, 10**30):
        assert api.get(f"/api/v1/links/{number}/{what}").status_code == 404


@pytest.mark.parametrize("what", ["stats", "scans"])
def test_queries_do_not_grow_with_rows(
    api: Client, link: Link, scanned: Scanned, what: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = f"/api/v1/links/{link.pk}/{what}"
    scanned(NOON)
    with django_assert_max_num_queries(10) as few:
        api.get(address)
    for number in range(30):
        scanned(timezone.now() - timedelta(hours=number))
    assert QuarterHour.objects.count() > 25
    with django_assert_max_num_queries(len(few)) as many:
        api.get(address)
    assert len(many) <= len(few)
