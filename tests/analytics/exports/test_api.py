"""REST face of exports: ask, look, download, cancel; refusals that say what to change; nothing for strangers."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from analytics.exports import files, job
from analytics.exports.models import Export
from analytics.reports import Kind
from links.models import Campaign, Link, Tag
from tests.analytics.exports.conftest import NOW, Make

EXPORTS = "/api/v1/exports"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def body_of(response: HttpResponseBase) -> str:
    """Read to its end: the test client closes it then."""
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return bytes(content).decode()


def ask(client: Client, **asked: Any) -> Any:
    return client.post(EXPORTS, {"what": "scans", **asked}, content_type="application/json")


def made(api: Client, **asked: Any) -> Export:
    response = ask(api, **asked)
    assert response.status_code == 201, response.content
    job.work_off(60)
    return Export.objects.get(pk=response.json()["id"])


def test_from_the_question_to_the_file(api: Client, link: Link, make_scans: Make) -> None:
    scans = make_scans(25)
    asked = ask(api, scope="link", id=link.pk, format="ndjson", **{"class": ["human"], "from": "2026-05-01"}).json()
    assert (asked["state"], asked["rows"], asked["total"], asked["percent"], asked["file"]) == (
        "waiting",
        0,
        17,
        0,
        None,
    )
    assert api.get(f"{EXPORTS}/{asked['id']}/file").status_code == 409
    job.work_off(60)
    export = api.get(f"{EXPORTS}/{asked['id']}").json()
    assert (export["state"], export["rows"], export["percent"]) == ("done", 17, 100)
    assert export["kept_until"] == "2026-05-20T12:00:00+00:00"
    response = api.get(export["file"])
    rows = [json.loads(line) for line in body_of(response).splitlines()]
    assert {row["id"] for row in rows} == {str(scan.pk) for scan in scans if scan.scan_class == "human"}
    assert response["Content-Type"] == "application/x-ndjson"
    assert response["Content-Disposition"] == 'attachment; filename="scans-poster-2026-05-01-to-2026-05-13.ndjson"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Content-Length"]) == export["size"]


def test_a_file_that_has_not_changed_is_not_sent_again(api: Client, link: Link) -> None:
    export = made(api)
    first = api.get(f"{EXPORTS}/{export.pk}/file")
    body_of(first)
    again = api.get(f"{EXPORTS}/{export.pk}/file", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_whatever_a_client_accepts_it_gets_the_file(api: Client, link: Link) -> None:
    export = made(api)
    response = api.get(f"{EXPORTS}/{export.pk}/file", headers={"accept": "text/csv"})
    assert body_of(response).startswith("id,at,")


def test_a_file_that_is_not_here_is_a_problem(api: Client, link: Link) -> None:
    export = made(api)
    files.remove_file(export)
    response = api.get(f"{EXPORTS}/{export.pk}/file")
    assert response.status_code == 404
    assert "Ask for the export again" in response.json()["detail"]


def test_cancelling_takes_the_file_too(api: Client, link: Link) -> None:
    export = made(api)
    assert api.delete(f"{EXPORTS}/{export.pk}").status_code == 204
    assert not files.path_of(export).exists()
    assert api.get(f"{EXPORTS}/{export.pk}").status_code == 404


@pytest.mark.parametrize("what", ["scans", "series", "breakdown", "hours", "orphans", "after-expiry"])
@pytest.mark.parametrize("format", ["csv", "jsonl", "ndjson"])
def test_what_is_short_is_answered_at_once(api: Client, link: Link, make_scans: Make, what: str, format: str) -> None:
    make_scans(5, country="DE")
    response = api.get(f"{EXPORTS}/now", {"what": what, "format": format})
    assert response.status_code == 200, response.content
    assert response.streaming
    if format == "csv":
        rows = list(csv.reader(io.StringIO(body_of(response))))
        assert {len(row) for row in rows} == {len(rows[0])}
    else:
        assert all(json.loads(line) for line in body_of(response).splitlines())
    assert not Export.objects.exists()


def test_what_is_long_has_to_be_asked_for(api: Client, link: Link, make_scans: Make, settings: Settings) -> None:
    make_scans(5)
    settings.EXPORT_ROWS_AT_ONCE = 4
    response = api.get(f"{EXPORTS}/now", {"what": "scans"})
    assert response.status_code == 422
    assert "POST /api/v1/exports" in response.json()["errors"][0]["detail"]


def test_a_file_of_scans_older_than_any_that_is_kept_is_empty(api: Client, link: Link) -> None:
    response = api.get(f"{EXPORTS}/now", {"what": "scans", "from": "2020-01-01", "to": "2020-01-31"})
    assert response.status_code == 200
    assert len(body_of(response).splitlines()) == 1


def test_csv_says_what_stats_say(api: Client, link: Link, make_scans: Make) -> None:
    make_scans(30, country="DE")
    asked: dict[str, str | int] = {
        "scope": "link",
        "id": link.pk,
        "from": "2026-05-10",
        "to": "2026-05-13",
        "interval": "day",
    }
    points = api.get("/api/v1/stats", asked | {"metrics": "scans,unique_visitors,classes"}).json()["series"]
    text = body_of(api.get(f"{EXPORTS}/now", asked | {"what": "series"}))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(points) == 4
    assert sum(int(row["human"]) for row in rows) == 20
    for row, point in zip(rows, points, strict=True):
        assert int(row["human"]) == point["scans"]
        assert int(row["unique_visitors"]) == point["unique_visitors"]


def test_everything_can_be_the_subject(api: Client, link: Link, campaign: Campaign, make_scans: Make) -> None:
    tag = Tag.objects.create(workspace=link.workspace, name="Doors")
    link.tags.add(tag)
    make_scans(3, campaign_id=campaign.pk)
    ids = {Kind.CAMPAIGN: campaign.pk, Kind.TAG: tag.pk, Kind.LINK: link.pk, Kind.CODE: link.codes.get().pk}
    for kind, pk in ids.items():
        assert made(api, scope=kind.value, id=pk).rows == 3


@pytest.mark.parametrize(
    ("asked", "status", "field", "says"),
    [
        ({"what": "everything"}, 400, "what", "not a valid choice"),
        ({"scope": "link"}, 400, "id", "Say which link"),
        ({"scope": "link", "id": 0}, 400, "id", "greater than"),
        ({"scope": "link", "id": 2**70}, 400, "id", "less than"),
        ({"class": []}, 400, "class", "empty"),
        ({"class": ["people"]}, 400, "class.0", "not a valid choice"),
        ({"from": "yesterday"}, 400, "from", "2026-03-29"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, 400, "from", "before"),
        ({"timezone": "Mars/Olympus"}, 400, "timezone", "Europe/Berlin"),
        ({"format": "xlsx"}, 400, "format", "not a valid choice"),
        ({"what": "series", "interval": "15min", "from": "2025-01-01"}, 400, "interval", "shorter range"),
        ({"limit": 10**9}, 400, "limit", "less than"),
    ],
)
def test_nonsense_is_a_problem_that_says_what_to_change(
    api: Client, link: Link, asked: dict[str, Any], status: int, field: str, says: str
) -> None:
    response = ask(api, **asked)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    errors = {error["field"]: error["detail"] for error in response.json()["errors"]}
    assert says in errors[field]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"what": "breakdown", "timezone": "Asia/Tokyo"}, "timezone"),
        ({"what": "breakdown", "breakdown": "link", "scope": "link"}, "breakdown"),
        ({"what": "orphans", "scope": "link"}, "scope"),
    ],
)
def test_what_reports_refuse_is_a_422(api: Client, link: Link, asked: dict[str, Any], field: str) -> None:
    with_id: dict[str, Any] = asked | ({"id": link.pk} if "scope" in asked else {})
    response = api.get(f"{EXPORTS}/now", with_id)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


def test_too_many_at_once_is_a_problem(api: Client, link: Link) -> None:
    for _ in range(10):
        assert ask(api).status_code == 201
    assert "Wait for one of them" in ask(api).json()["errors"][0]["detail"]


def test_lists_do_not_ask_more_for_more_rows(
    api: Client, link: Link, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 6):
        while Export.objects.count() < count:
            ask(api)
        with django_assert_num_queries(2):  # the key; the exports with their workspaces
            assert len(api.get(EXPORTS).json()["results"]) == count


def test_charlie_finds_nothing(api: Client, charlie_api: Client, charlie_client: Client, link: Link) -> None:
    export = made(api)
    for client in (charlie_api, charlie_client):
        assert client.get(EXPORTS).json()["results"] == []
        assert client.get(f"{EXPORTS}/{export.pk}").status_code == 404
        assert client.get(f"{EXPORTS}/{export.pk}/file").status_code == 404
        assert client.get(f"{EXPORTS}/now", {"what": "scans", "scope": "link", "id": str(link.pk)}).status_code == 404
        assert client.get(f"{EXPORTS}/now", {"what": "scans", "workspace": "acme"}).status_code == 400
    assert charlie_api.delete(f"{EXPORTS}/{export.pk}").status_code == 404
    assert ask(charlie_api, scope="link", id=link.pk).status_code == 404
    assert Export.objects.count() == 1
    assert files.path_of(export).exists()


def test_nobody_in_particular_is_asked_for_a_key(client: Client, site: Any) -> None:
    for path in (EXPORTS, f"{EXPORTS}/1", f"{EXPORTS}/1/file", f"{EXPORTS}/now"):
        assert client.get(path, headers={"host": "q.example.com"}).status_code == 401


def test_the_description_knows_every_parameter(api: Client, site: Any) -> None:
    schema = api.get("/api/v1/schema", headers={"accept": "application/vnd.oai.openapi+json"}).json()
    names = {each["name"] for each in schema["paths"]["/api/v1/exports/now"]["get"]["parameters"]}
    assert {"what", "scope", "id", "from", "to", "class", "format", "bom"} <= names
    assert "text/csv" in schema["paths"]["/api/v1/exports/{id}/file"]["get"]["responses"]["200"]["content"]
