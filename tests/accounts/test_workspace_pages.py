"""Choosing a workspace and changing its settings."""

import pytest
from django.test import Client

from accounts.models import Membership, User, Workspace


def test_the_only_workspace_opens_with_its_overview(alice_client: Client) -> None:
    answer = alice_client.get("/w")
    assert answer["Location"] == "/w/acme"
    assert alice_client.get("/w/acme")["Location"] == "/w/acme/overview"


def test_several_workspaces_are_a_choice(
    alice: User, alice_client: Client, other_workspace: Workspace, charlie: User
) -> None:
    Membership.objects.create(user=alice, workspace=other_workspace)
    page = alice_client.get("/w").content.decode()
    assert 'href="/w/acme"' in page
    assert 'href="/w/other"' in page


def test_no_workspace_is_explained(charlie_client: Client, other_workspace: Workspace) -> None:
    other_workspace.delete()
    assert "You are in no workspace yet" in charlie_client.get("/w").content.decode()


@pytest.mark.parametrize("path", ["/w", "/w/acme", "/w/acme/settings", "/w/acme/keys"])
def test_nobody_logs_in_first(browser: Client, workspace: Workspace, path: str) -> None:
    assert browser.get(path)["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", ["/w/acme", "/w/acme/settings", "/w/acme/keys"])
def test_charlie_finds_nothing(charlie_client: Client, workspace: Workspace, path: str) -> None:
    assert charlie_client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/w/acme/settings", "/w/acme/keys", "/w/acme/keys/1/revoke"])
def test_charlie_changes_nothing(charlie_client: Client, workspace: Workspace, path: str) -> None:
    answer = charlie_client.post(path, {"name": "Mine now", "timezone": "UTC"})
    workspace.refresh_from_db()
    assert answer.status_code == 404
    assert workspace.name == "Acme"
    assert not workspace.api_keys.exists()


def test_an_owner_saves_name_and_zone(alice_client: Client, workspace: Workspace) -> None:
    answer = alice_client.post("/w/acme/settings", {"name": "Acme Posters", "timezone": "America/Sao_Paulo"})
    workspace.refresh_from_db()
    assert answer.status_code == 302
    assert (workspace.name, workspace.next_timezone) == ("Acme Posters", "America/Sao_Paulo")
    assert "The settings are saved." in alice_client.get("/w/acme/settings").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 101), ("name", "a\0b"), ("timezone", "Mars/Olympus"), ("timezone", "")],
)
def test_wrong_values_are_refused_beside_their_field(
    alice_client: Client, workspace: Workspace, field: str, value: str
) -> None:
    answer = alice_client.post("/w/acme/settings", {"name": "New", "timezone": "UTC", field: value})
    workspace.refresh_from_db()
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert (workspace.name, str(workspace.zones)) == ("Acme", "Europe/Berlin")


def test_an_empty_post_is_refused_not_ignored(alice_client: Client) -> None:
    assert alice_client.post("/w/acme/settings", {}).context["form"].errors


def test_a_member_sees_the_settings_and_cannot_change_them(bob_client: Client, workspace: Workspace) -> None:
    page = bob_client.get("/w/acme/settings").content.decode()
    assert "Only an owner" in page
    assert "Save</button>" not in page
    answer = bob_client.post("/w/acme/settings", {"name": "Bob's", "timezone": "UTC"})
    workspace.refresh_from_db()
    assert answer.status_code == 403
    assert "Only an owner of the workspace changes its settings." in answer.content.decode()
    assert workspace.name == "Acme"


def test_every_zone_offered_is_one_the_model_takes() -> None:
    from accounts.forms import zones_by_region
    from accounts.models import validate_timezone

    names = [name for _, zones in zones_by_region() for name, _ in zones]
    assert "Europe/Berlin" in names
    assert len(names) == len(set(names)) > 400
    for name in names:
        validate_timezone(name)


@pytest.mark.parametrize(("room", "name"), [("links", "Links"), ("settings", "Settings"), ("keys", "API keys")])
def test_the_bar_says_where_one_is(alice_client: Client, room: str, name: str) -> None:
    page = alice_client.get(f"/w/acme/{room}").content.decode()
    assert page.count('aria-current="page"') == 1
    assert f">{name}</a>" in page.split('aria-current="page"')[1][:120]
