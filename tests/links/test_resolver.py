"""The resolver: hosts, one query per cold code, coalesced misses, and nothing stale."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connections
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import resolver as resolver_module
from links.actions import Actor, change_link, delete_link
from links.freshness import ChangePoll, delete_old_changes
from links.models import Change, Domain, Link, VisitorSalt
from links.resolver import Resolver, ResolverUnavailable, load_target
from links.visitors import delete_old_salts, load_salts
from tests.links.factories import a_code, a_link


@pytest.fixture
def resolver(site: Domain) -> Resolver:
    return Resolver(1000)


@pytest.mark.parametrize(
    "host",
    [
        "q.example.com",
        "Q.Example.COM",
        "q.example.com:8000",
        "q.example.com.",
        "localhost",
        "127.0.0.1:80",
        "[::1]:8000",
    ],
)
def test_hosts_that_are_the_site(resolver: Resolver, host: str) -> None:
    assert resolver.domain_of(host).host == "q.example.com"  # type: ignore[union-attr]  # None fails the test


@pytest.mark.parametrize(
    "host", ["", "example.com", "q.example.com:x", "q.example.com.evil.org", "xq.example.com", "a,b", "[", ":", "😀"]
)
def test_hosts_that_are_nobodys(resolver: Resolver, host: str) -> None:
    assert resolver.domain_of(host) is None


def test_a_cold_code_takes_one_query_and_a_warm_one_none(
    resolver: Resolver, workspace: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    code = a_code(workspace)
    domain = resolver.domain_of("q.example.com")
    assert domain
    with django_assert_num_queries(1):
        cold = resolver.resolve(domain.id, code.canonical)
    with django_assert_num_queries(0):
        assert resolver.resolve(domain.id, code.canonical) is cold
    assert cold
    assert (cold.code_id, cold.link_id, cold.destination) == (code.pk, code.link_id, code.link.destination)
    assert cold.timezone == "Europe/Berlin"


def test_an_unknown_code_is_remembered_for_a_second(
    resolver: Resolver, site: Domain, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_assert_num_queries(1):
        assert [resolver.resolve(site.pk, "NOPE99") for _ in range(5)] == [None] * 5
    later = time.monotonic() + 1.1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with django_assert_num_queries(1):
        assert resolver.resolve(site.pk, "NOPE99") is None


def test_a_thousand_scans_of_one_cold_code_make_one_query(
    resolver: Resolver, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_code(workspace)
    target = load_target(code.domain_id, code.canonical)
    asked = []

    def slowly(domain_id: int, canonical: str) -> object:
        asked.append(canonical)
        time.sleep(0.2)
        return target

    monkeypatch.setattr(resolver_module, "load_target", slowly)
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(resolver.resolve(code.domain_id, code.canonical)))
        for _ in range(1000)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [target] * 1000
    assert asked == [code.canonical]


def test_a_load_that_began_before_a_drop_is_not_stored(
    resolver: Resolver, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_code(workspace)
    real = load_target

    def overtaken(domain_id: int, canonical: str) -> object:
        stale = real(domain_id, canonical)
        resolver.drop_links({code.link_id})
        return stale

    monkeypatch.setattr(resolver_module, "load_target", overtaken)
    resolver.resolve(code.domain_id, code.canonical)
    assert resolver._targets == {}


def test_room_is_made_for_new_targets(site: Domain, workspace: Workspace) -> None:
    resolver = Resolver(16)
    codes = [a_code(workspace) for _ in range(40)]
    for code in codes:
        assert resolver.resolve(site.pk, code.canonical)
    assert len(resolver._targets) <= 16
    assert set(resolver._keys_of_link) == {target.link_id for target in resolver._targets.values()}


def test_a_database_that_is_away_is_never_a_404(
    resolver: Resolver, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = a_code(workspace)
    resolver.resolve(known.domain_id, known.canonical)

    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(resolver_module, "load_target", away)
    # The test's own transaction lives on this connection.
    monkeypatch.setattr(connections["default"], "close", lambda: None)
    with pytest.raises(ResolverUnavailable):
        resolver.resolve(known.domain_id, "COLD99")
    assert resolver.resolve(known.domain_id, known.canonical), "what is cached still lands"
