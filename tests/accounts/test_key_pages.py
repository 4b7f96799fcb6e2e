"""API keys in the dashboard: shown once, kept as a hash, revoked for good."""

import re

import pytest
from django.test import Client

from accounts.models import ApiKey, Workspace


def secret_on(page: str) -> str:
    found = re.search(r"qrp_[\w-]{43}", page)
    return found[0] if found else ""


def test_a_new_key_is_shown_once_and_never_again(alice_client: Client, workspace: Workspace) -> None:
    answer = alice_client.post("/w/acme/keys", {"name": "Webshop"})
    secret = secret_on(answer.content.decode())
    assert secret
    assert "no-store" in answer["Cache-Control"]
    again = alice_client.get("/w/acme/keys").content.decode()
    assert secret not in again
    assert secret[:12] in again


def test_only_a_hash_is_kept(alice_client: Client, workspace: Workspace) -> None:
    secret = secret_on(alice_client.post("/w/acme/keys", {"name": "Webshop"}).content.decode())
    kept = ApiKey.objects.values().get()
    assert kept["digest"] == ApiKey.digest_of(secret)
    assert secret not in str(kept)


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\0b"])
def test_a_key_needs_a_proper_name(alice_client: Client, workspace: Workspace, name: str) -> None:
    answer = alice_client.post("/w/acme/keys", {"name": name})
    assert answer.status_code == 200
    assert 'id="id_name_error"' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_an_empty_post_is_refused_not_ignored(alice_client: Client, workspace: Workspace) -> None:
    assert 'id="id_name_error"' in alice_client.post("/w/acme/keys", {}).content.decode()


def test_revoking_ends_a_key_once(alice_client: Client, workspace: Workspace) -> None:
    key, _ = ApiKey.issue(workspace, "Webshop")
    assert alice_client.post(f"/w/acme/keys/{key.pk}/revoke").status_code == 302
    key.refresh_from_db()
    first = key.revoked_at
    assert first is not None
    alice_client.post(f"/w/acme/keys/{key.pk}/revoke")
    key.refresh_from_db()
    assert key.revoked_at == first


def test_revoking_takes_a_post(alice_client: Client, workspace: Workspace) -> None:
    key, _ = ApiKey.issue(workspace, "Webshop")
    assert alice_client.get(f"/w/acme/keys/{key.pk}/revoke").status_code == 405


def test_a_key_of_another_workspace_is_out_of_reach(
    alice_client: Client, workspace: Workspace, other_workspace: Workspace
) -> None:
    key, _ = ApiKey.issue(other_workspace, "Theirs")
    assert alice_client.post(f"/w/acme/keys/{key.pk}/revoke").status_code == 404
    assert alice_client.post(f"/w/acme/keys/{2**70}/revoke").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_the_list_does_not_grow_queries_with_rows(alice_client: Client, workspace: Workspace) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            alice_client.get("/w/acme/keys")
        return len(captured)

    ApiKey.issue(workspace, "first", workspace.members.get(email="alice@example.org"))
    few = queries()
    for number in range(8):
        ApiKey.issue(workspace, str(number), workspace.members.get(email="bob@example.org"))
    assert queries() == few
