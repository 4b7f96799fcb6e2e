"""Codes by REST: one more, an alias, another placement; and who may not see them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from accounts.models import Workspace
from links import actions
from links.models import Change, Code, Domain, Link
from links.targets import load_target
from tests.links.conftest import many_links

CountQueries = Callable[[int], AbstractContextManager[Any]]


def test_one_more_code_with_its_placement(api: Client, link: Link) -> None:
    answer = api.post(f"/api/v1/links/{link.pk}/codes", {"placement": "window"}, content_type="application/json")
    assert answer.status_code == 201
    code = answer.json()
    assert (code["kind"], code["placement"]) == ("qr", "window")
    listed = api.get(f"/api/v1/links/{link.pk}/codes").json()["results"]
    assert len(listed) == 3
    assert code in listed
    link.refresh_from_db()
    assert link.revisions.get(number=link.revision).changes == {"code": [None, code["code"]]}


@pytest.mark.parametrize("alias", ["lunch", "LUNCH", "admin", "a b"])
def test_an_alias_that_cannot_be_issued_is_refused(api: Client, link: Link, alias: str) -> None:
    answer = api.post(f"/api/v1/links/{link.pk}/codes", {"alias": alias}, content_type="application/json")
    assert answer.status_code == 400
    assert "alias" in str(answer.json())
    assert link.codes.count() == 2


def test_a_placement_changes_and_the_history_says_so(api: Client, link: Link) -> None:
    code = link.codes.get(kind=Code.Kind.QR)
    Change.objects.all().delete()
    answer = api.patch(f"/api/v1/codes/{code.pk}", {"placement": "door"}, content_type="application/json")
    assert answer.json()["placement"] == "door"
    assert Change.objects.filter(link=link).exists()
    assert link.revisions.order_by("-number")[0].changes == {f"placement of {code.path}": ["poster", "door"]}
    again = api.patch(f"/api/v1/codes/{code.pk}", {"placement": "door"}, content_type="application/json")
    assert again.status_code == 200
    assert link.revisions.count() == 2


def test_a_code_is_set_to_count_only_and_back(api: Client, link: Link) -> None:
    code = link.codes.get(kind=Code.Kind.QR)
    Change.objects.all().delete()
    answer = api.patch(f"/api/v1/codes/{code.pk}", {"counts_only": True}, content_type="application/json")
    assert (answer.json()["counts_only"], answer.json()["placement"]) == (True, "poster")
    assert Change.objects.filter(link=link).count() == 1
    target = load_target(code.domain_id, code.canonical)
    assert target is not None
    assert target.counts_only
    assert link.revisions.latest("number").changes == {f"counts_only of {code.path}": ["False", "True"]}
    answer = api.patch(f"/api/v1/codes/{code.pk}", {"counts_only": False}, content_type="application/json")
    assert answer.json()["counts_only"] is False


@pytest.mark.parametrize("path", ["links/{}/codes", "links"])
def test_a_code_can_only_count_from_its_first_scan_on(api: Client, link: Link, path: str) -> None:
    body = {"counts_only": True, "destination": "https://example.com/", "alias": "wine"}
    answer = api.post(f"/api/v1/{path.format(link.pk)}", body, content_type="application/json").json()
    made = answer.get("codes", [answer])
    assert {code["counts_only"] for code in made} == {True}
    assert Code.objects.filter(counts_only=True).count() == len(made)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"placement": None},
        {"placement": "x" * 121},
        {"placement": "\0"},
        {"counts_only": None},
        {"counts_only": "perhaps"},
        {"counts_only": [True]},
    ],
)
def test_a_wrong_change_is_refused(api: Client, link: Link, body: dict[str, Any]) -> None:
    code = link.codes.first()
    assert code is not None
    assert api.patch(f"/api/v1/codes/{code.pk}", body, content_type="application/json").status_code == 400


def test_codes_of_a_deleted_link_are_gone(api: Client, link: Link) -> None:
    code = link.codes.first()
    assert code is not None
    actions.delete_link(link, actor=actions.NOBODY)
    answer = api.patch(f"/api/v1/codes/{code.pk}", {"placement": "x"}, content_type="application/json")
    assert answer.status_code == 404


ENDPOINTS = [
    ("get", "links/{link}"),
    ("patch", "links/{link}"),
    ("delete", "links/{link}"),
    ("get", "links/{link}/codes"),
    ("post", "links/{link}/codes"),
    ("get", "links/{link}/revisions"),
    ("patch", "codes/{code}"),
]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_charlie_finds_nothing(charlie_api: Client, charlie_client: Client, link: Link, method: str, path: str) -> None:
    code = link.codes.first()
    assert code is not None
    url = "/api/v1/" + path.format(link=link.pk, code=code.pk)
    for stranger in (charlie_api, charlie_client):
        assert getattr(stranger, method)(url, {}, content_type="application/json").status_code == 404
    link.refresh_from_db()
    assert link.revision == 1
    assert link.deleted_at is None


@pytest.mark.parametrize(("method", "path"), [*ENDPOINTS, ("get", "links"), ("post", "links")])
def test_nobody_without_a_key_gets_in(client: Client, link: Link, method: str, path: str) -> None:
    url = "/api/v1/" + path.format(link=link.pk, code=1)
    answer = getattr(client, method)(url, {}, content_type="application/json", headers={"host": "q.example.com"})
    assert answer.status_code == 401


def test_charlie_lists_only_his_own_and_creates_only_there(charlie_api: Client, link: Link) -> None:
    assert charlie_api.get("/api/v1/links").json()["results"] == []
    answer = charlie_api.post(
        "/api/v1/links", {"destination": "https://example.com", "workspace": "acme"}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert Link.objects.count() == 1


def test_queries_of_the_list_do_not_grow(
    api: Client, workspace: Workspace, site: Domain, django_assert_num_queries: CountQueries
) -> None:
    many_links(workspace, 3)
    api.get("/api/v1/links")
    with django_assert_num_queries(4):
        assert len(api.get("/api/v1/links").json()["results"]) == 3
    Code.objects.all().delete()
    Link.objects.all().delete()
    many_links(workspace, 30)
    with django_assert_num_queries(4):
        assert len(api.get("/api/v1/links").json()["results"]) == 30
