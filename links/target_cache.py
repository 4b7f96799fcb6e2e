"""A process's targets: a bounded dictionary that can forget a link at once, and set aside what may be out of date.

Reading takes no lock: one look into a dictionary cannot be interrupted. Whoever writes holds the resolver's lock.
"""

from collections.abc import Iterable
from itertools import islice

from links.routing import Target

Key = tuple[int, str]  # domain id; canonical code, or another spelling of it


class TargetCache:
    """Targets by domain are up to date; aged ones are so only as far as anybody knows, until they are read again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._n = 0
        # A dictionary of paths for each domain, always the same one, so that it can be kept beside a host's name: a
        # scan looks up two strings then, as they were sent, where a key of domain and code would have to be made and
        # compared.
        self._of_domain: dict[int, dict[str, Target]] = {}
        self._aged: dict[Key, Target] = {}
        # A tuple of one key takes a quarter of the memory of a set of one.
        self._keys_of_link: dict[int, tuple[Key, ...]] = {}

    def __len__(self) -> int:
        return self._n + len(self._aged)

    def of_domain(self, domain_id: int) -> dict[str, Target]:
        """The domain's targets by path (a slash and the code), for reading only."""
        return self._of_domain.setdefault(domain_id, {})

    def get(self, key: Key) -> Target | None:
        return self.of_domain(key[0]).get(f"/{key[1]}")

    def aged(self, key: Key) -> Target | None:
        return self._aged.get(key)

    def store(self, key: Key, target: Target) -> None:
        if len(self) >= self._size:
            self._make_room()
        self._forget(key)
        self.of_domain(key[0])[f"/{key[1]}"] = target
        self._n += 1
        self._keys_of_link[target.link_id] = (*self._keys_of_link.get(target.link_id, ()), key)

    def age(self) -> None:
        """Have everything read again before it is used, where the database can be asked."""
        for domain_id, targets in list(self._of_domain.items()):
            self._aged.update({(domain_id, path[1:]): target for path, target in targets.items()})
        self._clear()

    def drop_links(self, link_ids: Iterable[int]) -> None:
        for link_id in link_ids:
            for key in self._keys_of_link.pop(link_id, ()):
                self._take_out(key)

    def drop_everything(self) -> None:
        self._clear()
        self._aged, self._keys_of_link = {}, {}

    def _clear(self) -> None:
        for targets in list(self._of_domain.values()):
            targets.clear()
        self._n = 0

    def _take_out(self, key: Key) -> Target | None:
        target = self.of_domain(key[0]).pop(f"/{key[1]}", None)
        if target is not None:
            self._n -= 1
            return target
        return self._aged.pop(key, None)

    def _make_room(self) -> None:
        """Evict what is aged or, of the largest domain, has been here longest: a little at once."""
        few = max(1, self._size // 64)
        for key in list(islice(self._aged, few)):
            self._forget(key)
        if len(self) < self._size:
            return
        domain_id, targets = max(list(self._of_domain.items()), key=lambda item: len(item[1]))
        for path in list(islice(targets, few)):
            self._forget((domain_id, path[1:]))

    def _forget(self, key: Key) -> None:
        target = self._take_out(key)
        if target is None:
            return
        keys = tuple(kept for kept in self._keys_of_link[target.link_id] if kept != key)
        if keys:
            self._keys_of_link[target.link_id] = keys
        else:
            del self._keys_of_link[target.link_id]
