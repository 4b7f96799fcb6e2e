"""The change poll: every edit reaches every process, and a poll that hangs is noticed; salts are made and forgotten."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import freshness
from links.actions import Actor, change_link, delete_link
from links.freshness import ChangePoll, NewRows, delete_old_changes
from links.lookups import DatabaseAway
from links.models import Change, Code, Domain, Link, VisitorSalt
from links.resolver import Resolver
from links.snapshot import Snapshot
from links.snapshot_writer import SnapshotWriter
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
    resolver.domain_of("q.example.com")
    return resolver.known("q.example.com", f"/{code.canonical}") is not None


class TestChangePoll:
    """The change table is how every process hears of edits."""

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
        assert not is_cached(resolver, early)
        assert not is_cached(resolver, late)

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
        assert not is_cached(resolver, code)

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
        assert not is_cached(resolver, code)
        assert resolver.domain_of("go.example.net")

    def test_the_poll_costs_one_query(
        self, poll: ChangePoll, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            poll.turn()

    def test_after_a_long_silence_nothing_is_trusted(
        self, poll: ChangePoll, resolver: Resolver, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = a_code(workspace)
        resolver.resolve(code.domain_id, code.canonical)
        later = time.monotonic() + 31
        monkeypatch.setattr(time, "monotonic", lambda: later)
        poll.turn()
        assert not is_cached(resolver, code)

    def test_old_rows_are_deleted(self, site: Domain, workspace: Workspace) -> None:
        link = a_link(workspace)
        Change.objects.create(link=link, at=timezone.now() - timedelta(days=2))
        kept = Change.objects.create(link=link)
        delete_old_changes(timezone.now())
        assert list(Change.objects.filter(link=link, at__lte=kept.at)) == [kept]


class TestOverlap:
    """Which rows are new: each acted on once, late ones too, and the memory of it does not grow."""

    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        now = [1000.0]
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        return now

    def test_a_row_is_new_once(self, clock: list[float]) -> None:
        rows = NewRows(10)
        assert rows.unseen([(11,), (13,)]) == [(11,), (13,)]
        rows.note([(11,), (13,)], clock[0])
        assert rows.unseen([(11,), (12,), (13,)]) == [(12,)]
        assert rows.floor == 10

    def test_the_floor_rises_when_late_rows_have_had_their_time(self, clock: list[float]) -> None:
        rows = NewRows(10)
        rows.note([(11,), (13,)], clock[0])
        clock[0] += 61
        rows.note([(14,)], clock[0])
        assert rows.floor == 13
        assert rows.unseen([(14,)]) == []

    def test_time_that_the_query_itself_took_does_not_count(self, clock: list[float]) -> None:
        """A frozen query may answer with what was there a minute ago."""
        rows = NewRows(10)
        rows.note([(13,)], clock[0])
        read_at = clock[0] + 1
        clock[0] += 120
        rows.note([], read_at)
        assert rows.floor == 10


class TestBlindness:
    """A poll that fails or hangs is noticed; targets then have a time to live, and only then."""

    @pytest.fixture
    def code(self, resolver: Resolver, poll: ChangePoll, workspace: Workspace) -> Code:
        code = a_code(workspace)
        resolver.resolve(code.domain_id, code.canonical)
        return code

    @pytest.fixture
    def hanging(self, poll: ChangePoll, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
        """A poll whose database does not answer until the event is set."""
        thawed = threading.Event()
        monkeypatch.setattr(freshness, "TURN_SECONDS", 0.05)
        monkeypatch.setattr(poll, "turn", lambda: thawed.wait(20))
        yield thawed
        thawed.set()

    def test_a_hanging_turn_is_given_up(self, poll: ChangePoll, hanging: threading.Event) -> None:
        began = time.monotonic()
        for _ in range(3):
            poll.look()
        assert time.monotonic() - began < 2
        assert poll.blind_seconds > 0.14

    def test_what_is_cached_is_not_aged_before_its_time(
        self, poll: ChangePoll, hanging: threading.Event, resolver: Resolver, code: Code
    ) -> None:
        poll.look()
        assert is_cached(resolver, code)

    def test_what_is_cached_ages_while_the_poll_hangs(
        self, poll: ChangePoll, hanging: threading.Event, resolver: Resolver, code: Code
    ) -> None:
        poll._ttl_seconds = 0.04
        poll.look()
        assert not is_cached(resolver, code)
        assert resolver.resolve(code.domain_id, code.canonical), "and is read again where that is possible"
        assert is_cached(resolver, code)

    def test_it_ages_once_in_its_time(
        self, poll: ChangePoll, hanging: threading.Event, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        aged: list[float] = []
        monkeypatch.setattr(resolver, "age_everything", lambda: aged.append(time.monotonic()))
        poll._ttl_seconds = 0.12
        for _ in range(6):
            poll.look()
        assert 1 <= len(aged) <= 3

    def test_it_never_ages_while_the_poll_works(
        self, poll: ChangePoll, resolver: Resolver, code: Code, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        poll._ttl_seconds = 0.0
        monkeypatch.setattr(poll._asker, "ask", lambda turn, seconds: turn())
        poll.look()
        assert is_cached(resolver, code)

    def test_an_edit_made_while_blind_is_live_after_the_first_turn(
        self, poll: ChangePoll, hanging: threading.Event, resolver: Resolver, code: Code
    ) -> None:
        poll.look()
        change_link(code.link, {"destination": "https://example.com/meanwhile"}, actor=Actor())
        ChangePoll.turn(poll)
        target = resolver.resolve(code.domain_id, code.canonical)
        assert target
        assert target.destination == "https://example.com/meanwhile"

    def test_a_process_that_starts_blind_takes_domains_and_salts_from_the_snapshot(
        self, site: Domain, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = a_code(workspace)
        with closing(SnapshotWriter(tmp_path)) as writer:
            while writer.turn():
                pass

        class Away:
            is_away = True

            def connect(self) -> None: ...

            def ask(self, query: object) -> None:
                raise DatabaseAway

        resolver = Resolver(1000, lookups=Away(), snapshot=Snapshot(tmp_path))  # type: ignore[arg-type]  # a generic
        poll = ChangePoll(resolver, 0.5, snapshot=Snapshot(tmp_path))

        def away(*_: object) -> None:
            raise OperationalError("the database is away")

        monkeypatch.setattr(poll._asker, "ask", away)
        poll.look()
        assert poll.salts == load_salts(timezone.now())
        domain = resolver.domain_of("q.example.com")
        assert domain
        target = resolver.resolve(domain.id, code.canonical)
        assert target
        assert target.destination == code.link.destination


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
