"""While counting is behind every dashboard page says so, also one that is open already."""

import pytest
from django.test import Client

from accounts.models import Workspace
from links.lag import Behind, watch
from tests.links.factories import a_link

WORDS = "Counting is 3 minutes behind."


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> list[Behind]:
    """What the watch says; the last one counts."""
    said = [Behind("3 minutes")]
    monkeypatch.setattr(watch, "look", lambda: said[-1])
    return said


@pytest.mark.parametrize("path", ["/w", "/w/acme/links", "/w/acme/links/new", "/w/acme/keys", "/w/acme/settings"])
def test_every_page_says_it(alice_client: Client, behind: list[Behind], path: str) -> None:
    text = alice_client.get(path, follow=True).content.decode()
    assert WORDS in text
    assert "Every scan is kept and will be counted." in text
    behind.append(Behind())
    text = alice_client.get(path, follow=True).content.decode()
    assert "Counting is" not in text
    assert 'id="counting-notice"' in text, "the place for an open page's notice"


def test_where_scans_were_lost_no_page_says_that_all_are_kept(alice_client: Client, behind: list[Behind]) -> None:
    behind.append(Behind("3 minutes", lost_none=False))
    text = alice_client.get("/w/acme/links").content.decode()
    assert WORDS in text
    assert "Every scan" not in text


def test_visitors_are_not_told(client: Client, alice_client: Client, behind: list[Behind]) -> None:
    alice_client.logout()
    assert "counting-notice" not in alice_client.get("/accounts/login/").content.decode()
    assert alice_client.get("/w/~/counting").status_code == 204


def test_an_open_page_is_told_once(alice_client: Client, behind: list[Behind]) -> None:
    answer = alice_client.get("/w/~/counting")
    assert answer.status_code == 200
    assert WORDS in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert alice_client.get("/w/~/counting", {"shown": "3 minutes"}).status_code == 204
    behind.append(Behind("4 minutes"))
    assert "4 minutes" in alice_client.get("/w/~/counting", {"shown": "3 minutes"}).content.decode()
    behind.append(Behind())
    assert alice_client.get("/w/~/counting", {"shown": "4 minutes"}).content.strip() == b""
    assert alice_client.get("/w/~/counting").status_code == 204


def test_the_live_panel_says_it_next_to_the_numbers(
    alice_client: Client, workspace: Workspace, behind: list[Behind]
) -> None:
    behind.append(Behind())
    link = a_link(workspace)
    panel = f"/w/acme/links/{link.pk}/panel"
    quiet = alice_client.get(panel)
    assert "behind" not in quiet.content.decode()
    seen = quiet.context["panel"].seen
    assert alice_client.get(panel, {"seen": seen}).status_code == 204
    behind.append(Behind("3 minutes"))
    assert "counting is 3 minutes behind" in alice_client.get(panel, {"seen": seen}).content.decode()
