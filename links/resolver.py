"""From host and path to Target: the process's memory, then the database, then the host's snapshot; nothing stale.

A target stays cached until its link changes (links/freshness.py drops it) or room is needed. Concurrent misses of
one code make one query. An unknown code is remembered for a second, so that guessing costs the database nothing.
While the database cannot be asked, what was cached and what is in the snapshot goes on landing.
"""

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

from links.lookups import DatabaseAway, DirectLookups, Lookups
from links.models import Domain
from links.routing import Target
from links.snapshot import Snapshot
from links.target_cache import Key, TargetCache
from links.targets import load_target

UNKNOWN_SECONDS = 1.0
# A target from the snapshot is remembered this long: others may still be writing to it.
BORROWED_SECONDS = 2.0
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class ResolverUnavailable(Exception):
    """The database cannot be asked and the code is not known on this host: answer 503, never 404."""


class KnownDomain(NamedTuple):
    """What requests need of a Domain."""

    id: int
    host: str
    is_site: bool


class Resolver:
    """One per process. Keys are (domain id, canonical code)."""

    def __init__(self, size: int, *, lookups: Lookups | None = None, snapshot: Snapshot | None = None) -> None:
        self._lookups = lookups or DirectLookups()
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self._cache = TargetCache(size)
        self._unknown: dict[Key, float] = {}
        self._borrowed: dict[Key, Target] = {}
        self._borrowed_until = 0.0
        self._loading: dict[Key, Future[Target | None]] = {}
        self._drops = 0
        self._dropped: dict[int, int] = {}
        self._all_dropped = 0
        self._domains: dict[str, KnownDomain] | None = None
        self._domains_are_borrowed = False
        self._domains_read_at = 0.0
        self._hosts: dict[str, KnownDomain | None] = {}
        self._targets_of_host: dict[str, dict[str, Target]] = {}

    def connect(self) -> None:
        """Be ready for cold codes before the first one comes; returns at once."""
        self._lookups.connect()

    def known(self, host: str, path: str) -> Target | None:
        """The hot path's first question: two looks into memory. None means: take the long way.

        Both as they were sent, the path with its slash.
        """
        targets = self._targets_of_host.get(host)
        return targets.get(path) if targets is not None else None

    # --- Hosts ---------------------------------------------------------------------------------

    def domain_of(self, host: str) -> KnownDomain | None:
        """The domain that a Host header names: lower-cased, port and trailing dot removed.

        Raises ResolverUnavailable where the database would have to be asked and cannot be.
        """
        try:
            return self._hosts[host]
        except KeyError:
            return self._find_domain(host)

    def _find_domain(self, host: str) -> KnownDomain | None:
        if self._domains is None:
            self._read_first_domains()
        # Taken first: what is worked out from domains that are replaced meanwhile goes to the old memory.
        hosts, targets_of_host = self._hosts, self._targets_of_host
        domains = self._domains or {}
        name = host.lower()
        if not name.endswith("]"):
            name, colon, port = name.rpartition(":") if ":" in name else (name, "", "")
            if colon and not port.isdigit():
                return None
        name = name.rstrip(".")
        domain = domains.get(name.strip("[]"))
        if domain is None and name in LOOPBACK_NAMES:
            domain = next((known for known in domains.values() if known.is_site), None)
        if domain is None and self._domains_are_borrowed:
            raise ResolverUnavailable("A host that the snapshot does not know may be a new one.")
        if len(hosts) > 1000:
            hosts.clear()
            targets_of_host.clear()
        hosts[host] = domain
        if domain is not None:
            targets_of_host[host] = self._cache.of_domain(domain.id)
        return domain

    def _read_first_domains(self) -> None:
        """For whoever comes before the change poll has read them."""
        try:
            self._lookups.ask(self.load_domains)
        except DatabaseAway as error:
            self.borrow_domains()
            if self._domains is None:
                raise ResolverUnavailable(str(error)) from error

    def load_domains(self) -> None:
        """Read every domain, in the caller's thread; the change poll does it."""
        began = time.monotonic()
        domains = _by_host(Domain.objects.values_list("id", "host", "is_site"))
        with self._lock:
            # An answer that comes late must not replace a fresher one.
            if began > self._domains_read_at:
                self._domains_read_at = began
                self._domains, self._domains_are_borrowed = domains, False
                self._hosts, self._targets_of_host = {}, {}

    def borrow_domains(self) -> None:
        """Take the snapshot's domains until the database has been read, where there are any."""
        domains = _by_host(self._snapshot.domains()) if self._snapshot is not None else {}
        with self._lock:
            if self._domains is None and domains:
                self._domains, self._domains_are_borrowed = domains, True

    # --- Codes ---------------------------------------------------------------------------------

    def resolve(self, domain_id: int, canonical: str, segment: str = "") -> Target | None:
        """The target of a code, None when there is none; raises ResolverUnavailable.

        `segment` is the code as it was sent: `known` finds its lower-case form from then on as well. Other spellings
        are rare, and remembering all of them would let anybody push real targets out.
        """
        key = (domain_id, canonical)
        target = self._cache.get(key) or self._look_up(key)
        if target is not None and segment != canonical and segment.islower():
            self._remember_spelling(key, (domain_id, segment), target)
        return target

    def _look_up(self, key: Key) -> Target | None:
        if self._unknown.get(key, 0.0) > time.monotonic():
            return None
        if self._lookups.is_away:
            return self._without_database(key)
        return self._load_once(key)

    def _remember_spelling(self, key: Key, spelling: Key, target: Target) -> None:
        with self._lock:
            # Only with the canonical form: a target that is not kept there was dropped, or borrowed.
            if self._cache.get(key) is target and self._cache.get(spelling) is None:
                self._cache.store(spelling, target)

    def _load_once(self, key: Key) -> Target | None:
        """One query per code however many scans wait for it."""
        with self._lock:
            waiting_for = self._loading.get(key)
            if waiting_for is None:
                mine: Future[Target | None] = Future()
                self._loading[key] = mine
                drops_before = self._drops
        if waiting_for is not None:
            return waiting_for.result()
        try:
            target = self._load(key, drops_before)
        except BaseException as error:
            mine.set_exception(ResolverUnavailable(str(error)))
            raise
        else:
            mine.set_result(target)
            return target
        finally:
            with self._lock:
                if self._loading.get(key) is mine:
                    del self._loading[key]

    def _load(self, key: Key, drops_before: int) -> Target | None:
        try:
            target = self._lookups.ask(partial(load_target, *key))
        except DatabaseAway:
            return self._without_database(key)
        self._store(key, target, drops_before)
        return target

    def _without_database(self, key: Key) -> Target | None:
        """What this process, or else this host, last knew. A snapshot that does not know a code may be too old to."""
        target = self._cache.aged(key) or self._borrow(key)
        if target is None:
            raise ResolverUnavailable("The database cannot be asked.")
        return target

    def _borrow(self, key: Key) -> Target | None:
        """Never stored among the targets: the change poll may have dropped a fresher one before."""
        if self._snapshot is None:
            return None
        now = time.monotonic()
        if now > self._borrowed_until or len(self._borrowed) > 10_000:
            self._borrowed, self._borrowed_until = {}, now + BORROWED_SECONDS
        borrowed = self._borrowed
        target = borrowed.get(key) or self._snapshot.target(*key)
        if target is not None:
            borrowed[key] = target
        return target

    def _store(self, key: Key, target: Target | None, drops_before: int) -> None:
        """Keep what was loaded, unless its link was dropped since the load began."""
        with self._lock:
            if target is None:
                if len(self._unknown) > 10_000:
                    self._unknown.clear()
                self._unknown[key] = time.monotonic() + UNKNOWN_SECONDS
            elif max(self._dropped.get(target.link_id, 0), self._all_dropped) <= drops_before:
                self._cache.store(key, target)

    # --- Freshness -----------------------------------------------------------------------------

    def drop_links(self, link_ids: set[int]) -> None:
        """Forget the targets of changed links, and every load of them that is under way."""
        with self._lock:
            self._drops += 1
            self._loading = {}  # whoever comes now must not wait for a load that began before
            self._borrowed = {}
            if len(self._dropped) > 100_000:
                # Too many to remember one by one: treat every load under way as stale.
                self._dropped, self._all_dropped = {}, self._drops
            self._dropped.update(dict.fromkeys(link_ids, self._drops))
            self._cache.drop_links(link_ids)

    def drop_everything(self) -> None:
        with self._lock:
            self._note_drop_of_everything()
            self._cache.drop_everything()

    def age_everything(self) -> None:
        """Read everything again before it is used, or use it still where the database cannot be asked."""
        with self._lock:
            self._note_drop_of_everything()
            self._cache.age()

    def _note_drop_of_everything(self) -> None:
        self._drops += 1
        self._loading, self._unknown, self._borrowed = {}, {}, {}
        self._dropped, self._all_dropped = {}, self._drops


def _by_host(rows: Iterable[tuple[int, str, bool]]) -> dict[str, KnownDomain]:
    return {host: KnownDomain(id_, host, bool(is_site)) for id_, host, is_site in rows}
