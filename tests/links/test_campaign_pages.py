"""Pages of campaigns and tags, the filter of the list, and links ticked and moved at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from accounts.models import Workspace
from links import actions, labels
from links.models import Campaign, Change, Code, Domain, Link, Tag
from tests.links.conftest import many_links
from tests.links.factories import a_link

CountQueries = Callable[[int], AbstractContextManager[Any]]
W = "/w/acme"


def page(answer: Any) -> str:
    return str(answer.content.decode())


def titles(answer: Any) -> list[str]:
    return [link.title for link, _ in answer.context["rows"]]


@pytest.fixture
def spring(workspace: Workspace) -> Campaign:
    return labels.rename(Campaign(workspace=workspace), "Spring")


def test_an_empty_page_says_what_a_campaign_is_for(alice_client: Client) -> None:
    assert "No campaigns yet" in page(alice_client.get(f"{W}/campaigns"))
    assert "No tags yet" in page(alice_client.get(f"{W}/tags"))


def test_a_campaign_is_made_renamed_and_deleted(alice_client: Client, link: Link) -> None:
    made = alice_client.post(f"{W}/campaigns", {"name": "Spring <b>"})
    campaign = Campaign.objects.get()
    assert made["Location"] == f"{W}/campaigns/{campaign.pk}"
    assert "No links in this campaign yet" in page(alice_client.get(made["Location"]))
    actions.change_link(link, {"campaign": campaign}, actor=actions.NOBODY)
    assert 'value="Spring &lt;b&gt;"' in page(alice_client.get(f"{made['Location']}/rename"))
    assert alice_client.post(f"{made['Location']}/rename", {"name": "Summer"})["Location"] == made["Location"]
    listed = page(alice_client.get(f"{W}/campaigns"))
    assert "“Spring &lt;b&gt;” is now “Summer”." in listed
    asked = page(alice_client.get(f"{made['Location']}/delete"))
    assert "Its 1 link keeps working" in asked
    assert Campaign.objects.exists()
    assert alice_client.post(f"{made['Location']}/delete")["Location"] == f"{W}/campaigns"
    link.refresh_from_db()
    assert (link.state, link.campaign) == ("active", None)


@pytest.mark.parametrize("name", ["", "  ", "spring", "x" * 101, "a\0b"])
def test_a_wrong_name_is_refused_beside_its_field(alice_client: Client, spring: Campaign, name: str) -> None:
    other = labels.rename(Campaign(workspace=spring.workspace), "Other")
    for path in ("campaigns", f"campaigns/{other.pk}/rename"):
        answer = alice_client.post(f"{W}/{path}", {"name": name})
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == ["name"]
        assert 'id="id_name_error"' in page(answer)
    assert "Rename Other" in page(answer)
    assert Campaign.objects.count() == 2


def test_a_links_forms_take_campaign_and_tags(alice_client: Client, spring: Campaign, site: Domain) -> None:
    assert f'<option value="{spring.pk}" selected>' in page(alice_client.get(f"{W}/links/new?campaign={spring.pk}"))
    new = {"destination": "https://example.com/", "campaign": str(spring.pk), "tags": "Poster, a  b,"}
    detail = alice_client.post(f"{W}/links/new", new)["Location"]
    link = Link.objects.get()
    assert link.campaign == spring
    shown = page(alice_client.get(detail))
    assert f'href="{W}/campaigns/{spring.pk}"' in shown
    assert f'href="{W}/links?tag=a%20b"' in shown
    form = page(alice_client.get(f"{detail}/edit"))
    assert 'value="a b, Poster"' in form
    assert '<option value="Poster"></option>' in form
    edited = {"destination": "https://example.com/", "revision": "1", "campaign": "", "tags": "POSTER, new"}
    assert alice_client.post(f"{detail}/edit", edited)["Location"] == detail
    shown = page(alice_client.get(detail))
    assert "Campaign: Spring → none" in shown
    assert "Tags: a b, Poster → new, Poster" in shown


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("tags", ", ".join(str(n) for n in range(21)), "at most 20"),
        ("tags", "x" * 51, "at most 50"),
        ("tags", "a\0b", "control characters"),
        ("campaign", "999999", "no such campaign"),
        ("campaign", "x", "no such campaign"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    alice_client: Client, link: Link, spring: Campaign, field: str, value: str, words: str
) -> None:
    standing = {"destination": link.destination, "revision": "1", field: value}
    for path in ("new", f"{link.pk}/edit"):
        answer = alice_client.post(f"{W}/links/{path}", standing)
        assert list(answer.context["form"].errors) == [field]
        assert words in str(answer.context["form"].errors)
        assert f'id="id_{field}_error"' in page(answer)


def test_a_foreign_campaign_cannot_be_chosen(alice_client: Client, link: Link, other_workspace: Workspace) -> None:
    foreign = labels.rename(Campaign(workspace=other_workspace), "Theirs")
    standing = {"destination": link.destination, "revision": "1", "campaign": str(foreign.pk)}
    for path in ("links/new", f"links/{link.pk}/edit"):
        answer = alice_client.post(f"{W}/{path}", standing)
        assert "There is no such campaign any more" in page(answer)
        assert "Theirs" not in page(answer)
    alice_client.post(f"{W}/links/assign", {"link": [link.pk], "campaign": str(foreign.pk)})
    assert not foreign.links.exists()


def test_somebody_elses_faster_edit_of_tags_is_shown(alice_client: Client, link: Link) -> None:
    actions.change_link(link, {"tags": ["bobs"]}, actor=actions.NOBODY)
    typed = {"destination": link.destination, "title": link.title, "tags": "alices", "revision": "1"}
    answer = alice_client.post(f"{W}/links/{link.pk}/edit", typed)
    assert "This is now “bobs”." in page(answer)
    assert 'value="alices"' in page(answer)


def test_the_list_is_filtered_by_campaign_and_tag(
    alice_client: Client, workspace: Workspace, site: Domain, spring: Campaign
) -> None:
    a_link(workspace, title="both", campaign=spring, tags=["Poster"])
    a_link(workspace, title="tagged", tags=["Poster"])
    a_link(workspace, title="neither")
    assert titles(alice_client.get(f"{W}/links?campaign={spring.pk}")) == ["both"]
    assert titles(alice_client.get(f"{W}/links?campaign=none&tag=Poster")) == ["tagged"]
    assert titles(alice_client.get(f"{W}/links?tag=Poster&q=both")) == ["both"]
    shown = alice_client.get(f"{W}/links?campaign=999&tag=gone")
    assert len(titles(shown)) == 3
    assert list(shown.context["form"].errors) == ["campaign", "tag"]


def test_without_campaigns_and_tags_there_is_nothing_to_choose_or_tick(alice_client: Client, link: Link) -> None:
    shown = page(alice_client.get(f"{W}/links"))
    assert 'id="id_campaign"' not in shown
    assert 'id="id_tag"' not in shown
    assert 'type="checkbox"' not in shown


def test_ticked_links_are_moved_and_the_list_stays_as_it_was_narrowed(
    alice_client: Client, workspace: Workspace, site: Domain, spring: Campaign
) -> None:
    links = many_links(workspace, 3)
    shown = page(alice_client.get(f"{W}/links?campaign=none&to={spring.pk}"))
    assert f'<option value="{spring.pk}" selected>Spring</option>' in shown
    ticked = {"link": [links[0].pk, links[2].pk], "campaign": spring.pk, "query": "campaign=none&page=1"}
    answer = alice_client.post(f"{W}/links/assign", ticked, follow=True)
    assert answer.redirect_chain == [(f"{W}/links?campaign=none&page=1", 302)]
    assert "2 links are now in the campaign “Spring”." in page(answer)
    assert set(spring.links.all()) == {links[0], links[2]}
    assert Change.objects.filter(link__in=spring.links.all()).count() == 2
    campaign = f"{W}/campaigns/{spring.pk}"
    assert 'form="take-out"' in page(alice_client.get(campaign))
    out = alice_client.post(f"{W}/links/assign", {"link": links[0].pk, "campaign": "", "campaign_page": spring.pk})
    assert out["Location"] == campaign
    assert list(spring.links.all()) == [links[2]]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Tick one or more links first."),
        ({"link": ["x", "²", "9" * 40, "\0"]}, "Select a valid choice"),
        ({"link": ["1"], "campaign": "999999"}, "no such campaign"),
        ({"link": ["1"], "campaign": "\0", "query": "\0=\0"}, "Null characters"),
        ({"campaign_page": "9" * 40, "query": "https://evil.example/"}, "Tick one"),
    ],
)
def test_what_cannot_be_moved_is_said_on_the_list(
    alice_client: Client, link: Link, spring: Campaign, sent: dict[str, Any], words: str
) -> None:
    answer = alice_client.post(f"{W}/links/assign", sent)
    assert answer["Location"].startswith(f"{W}/links")
    assert words in page(alice_client.get(answer["Location"]))
    assert link.revisions.count() == 1


def test_ticked_links_of_others_stay_where_they_are(
    alice_client: Client, other_workspace: Workspace, link: Link, spring: Campaign
) -> None:
    theirs = a_link(other_workspace)
    alice_client.post(f"{W}/links/assign", {"link": [link.pk, theirs.pk], "campaign": spring.pk})
    assert list(spring.links.all()) == [link]
    theirs.refresh_from_db()
    assert (theirs.campaign, theirs.revision) == (None, 1)


def test_tags_are_renamed_and_deleted_by_hand(alice_client: Client, link: Link) -> None:
    actions.change_link(link, {"tags": ["poster", "other"]}, actor=actions.NOBODY)
    tag = Tag.objects.get(key="poster")
    assert f"{W}/links?tag=poster" in page(alice_client.get(f"{W}/tags"))
    assert "already" in page(alice_client.post(f"{W}/tags/{tag.pk}/rename", {"name": "OTHER"}))
    assert alice_client.post(f"{W}/tags/{tag.pk}/rename", {"name": "Flyer"})["Location"] == f"{W}/tags"
    assert "taken from 1 link" in page(alice_client.get(f"{W}/tags/{tag.pk}/delete"))
    assert alice_client.post(f"{W}/tags/{tag.pk}/delete").status_code == 302
    assert [each.name for each in link.tags.all()] == ["other"]


def test_a_code_is_set_to_count_only(alice_client: Client, link: Link) -> None:
    code = link.codes.get(kind=Code.Kind.QR)
    form = page(alice_client.get(f"{W}/codes/{code.pk}/edit"))
    assert "nothing else about it is kept" in form
    alice_client.post(f"{W}/codes/{code.pk}/edit", {"placement": "poster", "counts_only": "on"})
    code.refresh_from_db()
    assert (code.counts_only, code.placement) == (True, "poster")
    shown = page(alice_client.get(f"{W}/links/{link.pk}"))
    assert "counts only" in shown
    assert f"Code {code.path} only counts" in shown
    assert "checked" in page(alice_client.get(f"{W}/codes/{code.pk}/edit"))


def test_a_new_link_and_a_new_code_can_count_only(alice_client: Client, workspace: Workspace, site: Domain) -> None:
    new = page(alice_client.get(f"{W}/links/new"))
    assert 'aria-describedby="id_counts_only_helptext"' in new
    assert "whether a person did it" in new
    wine = {"destination": "https://example.com/wine", "alias": "wine", "counts_only": "on"}
    assert alice_client.post(f"{W}/links/new", wine | {"alias": "two words"}).context["form"]["counts_only"].value()
    alice_client.post(f"{W}/links/new", wine)
    link = Link.objects.get()
    assert [code.counts_only for code in link.codes.all()] == [True, True]
    alice_client.post(f"{W}/links/{link.pk}/codes", {"placement": "back label", "counts_only": "on"})
    alice_client.post(f"{W}/links/{link.pk}/codes", {"placement": "poster"})
    placed = dict(link.codes.exclude(placement="").values_list("placement", "counts_only"))
    assert placed == {"back label": True, "poster": False}


PAGES = [
    ("get", "campaigns"),
    ("post", "campaigns"),
    ("get", "tags"),
    ("post", "links/assign"),
    ("get", "campaigns/{campaign}"),
    *((method, f"campaigns/{{campaign}}/{step}") for method in ("get", "post") for step in ("rename", "delete")),
    *((method, f"tags/{{tag}}/{step}") for method in ("get", "post") for step in ("rename", "delete")),
]


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_charlie_finds_nothing(charlie_client: Client, link: Link, spring: Campaign, method: str, path: str) -> None:
    actions.change_link(link, {"campaign": spring, "tags": ["poster"]}, actor=actions.NOBODY)
    rest = path.format(campaign=spring.pk, tag=Tag.objects.get().pk)
    sent = {"name": "Mine", "link": link.pk, "campaign": ""}
    assert getattr(charlie_client, method)(f"{W}/{rest}", sent).status_code == 404
    if "{" in path:
        assert getattr(charlie_client, method)(f"/w/other/{rest}", sent).status_code == 404
    link.refresh_from_db()
    assert (link.campaign, link.revision) == (spring, 2)
    assert (Campaign.objects.get().name, Tag.objects.get().name) == ("Spring", "poster")


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_whoever_is_not_logged_in_is_asked_to(client: Client, site: Domain, method: str, path: str) -> None:
    url = f"{W}/{path.format(campaign=1, tag=1)}"
    answer = getattr(client, method)(url, headers={"host": "q.example.com"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("path", "queries"), [("campaigns", 5), ("tags", 5), ("campaigns/{}", 7)])
def test_queries_of_the_lists_do_not_grow(
    alice_client: Client,
    workspace: Workspace,
    site: Domain,
    spring: Campaign,
    django_assert_num_queries: CountQueries,
    path: str,
    queries: int,
) -> None:
    # session, person, workspace, how many, rows; a campaign's page: itself, links with codes and tags
    for n in range(3):
        a_link(workspace, campaign=spring, tags=[f"few {n}"])
    with django_assert_num_queries(queries + path.count("{}")):
        alice_client.get(f"{W}/{path.format(spring.pk)}")
    for n in range(30):
        labels.rename(Campaign(workspace=workspace), f"Campaign {n}")
        a_link(workspace, campaign=spring, tags=[f"many {n}"])
    with django_assert_num_queries(queries + path.count("{}")):
        shown = alice_client.get(f"{W}/{path.format(spring.pk)}")
    assert len(shown.context["page"]) == 25
