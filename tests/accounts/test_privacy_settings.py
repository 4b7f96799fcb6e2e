"""Privacy signals and internal networks of a workspace: set by its owner, live in every process."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Workspace
from links.addresses import networks
from links.models import Change, Domain
from links.targets import load_target
from tests.links.factories import a_code

SETTINGS = "/w/acme/settings"


def save(client: Client, **fields: str) -> Any:
    return client.post(SETTINGS, {"name": "Acme", "timezone": "Europe/Berlin"} | fields)


def test_an_owner_sets_both_and_targets_have_them(alice_client: Client, workspace: Workspace, site: Domain) -> None:
    code = a_code(workspace)
    Change.objects.all().delete()
    typed = "203.0.113.7\r\n\r\n2001:DB8::/32"
    assert save(alice_client, honours_privacy_signals="on", internal_networks=typed).status_code == 302
    workspace.refresh_from_db()
    assert workspace.honours_privacy_signals
    assert workspace.internal_networks == ["203.0.113.7/32", "2001:db8::/32"]
    assert Change.objects.filter(link=None).count() == 1
    target = load_target(code.domain_id, code.canonical)
    assert target is not None
    assert (target.honours_privacy_signals, target.internal_networks) == (True, networks(workspace.internal_networks))
    shown = alice_client.get(SETTINGS).content.decode()
    assert "203.0.113.7/32\n2001:db8::/32</textarea>" in shown
    save(alice_client)
    workspace.refresh_from_db()
    assert not workspace.honours_privacy_signals


def test_networks_are_taken_away_again(alice_client: Client, workspace: Workspace) -> None:
    Workspace.objects.update(internal_networks=["203.0.113.0/24"])
    save(alice_client, internal_networks=" \n ")
    workspace.refresh_from_db()
    assert workspace.internal_networks == []


def test_wrong_networks_are_named_beside_their_field_and_kept_in_it(alice_client: Client, workspace: Workspace) -> None:
    answer = save(alice_client, internal_networks="203.0.113.0/24\noffice <b>\n0.0.0.0/0")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["internal_networks"]
    assert 'id="id_internal_networks_error"' in shown
    assert "Line 2: “office &lt;b&gt;” is no network." in shown
    assert "Line 3: “0.0.0.0/0” is every address there is" in shown
    assert "203.0.113.0/24\noffice &lt;b&gt;\n0.0.0.0/0</textarea>" in shown
    workspace.refresh_from_db()
    assert workspace.internal_networks == []


@pytest.mark.parametrize("field", ["honours_privacy_signals", "internal_networks"])
def test_a_member_sees_them_and_cannot_change_them(bob_client: Client, workspace: Workspace, field: str) -> None:
    Workspace.objects.update(internal_networks=["203.0.113.0/24"])
    shown = bob_client.get(SETTINGS)
    assert "203.0.113.0/24</textarea>" in shown.content.decode()
    assert shown.context["form"].fields[field].disabled
    assert save(bob_client, **{field: "203.0.113.9"}).status_code == 403
    workspace.refresh_from_db()
    assert (workspace.internal_networks, workspace.honours_privacy_signals) == (["203.0.113.0/24"], False)


def test_charlie_changes_nothing(charlie_client: Client, workspace: Workspace) -> None:
    assert save(charlie_client, honours_privacy_signals="on", internal_networks="203.0.113.7").status_code == 404
    workspace.refresh_from_db()
    assert (workspace.internal_networks, workspace.honours_privacy_signals) == ([], False)
