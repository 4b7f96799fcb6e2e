"""REST face of batches: ask, look, download, cancel; refusals that say what to change; nothing for strangers."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiKey, Membership, User, Workspace
from links import actions
from links.batches import job, stored
from links.batches.models import Batch
from links.batches.rows import MOST_BYTES
from links.models import Campaign, Code, Domain, Link, Tag
from links.pictures import Drawer, filename_of
from links.studio.files import Output
from tests.links.batches.conftest import link_with_codes
from tests.links.factories import a_link
from tests.qrplatform.test_api_frame import problem_of

BATCHES = "/api/v1/batches"


def content_of(response: HttpResponseBase) -> bytes:
    """Read to its end: the test client closes it then."""
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def ask(client: Client, **asked: Any) -> Any:
    return client.post(BATCHES, asked, content_type="application/json")


def send(client: Client, text: str | bytes, **asked: Any) -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(BATCHES, {"file": SimpleUploadedFile("shops.csv", data), **asked})


def made(api: Client, **asked: Any) -> Batch:
    response = ask(api, **asked)
    assert response.status_code == 201, response.content
    job.work_off(60)
    return Batch.objects.get(pk=response.json()["id"])


def errors_of(response: Any) -> dict[str | None, str]:
    return {error["field"]: error["detail"] for error in problem_of(response, 400)["errors"]}


def test_from_the_question_to_the_file(api: Client, workspace: Workspace) -> None:
    link = link_with_codes(workspace, 3)
    asked = ask(api, link=link.pk, format="png", scale=3).json()
    assert (asked["state"], asked["percent"], asked["codes_total"], asked["file"]) == ("waiting", 0, 3, None)
    assert "0 %" in problem_of(api.get(f"{BATCHES}/{asked['id']}/file"), 409)["detail"]
    job.work_off(60)
    batch = api.get(f"{BATCHES}/{asked['id']}").json()
    assert (batch["state"], batch["percent"], batch["codes_drawn"], batch["refused"]) == ("done", 100, 3, [])
    assert (batch["codes_of"], batch["codes_of_id"], batch["title"]) == ("link", link.pk, "Codes of the link “Menu”")
    response = api.get(batch["file"])
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="codes-menu-png.zip"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Content-Length"]) == batch["size"]
    with ZipFile(BytesIO(content_of(response))) as archive:
        assert len(archive.namelist()) == 4
        code = link.codes.filter(kind="qr").select_related("domain")[0]
        drawn = Drawer.of(workspace.pk).draw(code, Output("png", scale=3))
        assert archive.read(filename_of(code, "png")) == drawn


def test_everything_can_be_the_source(api: Client, workspace: Workspace) -> None:
    campaign = Campaign.objects.create(workspace=workspace, name="Spring")
    link = actions.create_link(
        workspace, "https://example.com/", actor=actions.NOBODY, campaign=campaign, tags=["door"]
    )
    code = link.codes.get()
    ids: dict[str, Any] = {
        "link": link.pk,
        "campaign": campaign.pk,
        "tag": Tag.objects.get().pk,
        "codes": [code.pk] * 2,
    }
    for name, value in ids.items():
        assert made(api, **{name: value}).codes_drawn == 1


def test_links_of_a_file(api: Client) -> None:
    response = send(api, "destination;title\nhttps://example.com/1;One\nhttps://example.com/2;\n", format="svg")
    assert response.status_code == 201, response.content
    assert (response.json()["links_total"], response.json()["codes_total"]) == (2, 2)
    job.work_off(60)
    batch = api.get(f"{BATCHES}/{response.json()['id']}").json()
    assert (batch["state"], batch["links_made"], batch["codes_drawn"]) == ("done", 2, 2)
    one = Link.objects.order_by("pk")[0]
    assert one.title == "One"
    assert one.revisions.get().api_key == ApiKey.objects.get()


def test_mistakes_of_a_file_are_told_before_anything_is_made(api: Client) -> None:
    response = send(api, "destination,alias\nhttps://example.com/1,shop-1\nexample.com,a b\n")
    details = [error["detail"] for error in problem_of(response, 400)["errors"]]
    assert details[0].startswith("Line 3, destination: The address does not say http")
    assert details[1].startswith("Line 3, alias: Use only letters")
    assert {error["field"] for error in response.json()["errors"]} == {"file"}
    assert not Batch.objects.exists()
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ({}, None, "Send one of link, campaign, tag and codes"),
        ({"link": 1, "tag": 1}, None, "Send one of"),
        ({"link": 0}, "link", "greater than"),
        ({"link": 2**70}, "link", "less than"),
        ({"link": 999_999}, "link", "no link with this id"),
        ({"campaign": 999_999}, "campaign", "no campaign with this id"),
        ({"tag": 999_999}, "tag", "no tag with this id"),
        ({"tag": None}, "tag", "may not be null"),
        ({"codes": []}, "codes", "may not be empty"),
        ({"codes": "all"}, "codes", "list"),
        ({"codes": [999_999, 999_998]}, "codes", "no QR code with the id 999999, 999998"),
        ({"codes": list(range(1, 10_002))}, "codes", "no more than 10000"),
        ({"codes": list(range(900_001, 900_020))}, "codes", "and 9 more"),
        ({"link": "{link}", "format": "exe"}, "format", "not a valid choice"),
        ({"link": "{link}", "scale": 65}, "scale", "less than"),
        ({"link": "{link}", "scale": "big"}, "scale", "integer"),
    ],
)
def test_nonsense_is_a_problem_that_says_what_to_change(
    api: Client, link: Link, asked: dict[str, Any], field: str | None, says: str
) -> None:
    filled = {name: link.pk if value == "{link}" else value for name, value in asked.items()}
    assert says in errors_of(ask(api, **filled))[field]


def test_aliases_and_deleted_codes_are_named(api: Client, link: Link) -> None:
    alias = link.codes.get(kind=Code.Kind.ALIAS)
    assert f"the id {alias.pk}." in errors_of(ask(api, codes=[alias.pk, link.codes.get(kind="qr").pk]))["codes"]
    code = link.codes.get(kind="qr")
    actions.delete_link(link, actor=actions.NOBODY)
    assert f"the id {code.pk}." in errors_of(ask(api, codes=[code.pk]))["codes"]


@pytest.mark.parametrize(
    ("data", "field", "says"),
    [
        (b"", "file", "empty"),
        (b"destination\n" + b"x" * MOST_BYTES, "file", "more than 5,000,000 bytes"),
        (b"\x89PNG\r\n\x1a\n\x00", "file", "UTF-8"),
    ],
)
def test_a_file_that_is_none(api: Client, data: bytes, field: str, says: str) -> None:
    assert says in errors_of(send(api, data))[field]


def test_a_form_without_a_file_or_of_a_workspace_that_is_not_yours(api: Client, other_workspace: Workspace) -> None:
    assert "No file" in errors_of(api.post(BATCHES, {"format": "svg"}))["file"]
    refused = send(api, "destination\nhttps://example.com/\n", workspace="other")
    assert "Yours: acme" in errors_of(refused)["workspace"]
    torn = api.post(BATCHES, b"--x\r\nnonsense", content_type="multipart/form-data; boundary=x")
    assert torn.status_code == 400
    assert not Batch.objects.exists()


def test_codes_of_two_workspaces_are_two_batches(
    alice_client: Client, alice: User, workspace: Workspace, other_workspace: Workspace, site: Domain
) -> None:
    Membership.objects.create(user=alice, workspace=other_workspace)
    ids = [a_link(each).codes.get().pk for each in (workspace, other_workspace)]
    assert "several workspaces" in errors_of(ask(alice_client, codes=ids))["codes"]


def test_too_many_at_once_is_a_problem(api: Client, link: Link) -> None:
    for _ in range(5):
        assert ask(api, link=link.pk).status_code == 201
    assert "Wait for one of them" in errors_of(ask(api, link=link.pk))[None]


def test_a_failure_is_said(api: Client, link: Link) -> None:
    pk = ask(api, link=link.pk).json()["id"]
    actions.delete_link(link, actor=actions.NOBODY)
    job.work_off(60)
    assert api.get(f"{BATCHES}/{pk}").json()["failed"] == job.NOTHING_LEFT
    assert problem_of(api.get(f"{BATCHES}/{pk}/file"), 409)["detail"] == job.NOTHING_LEFT


def test_a_file_that_has_not_changed_is_not_sent_again(api: Client, link: Link) -> None:
    address = f"{BATCHES}/{made(api, link=link.pk).pk}/file"
    first = api.get(address, headers={"accept": "application/zip"})
    assert first.status_code == 200
    content_of(first)
    assert api.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_a_file_that_is_not_here_is_a_problem(api: Client, link: Link) -> None:
    batch = made(api, link=link.pk)
    stored.remove_files(batch)
    assert "Ask for the batch again" in problem_of(api.get(f"{BATCHES}/{batch.pk}/file"), 404)["detail"]


def test_cancelling_takes_the_file_too(api: Client, link: Link) -> None:
    batch = made(api, link=link.pk)
    assert api.delete(f"{BATCHES}/{batch.pk}").status_code == 204
    assert not stored.path_of(batch).exists()
    assert api.get(f"{BATCHES}/{batch.pk}").status_code == 404
    assert Link.objects.alive().get() == link


def test_lists_do_not_ask_more_for_more_rows(
    api: Client, link: Link, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 4):
        while Batch.objects.count() < count:
            ask(api, link=link.pk)
        with django_assert_num_queries(2):  # the key; the batches with their workspaces
            assert len(api.get(BATCHES).json()["results"]) == count


def test_charlie_finds_nothing(api: Client, charlie_api: Client, charlie_client: Client, link: Link) -> None:
    batch = made(api, link=link.pk)
    code = link.codes.get(kind="qr")
    for client in (charlie_api, charlie_client):
        assert client.get(BATCHES).json()["results"] == []
        assert client.get(f"{BATCHES}/{batch.pk}").status_code == 404
        assert client.get(f"{BATCHES}/{batch.pk}/file").status_code == 404
        assert client.delete(f"{BATCHES}/{batch.pk}").status_code == 404
        assert errors_of(ask(client, link=link.pk)) == {"link": "There is no link with this id."}
        assert f"no QR code with the id {code.pk}" in errors_of(ask(client, codes=[code.pk]))["codes"]
        assert (
            "Yours: other"
            in errors_of(send(client, "destination\nhttps://a.example/\n", workspace="acme"))["workspace"]
        )
    assert list(Batch.objects.all()) == [batch]


def test_without_a_key_there_is_nothing(site: Domain) -> None:
    client = Client(headers={"host": "q.example.com"})
    for address in (BATCHES, f"{BATCHES}/1", f"{BATCHES}/1/file"):
        assert client.get(address).status_code == 401
    assert ask(client, link=1).status_code == 401
