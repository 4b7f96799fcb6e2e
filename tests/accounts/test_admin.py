"""The administration pages work for a log-in by e-mail, and show no digest."""

import pytest
from django.test import Client

from accounts.models import ApiKey, User, Workspace
from links.models import Domain
from tests.conftest import client_of


@pytest.fixture
def root_client(site: Domain) -> Client:
    return client_of(User.objects.create_superuser("root@example.org", "root-password"))


def test_every_list_and_form_opens(root_client: Client, alice: User, workspace: Workspace) -> None:
    key, _ = ApiKey.issue(workspace, "Webshop", alice)
    membership = workspace.memberships.earliest("pk")
    for path in (
        "user/?q=alice",
        "user/add/",
        f"user/{alice.pk}/change/",
        "workspace/",
        f"workspace/{workspace.pk}/change/",
        "membership/",
        f"membership/{membership.pk}/change/",
        "apikey/",
        f"apikey/{key.pk}/change/",
    ):
        answer = root_client.get(f"/admin/accounts/{path}")
        assert answer.status_code == 200, path
        assert key.digest not in answer.content.decode()


def test_a_person_added_here_logs_in_whatever_case_was_typed(root_client: Client) -> None:
    password = "a-fine-long-one-7"
    form = {"email": "New@Example.org", "name": "", "usable_password": "true"}
    answer = root_client.post("/admin/accounts/user/add/", form | {"password1": password, "password2": password})
    assert answer.status_code == 302
    assert User.objects.get(email="new@example.org").check_password(password)


def test_keys_are_not_made_here(root_client: Client) -> None:
    assert root_client.get("/admin/accounts/apikey/add/").status_code == 403


def test_members_are_no_administrators(alice_client: Client) -> None:
    assert alice_client.get("/admin/accounts/user/").status_code == 302
