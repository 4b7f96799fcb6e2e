"""The change poll: every edit reaches every process, and a poll that hangs is noticed; salts are made and forgotten."""

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import freshness
from links.actions import Actor, change_link, delete_link
from links.freshness import ChangePoll, NewRows, delete_old_changes
from links.models import Change, Code, Domain, Link, VisitorSalt
from links.resolver import Resolver
from links.visitors import delete_old_salts, load_salts
from tests.links.factories import a_code, a_link


@pytest.fixture
def resolver(site: Domain) -> Resolver:
    return Resolver(1000)


@pytest.fixture
def poll(resolver: Resolver) -> ChangePoll:
    poll = ChangePoll(resolver, 0.5)
    poll.turn()
    return poll


def is_cached(resolver: Resolver, code: Code) -> bool:
    return resolver.known("q.example.com", code.canonical) is not None


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
