"""Keeps a process's targets, domains and salts fresh: polls the change table every half second.

The poll asks through a thread that can be cut loose (links/lookups.py), so that it goes on after a frozen connection.
While it gets no answer, targets have a time to live.
"""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db import Error, models
from django.utils import timezone

from links.lookups import Askers
from links.models import Change
from links.resolver import Resolver
from links.snapshot import Snapshot
from links.visitors import load_salts

logger = logging.getLogger(__name__)

OVERLAP_SECONDS = 60.0
SALT_SECONDS = 60.0
# A turn takes milliseconds; one that takes this long hangs.
TURN_SECONDS = 2.0
# After this long without a turn nothing that is cached is trusted before it has been read again.
BLIND_SECONDS = 30.0

Row = TypeVar("Row", bound=tuple[Any, ...])


class NewRows:
    """Tells new rows of a table with growing ids, also those whose transaction commits late.

    Ids are given out before transactions commit, so a smaller id can appear after a larger one. Rows above `floor` are
    therefore read again, for as long as a slower transaction may take, and those acted on already are skipped.
    """

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self._acted_on: dict[int, float] = {}

    @classmethod
    def since_now(cls, settled: models.QuerySet[Any]) -> "NewRows":
        """Start above the settled rows, those that no open transaction can still precede.

        Acting on some rows again that are younger than that is harmless.
        """
        return cls(settled.order_by("-id").values_list("id", flat=True).first() or 0)

    def unseen(self, rows: Iterable[Row]) -> list[Row]:
        """Of rows above the floor, id first, those not acted on."""
        return [row for row in rows if row[0] not in self._acted_on]

    def note(self, rows: Iterable[tuple[Any, ...]], read_at: float) -> None:
        """These, read after `read_at`, were acted on.

        Raises the floor to the newest row that every slower transaction had had time to follow when this was read.
        """
        now = time.monotonic()
        self._acted_on.update((row[0], now) for row in rows)
        settled = [id_ for id_, at in self._acted_on.items() if read_at - at > OVERLAP_SECONDS]
        if settled:
            self.floor = max(settled)
            self._acted_on = {id_: at for id_, at in self._acted_on.items() if id_ > self.floor}


def settled_before() -> datetime:
    """Rows older than this are settled."""
    return timezone.now() - timedelta(seconds=OVERLAP_SECONDS)


class ChangePoll:
    """The poll of one process; `turn` is one look at the database, `look` is one that cannot hang."""

    def __init__(
        self, resolver: Resolver, seconds: float, *, ttl_seconds: float = 60.0, snapshot: Snapshot | None = None
    ) -> None:
        self._resolver = resolver
        self._seconds = seconds
        self._ttl_seconds = ttl_seconds
        self._snapshot = snapshot
        self._asker = Askers(1, "change-poll-query", TURN_SECONDS)
        self._changes: NewRows | None = None
        self._last_turn = self._aged_at = time.monotonic()
        self._is_failing = False
        self._salts_at: float | None = None
        self.salts: dict[str, bytes] = {}

    def start(self) -> None:
        threading.Thread(target=self._run, name="change-poll", daemon=True).start()

    @property
    def blind_seconds(self) -> float:
        """How long ago the last turn ended."""
        return time.monotonic() - self._last_turn

    def _run(self) -> None:
        while True:
            self.look()
            time.sleep(self._seconds)

    def look(self) -> None:
        """One turn, or what is to be done when there is none within TURN_SECONDS."""
        try:
            self._asker.ask(self.turn, TURN_SECONDS)
        except TimeoutError:
            self._go_without("no answer")
        except Error as error:
            self._go_without(str(error))
        except Exception as error:
            logger.exception("The change poll failed; it goes on.")
            self._go_without(str(error))
        else:
            if self._is_failing:
                logger.warning("The change table can be read again.")
            self._is_failing = False

    def _go_without(self, reason: str) -> None:
        """Age what is cached when it is due; take domains and salts from the snapshot where there were none yet."""
        if not self._is_failing:
            logger.warning("The change table could not be read, edits wait until it can: %s", reason)
        self._is_failing = True
        now = time.monotonic()
        if now - max(self._last_turn, self._aged_at) > self._ttl_seconds:
            self._aged_at = now
            self._resolver.age_everything()
        self._resolver.borrow_domains()
        if self._snapshot is not None and not self.salts:
            self.salts = self._snapshot.salts()

    def turn(self) -> None:
        """Drop what has changed since the last turn and refresh salts when they are due."""
        now = time.monotonic()
        if self._changes is None:
            changes = NewRows.since_now(Change.objects.filter(at__lt=settled_before()))
            self._resolver.drop_everything()
            self._resolver.load_domains()
            self._changes = changes
        elif now - self._last_turn > BLIND_SECONDS:
            # Nothing above the floor is missed, but a database that was replaced may count from further below.
            self._resolver.age_everything()
        self._act_on(self._changes, now)
        self._last_turn = now
        if self._salts_at is None or now - self._salts_at > SALT_SECONDS:
            self.salts = load_salts(datetime.now(UTC))
            self._salts_at = now

    def _act_on(self, changes: NewRows, now: float) -> None:
        rows = changes.unseen(Change.objects.filter(id__gt=changes.floor).order_by("id").values_list("id", "link_id"))
        if any(link_id is None for _, link_id in rows):
            self._resolver.load_domains()
            self._resolver.drop_everything()
        elif rows:
            self._resolver.drop_links({link_id for _, link_id in rows if link_id is not None})
        changes.note(rows, now)


def delete_old_changes(now: datetime) -> int:
    """Rows a day old: every running process has acted on them."""
    return Change.objects.filter(at__lt=now - timedelta(days=1)).delete()[0]
