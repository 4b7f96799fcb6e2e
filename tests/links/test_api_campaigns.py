"""Campaigns and tags by REST, links that name them, and nothing for strangers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, User, Workspace
from links import actions, labels
from links.models import Campaign, Domain, Link, Tag
from tests.links.factories import a_link

CountQueries = Callable[[int], AbstractContextManager[Any]]
V1 = "/api/v1"


def send(client: Client, method: str, path: str, **body: Any) -> Any:
    return getattr(client, method)(f"{V1}/{path}", body, content_type="application/json")


@pytest.fixture
def spring(workspace: Workspace) -> Campaign:
    return labels.rename(Campaign(workspace=workspace), "Spring")


@pytest.fixture
def foreign(other_workspace: Workspace) -> Campaign:
    return labels.rename(Campaign(workspace=other_workspace), "Theirs")


def test_a_campaign_is_made_read_renamed_and_deleted(api: Client, link: Link) -> None:
    made = send(api, "post", "campaigns", name="  Spring  ")
    assert made.status_code == 201
    campaign = made.json()
    assert (campaign["name"], campaign["workspace"], campaign["links"]) == ("Spring", "acme", 0)
    send(api, "patch", f"links/{link.pk}", campaign=campaign["id"])
    path = f"campaigns/{campaign['id']}"
    assert send(api, "patch", path, name="Summer").json()["name"] == "Summer"
    assert api.get(f"{V1}/{path}").json() == campaign | {"name": "Summer", "links": 1}
    assert api.delete(f"{V1}/{path}").status_code == 204
    assert api.get(f"{V1}/{path}").status_code == 404
    assert api.get(f"{V1}/links/{link.pk}").json()["campaign"] is None


@pytest.mark.parametrize(
    "name", [None, "", "  ", "spring", "SPRING", "x" * 101, "a\0b", "a\nb", True, ["x"], {}, "\u200b"]
)
def test_a_name_that_cannot_be_is_said_of_its_field(api: Client, spring: Campaign, name: Any) -> None:
    other = labels.rename(Campaign(workspace=spring.workspace), "Other")
    for method, path in (("post", "campaigns"), ("patch", f"campaigns/{other.pk}")):
        answer = send(api, method, path, name=name)
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["errors"]] == ["name"]
    assert set(Campaign.objects.values_list("name", flat=True)) == {"Spring", "Other"}


def test_a_person_in_several_workspaces_names_one(
    alice_client: Client, alice: User, other_workspace: Workspace
) -> None:
    Membership.objects.create(user=alice, workspace=other_workspace)
    assert send(alice_client, "post", "campaigns", name="Spring").status_code == 400
    assert send(alice_client, "post", "campaigns", name="Spring", workspace="other").json()["workspace"] == "other"
    assert alice_client.get(f"{V1}/campaigns?workspace=acme").json()["results"] == []


def test_a_link_carries_campaign_and_tags(api: Client, site: Domain, spring: Campaign) -> None:
    made = send(
        api, "post", "links", destination="https://example.com", campaign=spring.pk, tags=["Poster", "poster", " a  b "]
    ).json()
    assert (made["campaign"], made["tags"]) == (spring.pk, ["a b", "Poster"])
    changed = send(api, "patch", f"links/{made['id']}", tags=["POSTER"]).json()
    assert (changed["campaign"], changed["tags"], changed["revision"]) == (spring.pk, ["Poster"], 2)
    assert send(api, "patch", f"links/{made['id']}", campaign=None, tags=[]).json()["tags"] == []
    latest = api.get(f"{V1}/links/{made['id']}/revisions").json()["results"][0]
    assert latest["changes"] == {"campaign": ["Spring", None], "tags": ['["Poster"]', "[]"]}


@pytest.mark.parametrize(
    "tags",
    [None, "poster", {"a": 1}, [""], ["a,b"], ["x" * 51], [["x"]], ["\0"], [None], list("abcdefghijklmnopqrstu")],
)
def test_wrong_tags_are_refused(api: Client, link: Link, tags: Any) -> None:
    for method, path in (("post", "links"), ("patch", f"links/{link.pk}")):
        answer = send(api, method, path, destination="https://example.com", tags=tags)
        assert answer.status_code == 400
        assert "tags" in str(answer.json()["errors"])
    assert not Tag.objects.exists()


@pytest.mark.parametrize("campaign", [0, -1, "x", 1.5, True, [1], 2**63, "9" * 5000])
def test_what_is_no_campaign_is_refused(api: Client, link: Link, campaign: Any) -> None:
    for method, path in (("post", "links"), ("patch", f"links/{link.pk}")):
        answer = send(api, method, path, destination="https://example.com", campaign=campaign)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "campaign"


def test_a_foreign_campaign_is_refused_as_if_there_were_none(api: Client, link: Link, foreign: Campaign) -> None:
    for method, path in (("post", "links"), ("patch", f"links/{link.pk}")):
        answers = [
            send(api, method, path, destination="https://example.com", campaign=pk) for pk in (foreign.pk, 10**9)
        ]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert answers[0].content == answers[1].content
        assert b"Theirs" not in answers[0].content
    assert not foreign.links.exists()


def test_links_are_filtered_by_campaign_and_tag(
    api: Client, workspace: Workspace, site: Domain, spring: Campaign, foreign: Campaign
) -> None:
    a_link(workspace, title="both", campaign=spring, tags=["Poster"])
    a_link(workspace, title="tagged", tags=["poster", "flyer"])
    a_link(workspace, title="neither")

    def titles(query: str) -> set[str]:
        return {found["title"] for found in api.get(f"{V1}/links?{query}").json()["results"]}

    assert titles(f"campaign={spring.pk}") == {"both"}
    assert titles("campaign=none") == {"tagged", "neither"}
    assert titles("tag=POSTER") == {"both", "tagged"}
    assert titles(f"campaign={spring.pk}&tag=flyer") == set()
    assert titles(f"campaign={foreign.pk}") == titles("campaign=999999") == titles("tag=nothing") == set()
    for query in ("campaign=x", "campaign=-1", f"campaign={'9' * 30}", "campaign=%00", "tag=%00", "campaign=²"):
        assert api.get(f"{V1}/links?{query}").status_code == 400, query


def test_tags_are_listed_renamed_and_deleted(api: Client, workspace: Workspace, site: Domain) -> None:
    links = [a_link(workspace, tags=["poster", "keep"]), a_link(workspace, tags=["poster"])]
    listed = {tag["name"]: tag for tag in api.get(f"{V1}/tags").json()["results"]}
    assert {name: tag["links"] for name, tag in listed.items()} == {"poster": 2, "keep": 1}
    assert api.get(f"{V1}/tags?search=POST").json()["results"] == [listed["poster"]]
    path = f"tags/{listed['poster']['id']}"
    assert send(api, "patch", path, name="Flyer").json() == listed["poster"] | {"name": "Flyer"}
    for wrong in ("keep", "a,b", "", None):
        assert send(api, "patch", path, name=wrong).status_code == 400
    assert api.delete(f"{V1}/{path}").status_code == 204
    assert [api.get(f"{V1}/links/{link.pk}").json()["tags"] for link in links] == [["keep"], []]


ENDPOINTS = [
    ("get", "campaigns/{campaign}"),
    ("patch", "campaigns/{campaign}"),
    ("delete", "campaigns/{campaign}"),
    ("patch", "tags/{tag}"),
    ("delete", "tags/{tag}"),
]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_charlie_finds_nothing(
    charlie_api: Client, charlie_client: Client, link: Link, spring: Campaign, method: str, path: str
) -> None:
    actions.change_link(link, {"campaign": spring, "tags": ["poster"]}, actor=actions.NOBODY)
    tag = Tag.objects.get()
    for stranger in (charlie_api, charlie_client):
        answer = send(stranger, method, path.format(campaign=spring.pk, tag=tag.pk), name="Mine")
        assert answer.status_code == 404
        for listed in ("campaigns", "tags", f"links?campaign={spring.pk}", "links?tag=poster"):
            assert stranger.get(f"{V1}/{listed}").json()["results"] == []
        assert send(stranger, "post", "campaigns", name="Mine", workspace="acme").status_code == 400
    assert (Campaign.objects.get().name, Tag.objects.get().name) == ("Spring", "poster")
    link.refresh_from_db()
    assert link.revision == 2


@pytest.mark.parametrize(("method", "path"), [*ENDPOINTS, ("get", "campaigns"), ("post", "campaigns"), ("get", "tags")])
def test_nobody_without_a_key_gets_in(client: Client, site: Domain, method: str, path: str) -> None:
    url = f"{V1}/{path.format(campaign=1, tag=1)}"
    answer = getattr(client, method)(url, {}, content_type="application/json", headers={"host": "q.example.com"})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["campaigns", "tags"])
def test_lists_go_on_by_cursor_with_queries_that_do_not_grow(
    api: Client, workspace: Workspace, site: Domain, path: str, django_assert_num_queries: CountQueries
) -> None:
    for n in range(30):
        campaign = labels.rename(Campaign(workspace=workspace), f"Campaign {n}")
        a_link(workspace, campaign=campaign, tags=[f"tag {n}"])
    api.get(f"{V1}/{path}")
    for size in (3, 30):
        with django_assert_num_queries(2):  # the key, the rows
            assert len(api.get(f"{V1}/{path}?page_size={size}").json()["results"]) == size
    first = api.get(f"{V1}/{path}?page_size=20").json()
    assert len(api.get(first["next"]).json()["results"]) == 10
