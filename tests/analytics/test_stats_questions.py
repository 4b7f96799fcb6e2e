"""GET /api/v1/stats: every scope and part in one documented shape, clear refusals, ETags, nothing for strangers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, User, Workspace
from analytics.models import OrphanScan, Scan, ScanClass
from links.models import Domain, Link
from tests.analytics.counting import make_scan, store
from tests.analytics.worlds import World, make_world

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
EVERYTHING = "scans,unique_visitors,classes,heat_map,first_and_last,after_expiry"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def world(workspace: Workspace, site: Domain) -> World:
    """Forty scans, the newest just now, one every seven hours."""
    world = make_world(workspace, site)
    store([scan_of(world, number) for number in range(40)])
    return world


def scan_of(world: World, number: int, **fields: Any) -> Scan:
    code = world.codes[number % 4]
    return make_scan(
        NOON - timedelta(hours=7 * number, minutes=1),
        "Europe/Berlin",
        **{
            "workspace_id": world.workspace.pk,
            "campaign_id": code.link.campaign_id or 0,
            "link_id": code.link_id,
            "code_id": code.pk,
            "country": ["DE", "FR", "", "CH", "DE"][number % 5],
            "device": ["smartphone", "tablet"][number % 2],
            "outcome": ["redirected", "redirected", "expired"][number % 3],
            "visitor": f"{number:032}",
            "scan_class": "bot" if number % 8 == 7 else "human",
        }
        | fields,
    )


def orphan(path: str) -> OrphanScan:
    return OrphanScan.objects.create(
        event_id=uuid4(), at=NOON, host="q.example.com", path=path, scan_class=ScanClass.HUMAN
    )


def asked(client: Client, **parameters: Any) -> dict[str, Any]:
    response = client.get("/api/v1/stats", {name.rstrip("_"): value for name, value in parameters.items()})
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def scope_and_id(world: World, scope: str) -> dict[str, Any]:
    ids = {"campaign": world.campaign.pk, "tag": world.tag.pk, "link": world.links[0].pk, "code": world.codes[2].pk}
    return {"scope": scope, "id": ids[scope]} if scope in ids else {}


def test_a_key_asks_about_its_own_workspace(api: Client, world: World) -> None:
    answer = asked(api)
    assert (answer["scope"], answer["id"], answer["name"]) == ("workspace", "acme", "Acme")
    assert answer["totals"] == {"scans": 35, "unique_visitors": 35}
    assert (answer["from"], answer["to"]) == ("2026-04-14T00:00:00+02:00", "2026-05-14T00:00:00+02:00")
    assert answer["as_of"] == "2026-05-13T14:00:00+02:00"
    on_request = "series comparison breakdown heat_map first_scan last_scan after_expiry orphans"
    assert {name for name, part in answer.items() if part is None} == {"interval", *on_request.split()}


@pytest.fixture(scope="module")
def answer_schema() -> Draft202012Validator:
    generator = SchemaGenerator(api_version="v1")  # type: ignore[no-untyped-call]  # ships no types
    document = generator.get_schema(public=True)  # type: ignore[no-untyped-call]  # the same
    return Draft202012Validator({"$ref": "#/components/schemas/Answer", **document})


@pytest.mark.parametrize("scope", ["workspace", "campaign", "tag", "link", "code"])
def test_every_answer_has_the_documented_shape(
    api: Client, world: World, answer_schema: Draft202012Validator, scope: str
) -> None:
    orphans = {"metrics": f"{EVERYTHING},orphans"} if scope == "workspace" else {}
    OrphanScan.objects.create(
        event_id=scan_of(world, 0).pk, at=NOON, host="q.example.com", path="C0DE0E", scan_class="human"
    )
    for more in (
        {},
        {"metrics": EVERYTHING, "interval": "week", "breakdown": "country", "compare": "previous", "limit": "1"},
        {"interval": "15min", "from": "2026-05-13", "class": "human,bot"},
        {"interval": "hour", "filter": "country:DE", "compare": "previous", "from": "2026-05-12"},
        {"interval": "month", "compare": "year", "from": "2026-01-12"},
        {"breakdown": "device", "filter": ["country:DE", "outcome:expired"], "class": "all"},
        orphans,
    ):
        answer = asked(api, **scope_and_id(world, scope), **more)
        answer_schema.validate(answer)
        assert set(answer) == set(answer_schema.schema["components"]["schemas"]["Answer"]["required"])
        total = answer["totals"]["scans"]
        assert sum(point["scans"] for point in answer["series"] or [{"scans": total}]) == total
        if rows := answer["breakdown"]:
            parts = [*rows["rows"], rows["rest"], rows["unknown"]]
            assert sum(part["scans"] for part in parts if part) == rows["scans"]


def test_a_breakdown_compared(api: Client, world: World) -> None:
    answer = asked(
        api, from_="2026-05-08", to="2026-05-13", breakdown="country", compare="previous", limit="1", interval="day"
    )
    breakdown, comparison = answer["breakdown"], answer["comparison"]
    assert (breakdown["dimension"], breakdown["source"], breakdown["scans"]) == ("country", "rollups", 18)
    germans = Scan.objects.filter(country="DE", scan_class="human")
    now = germans.filter(local_date__range=("2026-05-08", "2026-05-13")).count()
    before = germans.filter(local_date__range=("2026-05-02", "2026-05-07")).count()
    assert [(row["value"], row["scans"], row["compared"]) for row in breakdown["rows"]] == [("DE", now, before)]
    assert breakdown["rest"]["values"] == 2
    assert breakdown["rows"][0]["change"] == pytest.approx((now - before) / before)
    assert (comparison["from"], comparison["to"]) == ("2026-05-02T00:00:00+02:00", "2026-05-08T00:00:00+02:00")
    assert comparison["totals"]["scans"] == breakdown["compared_scans"]
    assert len(comparison["series"]) == len(answer["series"]) == 6


def test_every_part_follows_a_filter(api: Client, world: World) -> None:
    over, hours = (asked(api, metrics=f"scans,{name}", filter="country:DE") for name in ("after_expiry", "heat_map"))
    germans = Scan.objects.filter(country="DE", scan_class="human")
    assert over["after_expiry"]["scans"] == germans.filter(outcome="expired").count() > 0
    assert sum(map(sum, hours["heat_map"])) == germans.count()
    link = world.links[2].pk
    alone = asked(api, scope="link", id=link, metrics=EVERYTHING)
    of_one = asked(api, filter=f"link:{link}", metrics=EVERYTHING)
    for name in ("heat_map", "first_scan", "last_scan", "after_expiry"):
        assert of_one[name] == alone[name], name
    refused = api.get("/api/v1/stats", {"metrics": "first_and_last", "filter": "country:DE"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "metrics")


def test_classes_and_filters(api: Client, world: World) -> None:
    assert asked(api, class_="bot")["totals"] == {"scans": 5, "unique_visitors": None}
    assert asked(api, class_="all", metrics="classes")["totals"] == {
        "scans": 40,
        "by_class": dict.fromkeys(ScanClass.values, 0) | {"human": 35, "bot": 5},
    }
    germans = asked(api, filter="country:DE")
    assert (germans["source"], germans["filters"]) == ("rollups", ["country:DE"])
    both = asked(api, filter=["country:DE", "device:tablet"])
    assert (both["source"], both["totals"]["unique_visitors"]) == ("raw scans", None)
    assert 0 < both["totals"]["scans"] < germans["totals"]["scans"] < 35
    link = world.links[2]
    assert asked(api, filter=f"link:{link.pk}")["totals"] == asked(api, scope="link", id=link.pk)["totals"]
    assert asked(api, filter="country:Nowhere:at all")["totals"]["scans"] == 0


def test_the_week_in_any_zone_and_the_first_scan(api: Client, world: World) -> None:
    answer = asked(api, metrics="scans,heat_map,first_and_last", timezone="Asia/Tokyo", from_="2026-05-13")
    assert answer["totals"] == {"scans": 3}
    assert answer["heat_map"][2][20] == 1  # Wednesday 20:59 in Tokyo
    assert (answer["first_scan"], answer["last_scan"]) == ("2026-05-02T18:45:00+09:00", "2026-05-13T20:45:00+09:00")


def test_an_orphan_is_shown_to_whom_it_was_meant_for(api: Client, charlie_api: Client, world: World) -> None:
    OrphanScan.objects.create(
        event_id=scan_of(world, 0).pk, at=NOON, host="q.example.com", path="c0de0", scan_class="human"
    )
    (row,) = asked(api, metrics="orphans")["orphans"]["rows"]
    assert (row["address"], row["scans"]) == ("q.example.com/C0DE0", 1)
    assert row["meant_code"] in {code.pk for code in world.codes[:2]}
    assert asked(charlie_api, metrics="orphans")["orphans"]["rows"] == []


@pytest.mark.parametrize(
    ("parameters", "status", "field", "says"),
    [
        ({"scope": "planet"}, 400, "scope", "workspace, campaign, tag, link, code"),
        ({"scope": "link"}, 400, "id", "which link"),
        ({"metrics": "scans,clicks"}, 400, "metrics", "first_and_last"),
        ({"interval": "minute"}, 400, "interval", "15min, hour"),
        ({"interval": "15min", "from": "2026-01-01"}, 400, "interval", "interval=day"),
        ({"breakdown": "colour"}, 400, "breakdown", "country, region"),
        ({"filter": "country"}, 400, "filter", "country:DE"),
        ({"filter": "country:"}, 400, "filter", "country:DE"),
        ({"filter": "country:\x00"}, 400, "filter", "country:DE"),
        ({"filter": "country:" + "x" * 5000}, 400, "filter", "country:DE"),
        ({"filter": "colour:red"}, 400, "filter", "no such dimension"),
        ({"filter": ["country:DE", "country:FR"]}, 400, "filter", "once"),
        ({"filter": [f"{name}:x" for name in "abcdef"]}, 400, "filter", "the most"),
        ({"filter": "link:x"}, 422, "filter", "a number"),
        ({"filter": "link:0"}, 422, "filter", "no link 0"),
        ({"class": "people"}, 400, "class", "all"),
        ({"timezone": "Mars/Base"}, 400, "timezone", "Europe/Berlin"),
        ({"timezone": "../etc/passwd\x00"}, 400, "timezone", "Europe/Berlin"),
        ({"timezone": "Asia/Tokyo", "breakdown": "country"}, 422, "timezone", "Europe/Berlin"),
        ({"timezone": "Asia/Tokyo", "metrics": "unique_visitors"}, 422, "timezone", "Europe/Berlin"),
        ({"from": "2026-05-01T10:00:00Z", "breakdown": "country"}, 422, "from", "as dates"),
        ({"from": "2025-05-01", "breakdown": "os", "filter": "country:DE"}, 422, "from", "90 days"),
        ({"compare": "tomorrow"}, 400, "compare", "previous, year"),
        ({"from": "yesterday"}, 400, "from", "as a date"),
        ({"limit": "0"}, 400, "limit", "1 to 1,000"),
        ({"limit": "-1"}, 400, "limit", "1 to 1,000"),
        ({"limit": "1" * 40}, 400, "limit", "1 to 1,000"),
        ({"limit": "٣"}, 400, "limit", "1 to 1,000"),
        ({"colour": "red"}, 400, "colour", "no such parameter"),
    ],
)
def test_what_is_wrong_is_a_problem_that_says_what_to_change(
    api: Client, world: World, parameters: dict[str, Any], status: int, field: str, says: str
) -> None:
    response = api.get("/api/v1/stats", parameters)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert says in error["detail"]


def test_orphans_are_a_workspaces(api: Client, world: World) -> None:
    response = api.get("/api/v1/stats", scope_and_id(world, "link") | {"metrics": "orphans"})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "metrics")


def test_a_tag_of_too_many_links_is_refused(api: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.reports.subjects.MAX_LINKS", 1)
    asking: list[tuple[str, dict[str, str]]] = [("tag", {}), ("campaign", {"breakdown": "country"})]
    for scope, more in asking:
        response = api.get("/api/v1/stats", scope_and_id(world, scope) | more)
        assert response.status_code == 422
        assert "more than 1 links" in response.json()["errors"][0]["detail"]
    assert asked(api, **scope_and_id(world, "campaign"))["totals"]["scans"] > 0


@pytest.mark.parametrize("scope", ["campaign", "tag", "link", "code"])
def test_charlie_sees_nothing(charlie_api: Client, charlie_client: Client, world: World, scope: str) -> None:
    for client in (charlie_api, charlie_client):
        assert client.get("/api/v1/stats", scope_and_id(world, scope)).status_code == 404
        assert client.get("/api/v1/stats", {"id": "acme"}).status_code == 404
        assert asked(client)["id"] == "other"
        foreign = client.get("/api/v1/stats", {"filter": f"{scope}:1"}) if scope != "tag" else None
        assert foreign is None or foreign.status_code == 422


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999", "x", "1\x00", "-1", "1.5"])
def test_ids_that_are_none_find_nothing(api: Client, world: World, pk: str) -> None:
    for scope in ("campaign", "tag", "link", "code"):
        assert api.get("/api/v1/stats", {"scope": scope, "id": pk}).status_code == 404


def test_nobody_in_particular_is_asked_for_a_key(client: Client, world: World) -> None:
    assert client.get("/api/v1/stats", headers={"host": "q.example.com"}).status_code == 401


def test_people_of_several_workspaces_say_which(
    alice_client: Client, alice: User, other_workspace: Workspace, world: World
) -> None:
    assert asked(alice_client)["id"] == "acme"
    Membership.objects.create(user=alice, workspace=other_workspace)
    assert alice_client.get("/api/v1/stats").status_code == 400
    assert asked(alice_client, id="acme")["totals"]["scans"] == 35


@pytest.mark.parametrize("address", ["/api/v1/stats?interval=day&breakdown=os", "/api/v1/links/{link}/stats"])
def test_the_etag_stays_until_a_number_changes(api: Client, world: World, address: str) -> None:
    address = address.format(link=world.links[0].pk)
    first = api.get(address)
    assert first["ETag"].startswith('"')
    with time_machine.travel(NOON + timedelta(minutes=5)):
        again = api.get(address, headers={"if-none-match": f'"other", {first["ETag"]}'})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        store([scan_of(world, 0)])
        changed = api.get(address, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("scope", ["workspace", "campaign", "tag", "link", "code"])
def test_queries_do_not_grow_with_rows(
    api: Client, world: World, scope: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    parameters = scope_and_id(world, scope) | {
        "metrics": EVERYTHING, "interval": "day", "breakdown": "country", "compare": "previous",
    }  # fmt: skip
    with django_assert_max_num_queries(25) as few:
        asked(api, **parameters)
    store([scan_of(world, number, country=f"{number % 30:02}") for number in range(60)])
    for number in range(5):
        link = Link.objects.create(
            workspace=world.workspace, title=str(number), destination="https://example.com/", campaign=world.campaign
        )
        world.tag.links.add(link)
    with django_assert_max_num_queries(len(few)):
        asked(api, **parameters)
