"""Keeps a process's targets, domains and salts fresh: polls the change table every half second.

Ids are given out before transactions commit, so a smaller id can appear after a larger one. The poll therefore reads
again every row younger than OVERLAP_SECONDS and skips the ids it has acted on already.
"""

import logging
import threading
import time
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from links.models import Change
from links.resolver import Resolver, ResolverUnavailable
from links.visitors import load_salts

logger = logging.getLogger(__name__)

OVERLAP_SECONDS = 60.0
SALT_SECONDS = 60.0
# A process that could not poll for this long has missed rows it can no longer tell from old ones.
BLIND_SECONDS = 30.0


class ChangePoll:
    """The poll of one process; `turn` is one look at the database."""

    def __init__(self, resolver: Resolver, seconds: float) -> None:
        self._resolver = resolver
        self._seconds = seconds
        self._floor: int | None = None
        self._acted_on: dict[int, float] = {}
        self._last_turn = time.monotonic()
        self._salts_at: float | None = None
        self.salts: dict[str, bytes] = {}

    def start(self) -> None:
        threading.Thread(target=self._run, name="change-poll", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.turn()
            except (DatabaseError, ResolverUnavailable) as error:
                logger.warning("The change table could not be read, edits wait until it can: %s", error)
                connection.close()
            except Exception:
                logger.exception("The change poll failed; it goes on.")
                connection.close()
            time.sleep(self._seconds)

    def turn(self) -> None:
        """Drop what has changed since the last turn and refresh salts when they are due."""
        now = time.monotonic()
        if self._floor is None:
            self._begin()
        elif now - self._last_turn > BLIND_SECONDS:
            self._resolver.drop_everything()
        self._act_on_changes(now)
        self._last_turn = now
        if self._salts_at is None or now - self._salts_at > SALT_SECONDS:
            self.salts = load_salts(datetime.now(UTC))
            self._salts_at = now

    def _begin(self) -> None:
        """Start below the rows that a transaction still open may follow; acting on some of them again is harmless."""
        settled = Change.objects.filter(at__lt=timezone.now() - timedelta(seconds=OVERLAP_SECONDS))
        self._floor = settled.order_by("-id").values_list("id", flat=True).first() or 0
        self._resolver.drop_everything()
        self._resolver.load_domains()

    def _act_on_changes(self, now: float) -> None:
        rows = [
            row
            for row in Change.objects.filter(id__gt=self._floor).order_by("id").values_list("id", "link_id")
            if row[0] not in self._acted_on
        ]
        if any(link_id is None for _, link_id in rows):
            self._resolver.load_domains()
            self._resolver.drop_everything()
        elif rows:
            self._resolver.drop_links({link_id for _, link_id in rows if link_id is not None})
        self._acted_on.update((id_, now) for id_, _ in rows)
        self._forget_old(now)

    def _forget_old(self, now: float) -> None:
        """Raise the floor to the newest row that every slower transaction has had time to follow."""
        settled = [id_ for id_, at in self._acted_on.items() if now - at > OVERLAP_SECONDS]
        if settled:
            self._floor = max(settled)
            self._acted_on = {id_: at for id_, at in self._acted_on.items() if id_ > self._floor}


def delete_old_changes(now: datetime) -> int:
    """Rows a day old: every running process has acted on them."""
    return Change.objects.filter(at__lt=now - timedelta(days=1)).delete()[0]
