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


class TestChangePoll:
    """The change table is how every process hears of edits."""

    @pytest.fixture
    def poll(self, resolver: Resolver) -> ChangePoll:
        poll = ChangePoll(resolver, 0.5)
        poll.turn()
        return poll

    def test_an_edit_is_live_after_one_turn(self, poll: ChangePoll, resolver: Resolver, workspace: Workspace) -> None:
        code = a_code(workspace)
        resolver.resolve(code.domain_id, code.canonical)
        change_link(code.link, {"destination": "https://example.com/new"}, actor=Actor())
        poll.turn()
        fresh = resolver.resolve(code.domain_id, code.canonical)
        assert fresh
        assert fresh.destination == "https://example.com/new"

    def test_every_kind_of_change_reaches_the_target(
        self, poll: ChangePoll, resolver: Resolver, workspace: Workspace
    ) -> None:
        code = a_code(workspace)
        soon = timezone.now() + timedelta(hours=1)
        for changes in ({"is_paused": True}, {"is_paused": False}, {"expires_at": soon}):
            change_link(code.link, changes, actor=Actor())
            poll.turn()
            target = resolver.resolve(code.domain_id, code.canonical)
            assert target
            assert target.is_paused is Link.objects.get(pk=code.link_id).is_paused
            assert target.expires_at in (None, soon.timestamp())
        assert target
        assert target.expires_at == soon.timestamp()
        delete_link(code.link, actor=Actor())
        poll.turn()
        gone = resolver.resolve(code.domain_id, code.canonical)
        assert gone
        assert gone.is_deleted

    def test_a_smaller_id_that_commits_later_is_not_missed(
        self, poll: ChangePoll, resolver: Resolver, workspace: Workspace
    ) -> None:
        early, late = a_code(workspace), a_code(workspace)
        for code in (early, late):
            resolver.resolve(code.domain_id, code.canonical)
        Change.objects.create(pk=10_002, link=late.link)
        poll.turn()
        Change.objects.create(pk=10_001, link=early.link)
        poll.turn()
        assert resolver._targets == {}

    def test_a_change_under_way_when_the_process_starts_is_not_missed(
        self, resolver: Resolver, workspace: Workspace
    ) -> None:
        code = a_code(workspace)
        Change.objects.create(pk=20_002, link=code.link)
        young = ChangePoll(resolver, 0.5)
        young.turn()
        resolver.resolve(code.domain_id, code.canonical)
        Change.objects.create(pk=20_001, link=code.link)
        young.turn()
        assert resolver._targets == {}

    def test_a_change_is_acted_on_once(
        self, poll: ChangePoll, resolver: Resolver, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Change.objects.create(link=a_link(workspace))
        dropped: list[set[int]] = []
        monkeypatch.setattr(resolver, "drop_links", dropped.append)
        for _ in range(3):
            poll.turn()
        assert len(dropped) == 1

    def test_a_change_of_everything_drops_everything_and_reads_domains(
        self, poll: ChangePoll, resolver: Resolver, workspace: Workspace
    ) -> None:
        code = a_code(workspace)
        resolver.resolve(code.domain_id, code.canonical)
        assert resolver.domain_of("go.example.net") is None
        Domain.objects.create(host="go.example.net")
        Change.of_everything()
        poll.turn()
        assert resolver._targets == {}
        assert resolver.domain_of("go.example.net")

    def test_the_poll_costs_one_query(
        self, poll: ChangePoll, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            poll.turn()

    def test_a_long_silence_drops_everything(
        self, poll: ChangePoll, resolver: Resolver, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = a_code(workspace)
        resolver.resolve(code.domain_id, code.canonical)
        later = time.monotonic() + 31
        monkeypatch.setattr(time, "monotonic", lambda: later)
        poll.turn()
        assert resolver._targets == {}

    def test_old_rows_are_deleted(self, site: Domain, workspace: Workspace) -> None:
        link = a_link(workspace)
        Change.objects.create(link=link, at=timezone.now() - timedelta(days=2))
        kept = Change.objects.create(link=link)
        delete_old_changes(timezone.now())
        assert list(Change.objects.filter(link=link, at__lte=kept.at)) == [kept]


@pytest.mark.django_db
class TestSalts:
    """Salts are made once, whoever is first, and forgotten."""

    def test_two_processes_read_the_same_salts(self) -> None:
        now = timezone.now()
        mine, theirs = load_salts(now), load_salts(now)
        assert mine == theirs
        assert len(set(mine.values())) == 5
        assert all(len(salt) == 32 for salt in mine.values())

    def test_salts_are_forgotten_48_hours_after_their_date_has_ended_everywhere(self) -> None:
        now = timezone.now().replace(hour=13)
        for days in range(6):
            VisitorSalt.objects.create(date=(now - timedelta(days=days)).date(), salt=b"x")
        delete_old_salts(now)
        oldest = min(VisitorSalt.objects.values_list("date", flat=True))
        assert now.date() - oldest == timedelta(days=2)
