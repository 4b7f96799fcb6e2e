"""Strings that break things, in every place where people type a name: refused or kept as they are, never a 500."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.forms import WorkspaceForm
from accounts.models import ApiKey, Workspace
from links.addresses import networks
from tests import corpora


@pytest.fixture
def naughty(db: None) -> list[str]:
    return corpora.naughty(corpora.entries("blns.json"))


def test_workspace_names(alice_client: Client, workspace: Workspace, naughty: list[str]) -> None:
    for text in naughty[::4]:  # the same field as a key's name below, which takes them all
        answer = alice_client.post("/w/acme/settings", {"name": text, "timezone": "UTC"})
        workspace.refresh_from_db()
        assert answer.status_code in (200, 302), text
        if answer.status_code == 302:
            assert workspace.name == text.strip(), text


def test_zones(workspace: Workspace, naughty: list[str]) -> None:
    for text in naughty:
        form = WorkspaceForm({"name": "Acme", "timezone": text}, instance=workspace)
        assert list(form.errors) == ["timezone"], text


def test_networks(workspace: Workspace, naughty: list[str]) -> None:
    for text in naughty:
        sent = {"name": "Acme", "timezone": "UTC", "internal_networks": text, "honours_privacy_signals": text}
        form = WorkspaceForm(sent, instance=workspace)
        assert form.is_valid() or list(form.errors) == ["internal_networks"], text
        networks(form.cleaned_data.get("internal_networks", []))  # what is stored can be read


def test_addresses_and_passwords(browser: Client, workspace: Workspace, naughty: list[str]) -> None:
    for text in naughty:
        cache.clear()  # the limit on guessing would answer instead
        answer = browser.post("/accounts/login/", {"login": text, "password": text})
        assert answer.status_code == 200, text


def test_key_names_are_shown_as_text(alice_client: Client, workspace: Workspace, naughty: list[str]) -> None:
    for text in naughty:
        assert alice_client.post("/w/acme/keys", {"name": text}).status_code == 200, text
        ApiKey.objects.all().delete()
    ApiKey.issue(workspace, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in alice_client.get("/w/acme/keys").content.decode()
