"""Exports of the scans with one value of a dimension: the grammar of statistics, what they say, about how many."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Workspace
from analytics.exports import job, scans
from analytics.exports.models import Export
from analytics.models import Scan
from links import actions
from links.models import Campaign, Link
from tests.analytics.exports.conftest import NOW, Make
from tests.analytics.exports.test_api import EXPORTS, ask, body_of, made
from tests.analytics.exports.test_pages import PAGE, typed
from tests.links.factories import a_code


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def two_countries(make_scans: Make, link: Link) -> None:
    """30 scans from Germany, 20 of them people's and 6 by tablet; 15 from France, 10 of them people's."""
    make_scans(21, country="DE", device="phone")
    make_scans(9, country="DE", device="tablet")
    make_scans(15, country="FR", device="phone")


def rows_now(api: Client, **asked: Any) -> list[dict[str, str]]:
    response = api.get(f"{EXPORTS}/now", {"what": "scans", "from": "2026-05-10", "to": "2026-05-13"} | asked)
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(body_of(response))))


def test_scans_of_one_country(api: Client, link: Link, two_countries: None) -> None:
    rows = rows_now(api, filter="country:DE")
    assert len(rows) == 30
    assert {row["country"] for row in rows} == {"DE"}
    both = rows_now(api, filter=["country:DE", "device:tablet"], **{"class": "human"})
    assert len(both) == 6
    assert {(row["country"], row["device"]) for row in both} == {("DE", "tablet")}
    assert rows_now(api, filter="country:Nowhere:at all") == []


def test_it_is_kept_with_the_export_and_its_total_is_right(api: Client, link: Link, two_countries: None) -> None:
    asked = ask(api, filter=["country:DE"], **{"class": ["human"], "from": "2026-05-01"}).json()
    assert (asked["total"], asked["wanted"]["filter"]) == (20, ["country:DE"])
    assert "Scans of Acme, country DE, 2026-05-01 to" in asked["title"]
    assert asked["file_name"] == "scans-acme-country-de-2026-05-01-to-2026-05-13.csv"
    job.work_off(60)
    export = Export.objects.get()
    assert (export.state, export.rows, export.total) == ("done", 20, 20)


@pytest.mark.parametrize(
    ("filters", "about"),
    [
        (["device:tablet"], 9),
        (["device:tablet", "country:DE"], 9),
        (["country:FR", "device:phone"], 15),
        (["country:IT"], 0),
    ],
)
def test_about_how_many_is_known_without_reading_scans(
    api: Client, link: Link, two_countries: None, filters: list[str], about: int
) -> None:
    Scan.objects.all().delete()
    assert ask(api, filter=filters).json()["total"] == about


def test_of_one_of_several_codes_it_is_no_more_than_of_its_link(api: Client, link: Link, two_countries: None) -> None:
    code = link.codes.get()
    actions.add_code(link)
    assert made(api, scope="code", id=code.pk, filter=["device:tablet"]).rows == 9
    Scan.objects.all().delete()
    assert ask(api, scope="code", id=code.pk, filter=["device:tablet"]).json()["total"] == 9


def test_parts_of_days_and_other_zones_take_whole_days_for_the_total(
    api: Client, link: Link, two_countries: None
) -> None:
    late = {"from": "2026-05-13T11:50:00Z", "to": "2026-05-13T12:00:00Z", "timezone": "Asia/Tokyo"}
    export = made(api, filter=["device:tablet"], **late)
    assert export.rows == 9
    assert ask(api, filter=["device:tablet"], **late).json()["total"] == 9


def test_an_export_from_before_filters_goes_on(api: Client, link: Link, two_countries: None) -> None:
    ask(api)
    export = Export.objects.get()
    del export.wanted["filter"]
    export.save()
    job.work_off(60)
    export.refresh_from_db()
    assert (export.state, export.rows) == ("done", 45)


def test_ids_make_the_subject_smaller(api: Client, link: Link, campaign: Campaign, make_scans: Make) -> None:
    make_scans(3)
    make_scans(2, link_id=a_code(link.workspace).link_id, code_id=0, campaign_id=campaign.pk)
    assert len(rows_now(api, filter=f"link:{link.pk}")) == 3
    assert len(rows_now(api, filter=f"campaign:{campaign.pk}")) == 2
    assert len(rows_now(api, filter=f"code:{link.codes.get().pk}")) == 3
    hours = rows_now(api, what="hours", filter=f"link:{link.pk}")
    assert sum(int(row["scans"]) for row in hours) == 2
    assert rows_now(api, what="after-expiry", filter=f"link:{link.pk}")


@pytest.mark.parametrize("looked", [1, 7, 10, 44, 45, 46])
@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_a_rare_value_is_looked_for_a_stretch_at_a_time(
    api: Client, link: Link, two_countries: None, monkeypatch: pytest.MonkeyPatch, looked: int, at_once: int
) -> None:
    monkeypatch.setattr(scans, "LOOKED_THROUGH", looked)
    monkeypatch.setattr(scans, "SCANS_AT_ONCE", at_once)
    wanted = Scan.objects.filter(device="tablet").order_by("at", "event_id")
    found = [row["id"] for row in rows_now(api, filter="device:tablet")]
    assert found == [str(pk) for pk in wanted.values_list("pk", flat=True)]


def test_a_worker_that_found_nothing_so_far_goes_on_behind_it(
    api: Client, link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only one is the newest of 30; each message looks through ten."""
    monkeypatch.setattr(scans, "LOOKED_THROUGH", 10)
    make_scans(30)
    newest = Scan.objects.latest("at")
    Scan.objects.filter(pk=newest.pk).update(country="IT")
    ask(api, filter=["country:IT"])
    places = []
    with time_machine.travel(NOW, tick=False) as clock:
        while not (export := Export.objects.select_related("workspace").get()).is_over:
            assert export.claim()
            job._work_on(export, 0.0)
            clock.shift(2)
            places.append(export.place)
    assert (export.state, export.rows) == ("done", 1)
    moments = [place[0] for place in places if place]
    assert moments == sorted(moments)
    assert len(set(moments)) == 3, "a message never looks through all of them"


@pytest.mark.parametrize("what", ["series", "breakdown"])
def test_reports_say_what_statistics_say(api: Client, link: Link, two_countries: None, what: str) -> None:
    asked = {"from": "2026-05-12", "to": "2026-05-13", "filter": "country:DE"}
    stats = api.get("/api/v1/stats", asked | {"interval": "day", "breakdown": "device", "class": "all"}).json()
    if what == "series":
        rows = rows_now(api, what=what, interval="day", **asked)
        counted = [sum(int(row[name]) for name in ("human", "bot", "head")) for row in rows]
        assert counted == [point["scans"] for point in stats["series"]] == [0, 30]
    else:
        classes = ["human", "bot"]
        rows = rows_now(api, what=what, breakdown="device", **{"class": classes}, **asked)
        found = [(row["value"], int(row["scans"])) for row in rows]
        assert found == [(row["value"], row["scans"]) for row in stats["breakdown"]["rows"]]
        assert found == [("phone", 21), ("tablet", 9)]


WRONG = [
    ("country", 400, "country:DE"),
    ("country:", 400, "country:DE"),
    ("country:" + "x" * 5000, 400, "country:DE"),
    ("colour:red", 400, "no such dimension"),
    (["country:DE", "country:FR"], 400, "once"),
    ([f"{name}:x" for name in "abcdef"], 400, "the most"),
    ("link:x", 422, "a number"),
    ("link:0", 422, "no link 0"),
]


@pytest.mark.parametrize(("written", "status", "says"), WRONG)
def test_what_is_wrong_is_said_as_statistics_say_it(
    api: Client, link: Link, written: str | list[str], status: int, says: str
) -> None:
    filters = [written] if isinstance(written, str) else written
    there = api.get("/api/v1/stats", {"filter": filters}).json()
    for response in (api.get(f"{EXPORTS}/now", {"what": "scans", "filter": filters}), ask(api, filter=filters)):
        assert response.status_code == status == there["status"]
        assert response.json()["errors"] == there["errors"]
        assert says in response.json()["errors"][0]["detail"]
    assert not Export.objects.exists()


@pytest.mark.parametrize("filters", ["country:DE", 7, {"country": "DE"}, [["country:DE"]], ["a\0b"], [None]])
def test_what_is_no_list_of_filters_is_a_problem(api: Client, link: Link, filters: Any) -> None:
    response = ask(api, filter=filters)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"].startswith("filter")


@pytest.mark.parametrize(("what", "says"), [("hours", "not kept by country"), ("after-expiry", "by campaign, link")])
def test_reports_without_words_refuse_them(api: Client, link: Link, what: str, says: str) -> None:
    asked_for = ask(api, what=what, filter=["country:DE"])
    for response in (api.get(f"{EXPORTS}/now", {"what": what, "filter": "country:DE"}), asked_for):
        assert response.status_code == 422
        assert says in response.json()["errors"][0]["detail"]
    assert not Export.objects.exists()


def test_wrong_addresses_have_no_filter(api: Client, link: Link) -> None:
    response = api.get(f"{EXPORTS}/now", {"what": "orphans", "filter": f"link:{link.pk}"})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "filter")


def test_charlie_filters_by_nothing_of_alices(charlie_api: Client, link: Link, two_countries: None) -> None:
    for filters in (f"link:{link.pk}", f"code:{link.codes.get().pk}"):
        assert charlie_api.get(f"{EXPORTS}/now", {"what": "scans", "filter": filters}).status_code == 422
    assert len(rows_now(charlie_api, filter="country:DE")) == 0


def test_the_form_takes_one(alice_client: Client, link: Link, two_countries: None) -> None:
    assert 'name="filter"' in alice_client.get(PAGE, {"filter": "device:tablet"}).content.decode()
    assert 'value="device:tablet"' in alice_client.get(PAGE, {"filter": "device:tablet"}).content.decode()
    text = body_of(alice_client.post(PAGE, typed(link, filter=" device:tablet ")))
    assert text.count("\r\n") == 10
    series = body_of(alice_client.post(PAGE, typed(link, what="series", filter="device:tablet")))
    assert sum(int(row["human"]) for row in csv.DictReader(io.StringIO(series))) == 6


def test_a_long_one_of_the_form_is_kept_with_its_filter(
    alice_client: Client, link: Link, two_countries: None, settings: Settings
) -> None:
    settings.EXPORT_ROWS_AT_ONCE = 8
    page = alice_client.post(PAGE, typed(link, filter="device:tablet"), follow=True).content.decode()
    assert "Scans of Poster, device tablet, 2026-05-01 to" in page
    assert Export.objects.get().wanted["filter"] == ["device:tablet"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"filter": "DE"}, "Write a filter as dimension:value"),
        ({"filter": "colour:red"}, "There is no such dimension"),
        ({"filter": "country:" + "x" * 5000}, "Write a filter as dimension:value"),
        ({"filter": "link:0"}, "There is no link 0 in this"),
        ({"filter": "country:DE", "what": "hours"}, "Hours of the week are not kept by country"),
        ({"filter": "country:DE", "what": "orphans"}, "Of scans of wrong addresses only the address is kept"),
    ],
)
def test_the_form_says_what_is_wrong_beside_the_field(
    alice_client: Client, link: Link, workspace: Workspace, changes: dict[str, str], says: str
) -> None:
    answer = alice_client.post(PAGE, typed(link, about=f"workspace:{workspace.pk}", **changes))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["filter"]
    assert says in str(answer.context["form"].errors["filter"])
