"""Links by REST: create, read, list, change, delete."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from links import actions
from links.models import Change, Code, Domain, Link, LinkCounter

LINKS = "/api/v1/links"


def create(api: Client, **fields: Any) -> Any:
    return api.post(LINKS, fields, content_type="application/json")


def change(api: Client, link: Link, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    return api.patch(f"{LINKS}/{link.pk}", fields, content_type="application/json", headers=headers)


def test_create_answers_with_the_whole_link(api: Client) -> None:
    answer = create(api, destination="https://Example.com", title="Menu", placement="poster, Main St", alias="lunch")
    assert answer.status_code == 201
    link = answer.json()
    qr, alias = link["codes"]
    assert link["destination"] == "https://example.com/"
    assert (link["title"], link["state"], link["revision"], link["workspace"]) == ("Menu", "active", 1, "acme")
    assert qr["kind"] == "qr"
    assert qr["url"] == f"https://q.example.com/{qr['code']}"
    assert qr["placement"] == "poster, Main St"
    assert (alias["kind"], alias["code"]) == ("alias", "lunch")
    assert link["verdict"] == {"state": "unchecked", "reasons": [], "checked_at": None}
    assert link["scans"] == {"human": 0, "other": 0, "last_scan_at": None}
    assert answer["ETag"] == '"1"'


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("destination", "javascript:alert(1)"),
        ("destination", ""),
        ("destination", None),
        ("destination", "https://u:p@example.com"),
        ("rules", [{"when": {"device": ["toaster"]}, "destination": "https://example.com"}]),
        ("rules", {"os": "iOS"}),
        ("title", "x" * 201),
        ("title", "a\0b"),
        ("title", "\ud800"),
        ("placement", "x" * 121),
        ("alias", "admin"),
        ("alias", "a/b"),
        ("alias", "x"),
        ("expires_at", "2001-01-01T00:00:00Z"),
        ("expires_at", "0001-01-01T00:00:00+14:00"),
        ("expires_at", "9999-12-31T23:59:59-12:00"),
        ("expires_at", "tomorrow"),
        ("workspace", "nobodys"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(api: Client, field: str, value: Any) -> None:
    answer = create(api, **({"destination": "https://example.com"} | {field: value}))
    assert answer.status_code == 400
    assert field in str(answer.json())
    assert not Link.objects.exists()
    assert not Code.objects.exists()


def test_a_taken_alias_is_refused_in_any_case_and_after_deletion(api: Client, link: Link) -> None:
    api.delete(f"{LINKS}/{link.pk}")
    answer = create(api, destination="https://example.com", alias="LUNCH")
    assert answer.status_code == 400
    assert "taken" in str(answer.json())
    assert Link.objects.alive().count() == 0


def test_a_person_in_several_workspaces_names_one(
    alice_client: Client, alice: User, other_workspace: Workspace
) -> None:
    Membership.objects.create(user=alice, workspace=other_workspace)
    refused = create(alice_client, destination="https://example.com")
    assert refused.status_code == 400
    assert "acme" in str(refused.json())
    made = create(alice_client, destination="https://example.com", workspace="other")
    assert made.json()["workspace"] == "other"


def test_read_shows_counts_and_state(api: Client, link: Link) -> None:
    LinkCounter.objects.filter(link=link).update(human=3, other=2, last_scan_at=timezone.now())
    actions.change_link(link, {"expires_at": timezone.now()}, actor=actions.NOBODY)
    shown = api.get(f"{LINKS}/{link.pk}").json()
    assert shown["state"] == "expired"
    assert (shown["scans"]["human"], shown["scans"]["other"]) == (3, 2)
    assert shown["scans"]["last_scan_at"]


def test_the_list_is_searched_and_filtered(api: Client, workspace: Workspace, site: Domain) -> None:
    def make(title: str, **more: Any) -> Link:
        return actions.create_link(workspace, "https://example.com/x", actor=actions.NOBODY, title=title, **more)

    paused = make("spring", placement="tram stop")
    actions.change_link(paused, {"is_paused": True}, actor=actions.NOBODY)
    make("summer", alias="sunny")
    make("autumn", expires_at=timezone.now() - timedelta(days=1))
    actions.delete_link(make("winter"), actor=actions.NOBODY)

    def titles(query: str) -> list[str]:
        return [found["title"] for found in api.get(f"{LINKS}?{query}").json()["results"]]

    assert titles("") == ["autumn", "summer", "spring"]
    assert titles("search=SUNNY") == ["summer"]
    assert titles("search=tram") == ["spring"]
    assert titles("state=active") == ["summer"]
    assert titles("state=paused") == ["spring"]
    assert titles("state=expired") == ["autumn"]
    assert titles("state=paused&search=summer") == []
    assert api.get(f"{LINKS}?state=broken").status_code == 400
    assert api.get(f"{LINKS}?search=%00").status_code == 400


def test_the_list_goes_on_by_cursor(api: Client, workspace: Workspace, site: Domain) -> None:
    for n in range(3):
        actions.create_link(workspace, f"https://example.com/{n}", actor=actions.NOBODY)
    first = api.get(f"{LINKS}?page_size=2").json()
    second = api.get(first["next"]).json()
    assert [len(first["results"]), len(second["results"])] == [2, 1]
    assert second["next"] is None


def test_change_is_kept_in_the_history_and_told_to_every_process(api: Client, link: Link) -> None:
    Link.objects.filter(pk=link.pk).update(verdict="safe")
    Change.objects.all().delete()
    answer = change(api, link, destination="https://example.org/", title="New", state="paused")
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["destination"], changed["state"], changed["verdict"]["state"]) == (
        "https://example.org/",
        "paused",
        "unchecked",
    )
    assert answer["ETag"] == '"2"'
    assert Change.objects.filter(link=link).count() == 1
    latest = api.get(f"{LINKS}/{link.pk}/revisions").json()["results"][0]
    assert (latest["number"], latest["api_key"], latest["changed_by"]) == (2, "test", None)
    assert latest["changes"]["destination"] == ["https://example.com/menu", "https://example.org/"]


def test_rules_are_written_read_and_taken_away(api: Client, link: Link) -> None:
    rules = [{"when": {"os": ["ios"], "language": ["de"]}, "destination": "https://example.com/app"}]
    assert change(api, link, rules=rules).json()["rules"] == rules
    assert change(api, link, rules=[]).json()["rules"] == []
    made = create(api, destination="https://example.com", rules=rules).json()
    assert api.get(f"{LINKS}/{made['id']}").json()["rules"] == rules


def test_a_link_ends_now_and_lives_again_with_a_later_end(api: Client, link: Link) -> None:
    assert change(api, link, expires_at="2020-01-01T00:00:00Z").json()["state"] == "expired"
    refused = change(api, link, state="active")
    assert refused.status_code == 400
    assert "expires_at" in str(refused.json())
    assert change(api, link, state="active", expires_at=None).json()["state"] == "active"


@pytest.mark.parametrize("state", ["expired", "deleted", "", None, 1])
def test_only_active_and_paused_are_written(api: Client, link: Link, state: Any) -> None:
    assert change(api, link, state=state).status_code == 400


def test_nobodys_change_is_lost(api: Client, link: Link) -> None:
    assert change(api, link, title="first", headers={"if-match": '"1"'}).status_code == 200
    for late in (
        change(api, link, title="second", headers={"if-match": '"1"'}),
        change(api, link, title="second", revision=1),
        change(api, link, title="second", headers={"if-match": "garbage"}),
    ):
        assert late.status_code == 412
    link.refresh_from_db()
    assert link.title == "first"
    assert change(api, link, title="second", headers={"if-match": "*"}).status_code == 200


def test_delete_leaves_a_tombstone(api: Client, link: Link) -> None:
    codes = set(link.codes.values_list("path", flat=True))
    assert api.delete(f"{LINKS}/{link.pk}").status_code == 204
    assert api.get(f"{LINKS}/{link.pk}").status_code == 404
    assert api.delete(f"{LINKS}/{link.pk}").status_code == 404
    assert change(api, link, title="x").status_code == 404
    assert api.get(f"{LINKS}/{link.pk}/revisions").status_code == 404
    assert set(Code.objects.values_list("path", flat=True)) == codes


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b"null", b"\xff", b"1"])
def test_a_body_that_is_no_object_is_refused(api: Client, link: Link, body: bytes) -> None:
    assert api.post(LINKS, body, content_type="application/json").status_code == 400
    assert api.patch(f"{LINKS}/{link.pk}", body, content_type="application/json").status_code in (200, 400)
    link.refresh_from_db()
    assert link.revision == 1
