"""The resolver: hosts, one query per cold code, coalesced misses, nothing stale, and what lands without a database."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import codes as codes_module
from links import resolver as resolver_module
from links.lookups import DatabaseAway, GuardedLookups
from links.models import Code, Domain
from links.resolver import Resolver, ResolverUnavailable
from links.routing import Target
from links.targets import load_target
from tests.links.factories import a_code


@pytest.fixture
def resolver(site: Domain) -> Resolver:
    return Resolver(1000)


def is_cached(resolver: Resolver, code: Code) -> bool:
    resolver.domain_of("q.example.com")
    return resolver.known("q.example.com", f"/{code.canonical}") is not None


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
    assert not is_cached(resolver, code)


def test_room_is_made_for_new_targets(site: Domain, workspace: Workspace) -> None:
    resolver = Resolver(16)
    codes = [a_code(workspace) for _ in range(40)]
    for code in codes:
        assert resolver.resolve(site.pk, code.canonical)
    cached = [code for code in codes if is_cached(resolver, code)]
    assert codes[-1] in cached
    assert 8 <= len(cached) <= 16
    resolver.drop_links({code.link_id for code in codes})
    assert len(resolver._cache) == 0, "a link's keys are forgotten with their targets, and not before"


def test_known_finds_a_code_as_it_is_printed_and_in_lower_case(resolver: Resolver, workspace: Workspace) -> None:
    code = a_code(workspace)
    host, lower = "Q.Example.com:443", code.canonical.lower()
    assert resolver.known(host, f"/{code.canonical}") is None
    domain = resolver.domain_of(host)
    assert domain
    target = resolver.resolve(domain.id, code.canonical)
    assert resolver.known(host, f"/{code.canonical}") is target
    assert resolver.known(host, f"/{lower}") is None
    assert resolver.resolve(domain.id, codes_module.canonical(lower), lower) is target
    assert resolver.known(host, f"/{lower}") is target
    assert resolver.known("evil.example.org", f"/{lower}") is None
    resolver.drop_links({code.link_id})
    assert resolver.known(host, f"/{code.canonical}") is None
    assert resolver.known(host, f"/{lower}") is None, "a spelling goes with its code"


def test_other_spellings_take_no_room(resolver: Resolver, workspace: Workspace) -> None:
    code = a_code(workspace)
    for spelling in ("aBc", "ABC", code.path.swapcase() + "a"):
        assert resolver.resolve(code.domain_id, code.canonical, spelling)
    assert len(resolver._cache) == (2 if (code.path.swapcase() + "a").islower() else 1)


class FakeSnapshot:
    """A snapshot of one target."""

    def __init__(self, domain: Domain, code: Code) -> None:
        self.target_kept = load_target(code.domain_id, code.canonical)
        self.kept = {(code.domain_id, code.canonical): self.target_kept}
        self.rows = [(domain.pk, domain.host, domain.is_site)]
        self.asked = 0

    def target(self, domain_id: int, canonical: str) -> Target | None:
        self.asked += 1
        return self.kept.get((domain_id, canonical))

    def domains(self) -> list[tuple[int, str, bool]]:
        return self.rows


class AwayLookups:
    """A database that can be taken away."""

    is_away = False

    def connect(self) -> None:
        pass

    def ask(self, query: Callable[[], Any]) -> Any:
        if self.is_away:
            raise DatabaseAway
        return query()


class TestWithoutDatabase:
    """Process cache, then snapshot, then 503; and asked again as soon as it is back."""

    @pytest.fixture
    def lookups(self) -> AwayLookups:
        return AwayLookups()

    @pytest.fixture
    def code(self, workspace: Workspace, site: Domain) -> Code:
        return a_code(workspace)

    @pytest.fixture
    def snapshot(self, site: Domain, code: Code) -> FakeSnapshot:
        return FakeSnapshot(site, code)

    @pytest.fixture
    def resolver(self, lookups: AwayLookups, snapshot: FakeSnapshot) -> Resolver:
        return Resolver(1000, lookups=lookups, snapshot=snapshot)  # type: ignore[arg-type]  # has what is asked for

    def test_a_code_that_nobody_knows_is_never_a_404(
        self, resolver: Resolver, lookups: AwayLookups, site: Domain
    ) -> None:
        lookups.is_away = True
        with pytest.raises(ResolverUnavailable):
            resolver.resolve(site.pk, "COLD99")
        lookups.is_away = False
        assert resolver.resolve(site.pk, "COLD99") is None

    def test_a_code_from_the_snapshot_is_asked_for_once_the_database_is_back(
        self, resolver: Resolver, lookups: AwayLookups, snapshot: FakeSnapshot, code: Code
    ) -> None:
        lookups.is_away = True
        for _ in range(3):
            assert resolver.resolve(code.domain_id, code.canonical) is snapshot.target_kept
        assert snapshot.asked == 1, "remembered for a moment"
        assert not is_cached(resolver, code)
        lookups.is_away = False
        target = resolver.resolve(code.domain_id, code.canonical)
        assert target is not snapshot.target_kept
        assert target == snapshot.target_kept

    def test_the_snapshot_is_read_again_after_a_moment(
        self,
        resolver: Resolver,
        lookups: AwayLookups,
        snapshot: FakeSnapshot,
        code: Code,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        lookups.is_away = True
        resolver.resolve(code.domain_id, code.canonical)
        later = time.monotonic() + 2.1
        monkeypatch.setattr(time, "monotonic", lambda: later)
        resolver.resolve(code.domain_id, code.canonical)
        assert snapshot.asked == 2

    def test_aged_targets_are_read_again_or_serve_on(
        self, resolver: Resolver, lookups: AwayLookups, snapshot: FakeSnapshot, code: Code
    ) -> None:
        first = resolver.resolve(code.domain_id, code.canonical)
        resolver.age_everything()
        snapshot.kept.clear()
        lookups.is_away = True
        assert resolver.resolve(code.domain_id, code.canonical) is first
        lookups.is_away = False
        second = resolver.resolve(code.domain_id, code.canonical)
        assert second is not first
        assert is_cached(resolver, code)

    @pytest.mark.parametrize("how", ["drop_links", "drop_everything"])
    def test_an_aged_target_can_be_dropped(
        self, resolver: Resolver, lookups: AwayLookups, snapshot: FakeSnapshot, code: Code, how: str
    ) -> None:
        resolver.resolve(code.domain_id, code.canonical)
        resolver.age_everything()
        snapshot.kept.clear()
        resolver.drop_links({code.link_id}) if how == "drop_links" else resolver.drop_everything()
        lookups.is_away = True
        with pytest.raises(ResolverUnavailable):
            resolver.resolve(code.domain_id, code.canonical)

    def test_hosts_come_from_the_snapshot_and_an_unknown_one_is_no_404(
        self, resolver: Resolver, lookups: AwayLookups, site: Domain
    ) -> None:
        lookups.is_away = True
        assert resolver.domain_of("q.example.com")
        with pytest.raises(ResolverUnavailable):
            resolver.domain_of("new.example.com")
        resolver.load_domains()
        assert resolver.domain_of("new.example.com") is None

    def test_without_database_and_snapshot_no_host_is_known(
        self, resolver: Resolver, lookups: AwayLookups, snapshot: FakeSnapshot
    ) -> None:
        lookups.is_away, snapshot.rows = True, []
        with pytest.raises(ResolverUnavailable):
            resolver.domain_of("q.example.com")


def test_a_thousand_scans_of_one_cold_code_make_one_query(
    workspace: Workspace, site: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_code(workspace)
    target = load_target(code.domain_id, code.canonical)
    asked: list[str] = []

    def slowly(domain_id: int, canonical: str) -> Target | None:
        asked.append(canonical)
        time.sleep(0.3)
        return target

    monkeypatch.setattr(resolver_module, "load_target", slowly)
    resolver = Resolver(1000, lookups=GuardedLookups(4, 10.0))
    scans(resolver, code, target)
    assert asked == [code.canonical]


def test_when_the_database_fails_every_waiting_scan_hears_of_it_at_once(
    workspace: Workspace, site: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = a_code(workspace)

    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(resolver_module, "load_target", away)
    resolver = Resolver(1000, lookups=GuardedLookups(1, 10.0))
    began = time.monotonic()
    scans(resolver, code, ResolverUnavailable)
    assert time.monotonic() - began < 5


def scans(resolver: Resolver, code: Code, expected: object) -> None:
    """A thousand at once, all of which get the same."""
    found: list[object] = []

    def scan() -> None:
        try:
            found.append(resolver.resolve(code.domain_id, code.canonical))
        except ResolverUnavailable:
            found.append(ResolverUnavailable)

    threads = [threading.Thread(target=scan) for _ in range(1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 1000
