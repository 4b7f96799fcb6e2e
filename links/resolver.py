"""From host and path to Target: the process's cache before the database, and nothing stale.

A target stays cached until its link changes (links/freshness.py drops it) or room is needed. Concurrent misses of
one code make one query. An unknown code is remembered for a second, so that guessing costs the database nothing.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from django.db import Error, InterfaceError, OperationalError, connection

from links.models import Code, Domain
from links.routing import Target
from links.rules import compiled

T = TypeVar("T")

UNKNOWN_SECONDS = 1.0
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class ResolverUnavailable(Exception):
    """The database cannot be asked and the code is not cached: answer 503, never 404."""


@dataclass(frozen=True)
class KnownDomain:
    """What requests need of a Domain."""

    id: int
    host: str
    is_site: bool


class Resolver:
    """One per process. Keys are (domain id, canonical code)."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._targets: dict[tuple[int, str], Target] = {}
        self._keys_of_link: dict[int, set[tuple[int, str]]] = {}
        self._unknown: dict[tuple[int, str], float] = {}
        self._loading: dict[tuple[int, str], Future[Target | None]] = {}
        self._drops = 0
        self._dropped: dict[int, int] = {}
        self._all_dropped = 0
        self._domains: dict[str, KnownDomain] | None = None
        self._hosts: dict[str, KnownDomain | None] = {}

    # --- Hosts ---------------------------------------------------------------------------------

    def domain_of(self, host: str) -> KnownDomain | None:
        """The domain that a Host header names: lower-cased, port and trailing dot removed."""
        try:
            return self._hosts[host]
        except KeyError:
            return self._find_domain(host)

    def _find_domain(self, host: str) -> KnownDomain | None:
        # Taken first: what is worked out from domains that are replaced meanwhile goes to the old memory.
        hosts = self._hosts
        domains = self._domains if self._domains is not None else self.load_domains()
        name = host.lower()
        if not name.endswith("]"):
            name, colon, port = name.rpartition(":") if ":" in name else (name, "", "")
            if colon and not port.isdigit():
                return None
        name = name.rstrip(".")
        domain = domains.get(name.strip("[]"))
        if domain is None and name in LOOPBACK_NAMES:
            domain = next((known for known in domains.values() if known.is_site), None)
        if len(hosts) > 1000:
            hosts.clear()
        hosts[host] = domain
        return domain

    def load_domains(self) -> dict[str, KnownDomain]:
        """Read every domain; called by the change poll and, once, by whoever comes first."""
        rows = _retry_once(lambda: list(Domain.objects.values_list("id", "host", "is_site")))
        self._domains = {host: KnownDomain(id_, host, is_site) for id_, host, is_site in rows}
        self._hosts = {}
        return self._domains

    # --- Codes ---------------------------------------------------------------------------------

    def known(self, host: str, segment: str) -> Target | None:
        """What the process knows by a Host header and a path exactly as they were sent: two look-ups, no lock."""
        domain = self._hosts.get(host)
        return self._targets.get((domain.id, segment)) if domain is not None else None

    def resolve(self, domain_id: int, canonical: str) -> Target | None:
        """The target of a code, None when there is none; raises ResolverUnavailable."""
        key = (domain_id, canonical)
        target = self._targets.get(key)
        if target is not None:
            return target
        if self._unknown.get(key, 0.0) > time.monotonic():
            return None
        return self._load_once(key)

    def _load_once(self, key: tuple[int, str]) -> Target | None:
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
            target = _retry_once(lambda: load_target(*key))
            self._store(key, target, drops_before)
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

    def _store(self, key: tuple[int, str], target: Target | None, drops_before: int) -> None:
        """Keep what was loaded, unless its link was dropped since the load began."""
        with self._lock:
            if target is None:
                if len(self._unknown) > 10_000:
                    self._unknown.clear()
                self._unknown[key] = time.monotonic() + UNKNOWN_SECONDS
                return
            if max(self._dropped.get(target.link_id, 0), self._all_dropped) > drops_before:
                return
            if len(self._targets) >= self._size:
                self._make_room()
            self._targets[key] = target
            self._keys_of_link.setdefault(target.link_id, set()).add(key)

    def _make_room(self) -> None:
        """Evict the sixteenth that has been here longest, so that eviction is rare and never one by one."""
        for key in list(self._targets)[: max(1, self._size // 16)]:
            self._forget(key)

    def _forget(self, key: tuple[int, str]) -> None:
        target = self._targets.pop(key)
        keys = self._keys_of_link[target.link_id]
        keys.discard(key)
        if not keys:
            del self._keys_of_link[target.link_id]

    # --- Freshness -----------------------------------------------------------------------------

    def drop_links(self, link_ids: set[int]) -> None:
        """Forget the targets of changed links, and every load of them that is under way."""
        with self._lock:
            self._drops += 1
            self._loading = {}  # whoever comes now must not wait for a load that began before
            if len(self._dropped) > 100_000:
                # Too many to remember one by one: treat every load under way as stale.
                self._dropped, self._all_dropped = {}, self._drops
            for link_id in link_ids:
                self._dropped[link_id] = self._drops
                for key in list(self._keys_of_link.get(link_id, ())):
                    self._forget(key)

    def drop_everything(self) -> None:
        with self._lock:
            self._drops += 1
            self._loading = {}
            self._all_dropped = self._drops
            self._dropped = {}
            self._targets, self._keys_of_link, self._unknown = {}, {}, {}


def load_target(domain_id: int, canonical: str) -> Target | None:
    """Read one code and its link: one indexed query."""
    code = (
        Code.objects.select_related("link__workspace")
        .only(*(f"link__{name}" for name in _LINK_COLUMNS), "domain_id", "link__workspace__timezone")
        .filter(domain_id=domain_id, canonical=canonical)
        .first()
    )
    if code is None:
        return None
    link = code.link
    return Target(
        code_id=code.pk,
        link_id=link.pk,
        workspace_id=link.workspace_id,
        domain_id=domain_id,
        revision=link.revision,
        destination=link.destination,
        title=link.title,
        timezone=link.workspace.timezone,
        is_paused=link.is_paused,
        is_deleted=link.deleted_at is not None,
        is_malicious=link.verdict == link.Verdict.MALICIOUS,
        expires_at=link.expires_at.timestamp() if link.expires_at else None,
        rules=compiled(link.rules),
    )


_LINK_COLUMNS = ("revision", "destination", "title", "is_paused", "deleted_at", "verdict", "expires_at",
                 "workspace_id", "rules")  # fmt: skip


def _retry_once(query: Callable[[], T]) -> T:
    """Ask again on a fresh connection: nothing else closes one that the database has dropped meanwhile."""
    for attempt in (1, 2):
        try:
            return query()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if attempt == 2:
                raise ResolverUnavailable(str(error)) from error
        except Error as error:
            raise ResolverUnavailable(str(error)) from error
    raise AssertionError("unreachable")
