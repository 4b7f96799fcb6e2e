"""The list of links: search, pages, fresh counts, and a number of queries that does not grow."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Workspace
from links import actions
from links.models import Code, Domain, Link, LinkCounter
from tests.links.conftest import many_links

LINKS = "/w/acme/links"
CountQueries = Callable[[int], AbstractContextManager[Any]]


def page(answer: Any) -> str:
    return str(answer.content.decode())


def titles(answer: Any) -> list[str]:
    return [link.title for link, _ in answer.context["rows"]]


def test_an_empty_list_says_what_to_do(alice_client: Client) -> None:
    shown = page(alice_client.get(LINKS))
    assert "No links yet" in shown
    assert f"{LINKS}/new" in shown
    assert "Nothing found" in page(alice_client.get(f"{LINKS}?q=x"))


def test_search_and_state_narrow_the_list(alice_client: Client, workspace: Workspace, site: Domain) -> None:
    actions.create_link(workspace, "https://example.com/a", actor=actions.NOBODY, title="spring", placement="tram")
    link = actions.create_link(workspace, "https://example.com/b", actor=actions.NOBODY, title="summer", alias="sunny")
    actions.change_link(link, {"is_paused": True}, actor=actions.NOBODY)
    assert titles(alice_client.get(LINKS)) == ["summer", "spring"]
    assert titles(alice_client.get(f"{LINKS}?q=TRAM")) == ["spring"]
    assert titles(alice_client.get(f"{LINKS}?q=sunny&state=paused")) == ["summer"]
    assert titles(alice_client.get(f"{LINKS}?state=expired")) == []


@pytest.mark.parametrize("query", ["q=%00", "q=" + "x" * 201, "state=broken", "page=x", "page=-1", "page=999999"])
def test_a_strange_query_still_gets_a_page(alice_client: Client, link: Link, query: str) -> None:
    answer = alice_client.get(f"{LINKS}?{query}")
    assert answer.status_code == 200
    assert titles(answer) == ["Menu"]
    assert ("invalid-feedback" in page(answer)) == (not query.startswith("page"))


def test_htmx_gets_the_list_alone_and_the_back_button_the_page(alice_client: Client, link: Link) -> None:
    part = alice_client.get(f"{LINKS}?q=menu", headers={"hx-request": "true"})
    assert "Menu" in page(part)
    assert "<html" not in page(part)
    assert "HX-Request" in part["Vary"]
    restored = alice_client.get(LINKS, headers={"hx-request": "true", "hx-history-restore-request": "true"})
    assert "<html" in page(restored)


def test_pages_keep_the_search(alice_client: Client, workspace: Workspace, site: Domain) -> None:
    many_links(workspace, 26)
    first = alice_client.get(f"{LINKS}?q=example")
    assert len(first.context["rows"]) == 25
    assert "?q=example&amp;page=2" in page(first)
    assert len(alice_client.get(f"{LINKS}?q=example&page=2").context["rows"]) == 1


def test_counts_refresh_in_one_query_and_only_ones_own(
    alice_client: Client,
    charlie_client: Client,
    other_workspace: Workspace,
    link: Link,
    django_assert_num_queries: CountQueries,
) -> None:
    theirs = actions.create_link(other_workspace, "https://example.com", actor=actions.NOBODY)
    LinkCounter.objects.filter(link=link).update(human=1234, other=7, last_scan_at=timezone.now())
    with django_assert_num_queries(4):  # session, person, workspace, counters
        fresh = page(alice_client.get(f"{LINKS}/counts?link={link.pk}&link={theirs.pk}&link=x&link={'9' * 30}&link=²"))
    assert f'<span id="human-{link.pk}" hx-swap-oob="true">1,234</span>' in fresh
    assert "just now" in fresh
    assert f"human-{theirs.pk}" not in fresh


def test_queries_of_the_list_do_not_grow(
    alice_client: Client, workspace: Workspace, site: Domain, django_assert_num_queries: CountQueries
) -> None:
    # session, person, workspace, campaigns and tags to choose from, how many, links, codes, tags
    many_links(workspace, 3)
    with django_assert_num_queries(9):
        assert len(alice_client.get(LINKS).context["rows"]) == 3
    Code.objects.all().delete()
    Link.objects.all().delete()
    many_links(workspace, 30)
    with django_assert_num_queries(9):
        assert len(alice_client.get(LINKS).context["rows"]) == 25
