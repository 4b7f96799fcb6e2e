"""The dashboard's forms and steps: what people type is kept, refused beside its field, or done."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Workspace
from links import actions
from links.models import Change, Code, Domain, Link
from links.safety import verdicts

LINKS = "/w/acme/links"


def page(answer: Any) -> str:
    return str(answer.content.decode())


def new_link(client: Client, **fields: str) -> Any:
    return client.post(f"{LINKS}/new", {"destination": "https://example.com"} | fields)


def edit(client: Client, link: Link, **fields: str) -> Any:
    standing = {"destination": link.destination, "title": link.title, "revision": str(link.revision)}
    return client.post(f"{LINKS}/{link.pk}/edit", standing | fields)


def test_a_link_is_made_and_shown(alice_client: Client) -> None:
    assert "New link" in page(alice_client.get(f"{LINKS}/new"))
    answer = new_link(alice_client, title="Menu", placement="poster, Main St", alias="Lunch")
    link = Link.objects.get()
    assert answer["Location"] == f"{LINKS}/{link.pk}"
    shown = page(alice_client.get(answer["Location"]))
    qr = link.codes.get(kind=Code.Kind.QR)
    assert f"q.example.com/{qr.path.lower()}" in shown
    assert f"/api/v1/codes/{qr.pk}/image.svg?download=1" in shown
    assert 'value="https://q.example.com/Lunch"' in shown
    assert "poster, Main St" in shown
    assert "alice@example.org" in shown


def test_the_end_is_read_in_the_workspaces_zone(alice_client: Client) -> None:
    assert "Time zone: Europe/Berlin" in page(alice_client.get(f"{LINKS}/new"))
    new_link(alice_client, expires_at="2100-07-01T12:00")
    assert Link.objects.get().expires_at == datetime(2100, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("destination", "example.com", "Write https://example.com/"),
        ("destination", "javascript:alert(1)", "begins with http"),
        ("destination", "", "required"),
        ("title", "x" * 201, "at most 200"),
        ("placement", "x" * 121, "at most 120"),
        ("alias", "two words", "Use only letters"),
        ("alias", "lunch", "is taken"),
        ("expires_at", "2001-01-01T00:00", "has passed"),
        ("expires_at", "never", "valid date"),
        ("expires_at", "2100-03-28T02:30", "time zone"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    alice_client: Client, link: Link, field: str, value: str, words: str
) -> None:
    answer = new_link(alice_client, **({"title": "kept words"} | {field: value}))
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert words in str(errors[field])
    assert f'id="id_{field}_error"' in page(answer)
    assert value in page(answer)
    assert Link.objects.count() == 1


def test_an_edit_is_saved_with_its_history(alice_client: Client, link: Link) -> None:
    Change.objects.all().delete()
    answer = edit(alice_client, link, destination="https://example.org/new", title="Dinner")
    assert answer.status_code == 302
    assert Change.objects.filter(link=link).exists()
    shown = page(alice_client.get(answer["Location"]))
    assert "Destination: https://example.com/menu → https://example.org/new" in shown
    assert "Title: Menu → Dinner" in shown


def test_an_untouched_end_keeps_its_seconds(alice_client: Client, link: Link) -> None:
    end = timezone.now() + timedelta(days=3)
    link = actions.change_link(link, {"expires_at": end}, actor=actions.NOBODY)
    local = end.astimezone(ZoneInfo("Europe/Berlin"))
    assert f'value="{local:%Y-%m-%dT%H:%M}"' in page(alice_client.get(f"{LINKS}/{link.pk}/edit"))
    edit(alice_client, link, title="Dinner", expires_at=f"{local:%Y-%m-%dT%H:%M}")
    link.refresh_from_db()
    assert (link.title, link.expires_at) == ("Dinner", end)
    edit(alice_client, link, expires_at="")
    link.refresh_from_db()
    assert link.expires_at is None


def test_somebody_elses_faster_edit_is_not_overwritten_unseen(alice_client: Client, link: Link) -> None:
    actions.change_link(link, {"title": "Bob's words"}, actor=actions.NOBODY)
    answer = edit(alice_client, link, title="Alice's words")
    assert "Somebody changed this link" in page(answer)
    assert "This is now “Bob&#x27;s words”" in page(answer)
    assert 'value="Alice&#x27;s words"' in page(answer)
    link.refresh_from_db()
    assert link.title == "Bob's words"
    assert f'value="{link.revision}"' in page(answer)
    edit(alice_client, link, title="Alice's words")
    link.refresh_from_db()
    assert link.title == "Alice's words"


@pytest.mark.parametrize("revision", ["", "0", "x", "9" * 40])
def test_an_edit_without_its_revision_says_so(alice_client: Client, link: Link, revision: str) -> None:
    answer = edit(alice_client, link, title="x", revision=revision)
    assert "Reload the page" in page(answer)


def test_a_past_end_ends_the_link(alice_client: Client, link: Link) -> None:
    assert edit(alice_client, link, expires_at="2020-01-01T00:00").status_code == 302
    link.refresh_from_db()
    assert link.state == "expired"


@pytest.mark.parametrize(("step", "state"), [("pause", "paused"), ("expire", "expired"), ("delete", "deleted")])
def test_a_step_asks_before_it_acts(alice_client: Client, link: Link, step: str, state: str) -> None:
    asked = alice_client.get(f"{LINKS}/{link.pk}/{step}")
    assert "?</h1>" in page(asked)
    link.refresh_from_db()
    assert (link.state, link.revision) == ("active", 1)
    assert alice_client.post(f"{LINKS}/{link.pk}/{step}").status_code == 302
    link.refresh_from_db()
    assert link.state == state
    assert Change.objects.filter(link=link).exists()


def test_a_paused_link_resumes(alice_client: Client, link: Link) -> None:
    alice_client.post(f"{LINKS}/{link.pk}/pause")
    assert f"{LINKS}/{link.pk}/resume" in page(alice_client.get(f"{LINKS}/{link.pk}"))
    alice_client.post(f"{LINKS}/{link.pk}/resume")
    link.refresh_from_db()
    assert link.state == "active"


def test_ending_twice_keeps_the_first_end(alice_client: Client, link: Link) -> None:
    alice_client.post(f"{LINKS}/{link.pk}/expire")
    link.refresh_from_db()
    first = link.expires_at
    alice_client.post(f"{LINKS}/{link.pk}/expire")
    link.refresh_from_db()
    assert link.expires_at == first


def test_a_code_is_added_or_refused_on_the_links_page(alice_client: Client, link: Link) -> None:
    refused = alice_client.post(f"{LINKS}/{link.pk}/codes", {"placement": "kept", "alias": "lunch"})
    assert "is taken" in page(refused)
    assert 'value="kept"' in page(refused)
    assert alice_client.post(f"{LINKS}/{link.pk}/codes", {"placement": "door"}).status_code == 302
    assert link.codes.filter(placement="door", kind=Code.Kind.QR).exists()


def test_a_placement_is_changed(alice_client: Client, link: Link) -> None:
    code = link.codes.get(kind=Code.Kind.QR)
    assert 'value="poster"' in page(alice_client.get(f"/w/acme/codes/{code.pk}/edit"))
    assert alice_client.post(f"/w/acme/codes/{code.pk}/edit", {"placement": "door"})["Location"] == f"{LINKS}/{link.pk}"
    assert "poster → door" in page(alice_client.get(f"{LINKS}/{link.pk}"))


def test_the_verdict_is_waited_for_and_then_shown_with_its_reasons(alice_client: Client, link: Link) -> None:
    waiting = page(alice_client.get(f"{LINKS}/{link.pk}/verdict"))
    assert "hx-get" in waiting
    reasons = [{"check": "block list", "reason": "The host is <listed>."}]
    verdicts.record_verdict(link.pk, link.revision, Link.Verdict.MALICIOUS, reasons)
    settled = page(alice_client.get(f"{LINKS}/{link.pk}/verdict"))
    assert "hx-get" not in settled
    assert "The host is &lt;listed&gt;." in settled
    assert "Malicious" in page(alice_client.get(LINKS))


PAGES = [
    ("get", LINKS),
    ("get", f"{LINKS}/new"),
    ("post", f"{LINKS}/new"),
    ("get", f"{LINKS}/counts"),
    *((method, f"{LINKS}/%d{rest}") for method in ("get", "post") for rest in ("/edit", "/codes", "/pause", "/resume")),
    *((method, f"{LINKS}/%d{rest}") for method in ("get", "post") for rest in ("/expire", "/delete")),
    ("get", f"{LINKS}/%d"),
    ("get", f"{LINKS}/%d/verdict"),
    ("get", "/w/acme/codes/%d/edit"),
    ("post", "/w/acme/codes/%d/edit"),
]


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_charlie_finds_nothing(charlie_client: Client, link: Link, method: str, path: str) -> None:
    code = link.codes.order_by("pk")[0]
    url = path.replace("%d", str(code.pk if "/codes/" in path else link.pk))
    assert getattr(charlie_client, method)(url).status_code == 404
    through_his_own = url.replace("/w/acme/", "/w/other/")
    if "%d" in path:
        assert getattr(charlie_client, method)(through_his_own).status_code == 404
    link.refresh_from_db()
    assert (link.revision, link.state) == (1, "active")


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_whoever_is_not_logged_in_is_asked_to(client: Client, link: Link, method: str, path: str) -> None:
    answer = getattr(client, method)(path.replace("%d", str(link.pk)), headers={"host": "q.example.com"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_pages_of_a_deleted_link_are_gone(alice_client: Client, link: Link) -> None:
    actions.delete_link(link, actor=actions.NOBODY)
    for rest in ("", "/edit", "/pause", "/verdict"):
        assert alice_client.get(f"{LINKS}/{link.pk}{rest}").status_code == 404


def test_ids_that_are_none_are_not_found(alice_client: Client, workspace: Workspace, site: Domain) -> None:
    for number in ("0", "9" * 30):
        assert alice_client.get(f"{LINKS}/{number}").status_code == 404
