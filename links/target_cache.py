"""A process's targets: a bounded dictionary that can forget a link at once, and set aside what may be out of date.

Reading takes no lock: one look into a dictionary cannot be interrupted. Whoever writes holds the resolver's lock.
"""

from collections.abc import Iterable
from itertools import islice

from links.routing import Target

Key = tuple[int, str]  # domain id; canonical code, or another spelling of it


class TargetCache:
    """`targets` are up to date. Aged ones are so only as far as anybody knows, and last until they are read again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.targets: dict[Key, Target] = {}
        self._aged: dict[Key, Target] = {}
        # A tuple of one key takes a quarter of the memory of a set of one.
        self._keys_of_link: dict[int, tuple[Key, ...]] = {}

    def __len__(self) -> int:
        return len(self.targets) + len(self._aged)

    def aged(self, key: Key) -> Target | None:
        return self._aged.get(key)

    def store(self, key: Key, target: Target) -> None:
        if len(self) >= self._size:
            self._make_room()
        self._forget(key)
        self.targets[key] = target
        self._keys_of_link[target.link_id] = (*self._keys_of_link.get(target.link_id, ()), key)

    def age(self) -> None:
        """Have everything read again before it is used, where the database can be asked."""
        self._aged.update(self.targets)
        self.targets = {}

    def drop_links(self, link_ids: Iterable[int]) -> None:
        for link_id in link_ids:
            for key in self._keys_of_link.pop(link_id, ()):
                self.targets.pop(key, None)
                self._aged.pop(key, None)

    def drop_everything(self) -> None:
        self.targets, self._aged, self._keys_of_link = {}, {}, {}

    def _make_room(self) -> None:
        """Evict what is aged or has been here longest, a little at once, so that no scan waits for long."""
        for kind in (self._aged, self.targets):
            for key in list(islice(kind, max(1, self._size // 64))):
                self._forget(key)
            if len(self) < self._size:
                return

    def _forget(self, key: Key) -> None:
        target = self.targets.pop(key, None) or self._aged.pop(key, None)
        if target is None:
            return
        keys = tuple(kept for kept in self._keys_of_link[target.link_id] if kept != key)
        if keys:
            self._keys_of_link[target.link_id] = keys
        else:
            del self._keys_of_link[target.link_id]
