"""Whatever is typed or sent as text is kept or refused: never a crash, and never markup on a page."""

from itertools import cycle
from typing import Any

from django.test import Client

from accounts.models import Workspace
from links import actions, labels
from links.models import Campaign, Link, Tag
from tests import corpora

LINKS = "/w/acme/links"


def naughty_strings() -> list[str]:
    """What people warn of; of the script injections, which are alike, every tenth."""
    strings = [text for text in [*corpora.entries("blns.json"), *corpora.lines("xss.txt")[::10]] if text]
    assert len(strings) > 500
    return corpora.naughty(strings)


def assert_no_markup(answer: Any, text: str) -> None:
    """What began with “<” or held a quote must have been escaped wherever it stands."""
    assert answer.status_code in (200, 302), text
    if "<" in text:
        assert text not in answer.content.decode(), text


def test_forms_keep_or_refuse_whatever_is_typed(alice_client: Client, link: Link) -> None:
    pages = cycle(["new", f"{link.pk}/edit", f"{link.pk}/codes"])
    names = ("destination", "title", "placement", "alias", "campaign", "tags", "expires_at", "revision")
    for text, path in zip(naughty_strings(), pages, strict=False):
        everywhere = dict.fromkeys(names, text)
        assert_no_markup(alice_client.post(f"{LINKS}/{path}", everywhere), text)


def test_search_takes_any_text(alice_client: Client, link: Link) -> None:
    for number, text in enumerate(naughty_strings()):
        if number % 2:
            assert_no_markup(
                alice_client.get(LINKS, dict.fromkeys(("q", "state", "page", "campaign", "tag", "to"), text)), text
            )
        else:
            answer = alice_client.get(
                "/api/v1/links", dict.fromkeys(("search", "state", "campaign", "tag", "cursor"), text)
            )
            assert answer.status_code in (200, 400, 404), text


def test_rest_keeps_text_as_it_is_and_pages_show_it_as_text(alice_client: Client, workspace: Workspace) -> None:
    for number, text in enumerate(naughty_strings()):
        body = {"destination": "https://example.com/", "title": text, "placement": text[:120]}
        answer = alice_client.post("/api/v1/links", body, content_type="application/json")
        assert answer.status_code in (201, 400), text
        if answer.status_code == 201:
            assert answer.json()["title"] == text.strip()
        if answer.status_code == 201 and number % 5 == 0:
            assert_no_markup(alice_client.get(f"{LINKS}/{answer.json()['id']}"), text)
    assert Link.objects.count() > len(naughty_strings()) * 0.7
    for number in range(1, 1 + Link.objects.count() // 25):
        shown = alice_client.get(LINKS, {"page": number})
        for link, _ in shown.context["rows"]:
            assert_no_markup(shown, link.title)


def test_campaigns_and_tags_take_or_refuse_any_name_and_show_it_as_text(
    alice_client: Client, api: Client, link: Link
) -> None:
    for number, text in enumerate(naughty_strings()):
        made = api.post("/api/v1/campaigns", {"name": text}, content_type="application/json")
        assert made.status_code in (201, 400), text
        tagged = api.patch(f"/api/v1/links/{link.pk}", {"tags": [text]}, content_type="application/json")
        assert tagged.status_code in (200, 400), text
        if number % 5 == 0:
            assert_no_markup(alice_client.get("/w/acme/tags"), text)
            assert_no_markup(alice_client.get(f"{LINKS}/{link.pk}"), text)
    assert Campaign.objects.count() > len(naughty_strings()) * 0.7
    for number in range(1, 1 + Campaign.objects.count() // 25):
        shown = alice_client.get("/w/acme/campaigns", {"page": number})
        for campaign in shown.context["page"]:
            assert_no_markup(shown, campaign.name)


def test_forms_of_campaigns_and_tags_keep_or_refuse_whatever_is_typed(alice_client: Client, link: Link) -> None:
    actions.change_link(link, {"tags": ["poster"]}, actor=actions.NOBODY)
    spring = labels.rename(Campaign(workspace=link.workspace), "Spring")
    paths = ["campaigns", f"campaigns/{spring.pk}/rename", f"tags/{Tag.objects.get().pk}/rename", "links/assign"]
    for text, path in zip(naughty_strings(), cycle(paths), strict=False):
        sent = dict.fromkeys(("name", "link", "campaign", "campaign_page", "query"), text)
        answer = alice_client.post(f"/w/acme/{path}", sent)
        assert_no_markup(answer, text)
        if path == "links/assign":
            assert answer["Location"].startswith(("/w/acme/links", "/w/acme/campaigns/"))
            assert_no_markup(alice_client.get(answer["Location"]), text)


def test_rest_refuses_what_is_no_text_of_its_kind(alice_client: Client, link: Link) -> None:
    calls = cycle([(alice_client.post, "links"), (alice_client.patch, f"links/{link.pk}")])
    for text, (method, path) in zip(naughty_strings(), calls, strict=False):
        body = dict.fromkeys(("destination", "alias", "expires_at", "workspace", "state", "revision", "tags"), text)
        answer = method(f"/api/v1/{path}", body, content_type="application/json")
        assert answer.status_code == 400, text
