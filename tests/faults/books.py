"""The books: what the database holds, against what the phones saw; read as streams, for half a million scans."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.faults.load import ELSEWHERE, LANDED, REFUSED, UNANSWERED, Printed, Scans

# Every number that is shown for a link, next to the raw scans it is made from.
DRIFT = """
SELECT link.id,
    (SELECT count(*) FROM analytics_scan WHERE link_id = link.id AND scan_class = 'human'),
    (SELECT count(DISTINCT visitor) FROM analytics_scan WHERE link_id = link.id AND visitor <> ''),
    (SELECT coalesce(sum(human), 0) FROM analytics_quarterhour WHERE scope = 2 AND scope_id = link.id),
    (SELECT coalesce(sum(visitors), 0) FROM analytics_localday WHERE scope = 2 AND scope_id = link.id),
    (SELECT coalesce(sum(human), 0) FROM analytics_localday WHERE scope = 2 AND scope_id = link.id),
    (SELECT coalesce(sum(n), 0) FROM analytics_breakdown
     WHERE scope = 2 AND scope_id = link.id AND dimension = 11 AND scan_class = 0),  -- outcomes of people
    (SELECT human FROM links_linkcounter WHERE link_id = link.id)
FROM links_link AS link WHERE link.id IN ({ids})
"""


# Numbers of one run begin at a multiple of this.
RUN = 10_000_000


class Database:
    """Read-only questions to the product's database, whichever it is; a connection per question."""

    def __init__(self, url: str) -> None:
        """`url` is a DATABASE_URL of PostgreSQL or SQLite."""
        self.url = url
        self.is_sqlite = url.startswith("sqlite:")

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a few at a time."""
        if self.is_sqlite:
            path = self.url.removeprefix("sqlite:///")
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
                yield from connection.execute(sql)
            return
        with psycopg.connect(self.url, connect_timeout=5) as server, server.cursor("books") as cursor:
            cursor.itersize = 20_000
            yield from cursor.execute(sql)

    def number(self, sql: str) -> int:
        return int(next(self.rows(sql))[0])


@dataclass
class Balance:
    """What became of one run's scans, and what does not add up."""

    sent: int = 0
    landed: int = 0
    elsewhere: int = 0  # led to another address than the printed one's
    refused: int = 0  # any answer but a redirect
    unanswered: int = 0
    counted: int = 0
    missing: int = 0  # answered, and not in the database
    uncounted: int = 0  # not answered, and not in the database, which is as it should be
    counted_twice: int = 0
    misattributed: int = 0  # counted for another link
    invented: int = 0  # counted, and never sent
    drift: int = 0  # numbers shown for a link that differ from its raw scans
    without_visitor: int = 0

    def check(self, refused_by_disk: int = 0) -> None:
        """Every answered scan exactly once but for those the disk refused, an unanswered one at most once."""
        assert self.missing >= refused_by_disk - self.uncounted, f"the loss counter says {refused_by_disk}: {self}"
        assert self.missing <= refused_by_disk, f"lost: {self.missing - refused_by_disk}; {self}"
        assert self.counted_twice == 0, f"counted twice: {self}"
        assert self.misattributed == self.invented == self.elsewhere == 0, f"invented: {self}"
        assert self.drift == 0, f"drift: {self}"
        assert self.without_visitor == 0, f"without a visitor: {self}"


class Books:
    """The printed links of one product and every run of scans that was sent to them."""

    def __init__(self, database: Database, printed: Sequence[Printed]) -> None:
        self.database = database
        self.printed = printed
        self.runs: list[Scans] = []
        self._ids = ",".join(str(each.link_id) for each in printed)

    def next_run(self) -> int:
        """The first number of a run that is about to be sent; add its scans to `runs`."""
        return len(self.runs) * RUN

    def balance(self, run: Scans) -> Balance:
        balance = Balance(sent=len(run), landed=run.fate.count(LANDED), elsewhere=run.fate.count(ELSEWHERE))
        balance.refused, balance.unanswered = run.fate.count(REFUSED), run.fate.count(UNANSWERED)
        times = self._times(run, balance)
        for fate, n in zip(run.fate, times, strict=True):
            balance.counted_twice += n > 1
            if n == 0 and fate in (LANDED, ELSEWHERE):
                balance.missing += 1
            elif n == 0:
                balance.uncounted += 1
        self._compare_rollups(balance)
        return balance

    def _times(self, run: Scans, balance: Balance) -> bytearray:
        """How often each scan of a run is in the database."""
        times = bytearray(len(run))
        index_of = {each.link_id: n for n, each in enumerate(self.printed)}
        sql = f"SELECT link_id, user_agent, visitor FROM analytics_scan WHERE link_id IN ({self._ids})"  # noqa: S608
        for link_id, agent, visitor in self.database.rows(sql):
            number = int(agent.partition("Mobile/")[2].partition(" ")[0] or -1)
            if number not in run.numbers:
                balance.invented += not any(number in each.numbers for each in self.runs)
                continue
            at = number - run.first
            times[at] = min(255, times[at] + 1)
            balance.counted += 1
            balance.misattributed += run.link[at] != index_of[link_id]
            balance.without_visitor += not visitor
        return times

    def _compare_rollups(self, balance: Balance) -> None:
        """Every scan is a visitor of its own, so that all numbers of a link are one."""
        for _, raw, visitors, *shown in self.database.rows(DRIFT.format(ids=self._ids)):
            balance.drift += sum(abs(int(number) - raw) for number in (visitors, *shown))

    def counted(self) -> int:
        """Raw scans of the printed links."""
        return self.database.number(f"SELECT count(*) FROM analytics_scan WHERE link_id IN ({self._ids})")  # noqa: S608

    def settled(self, run: Scans, seconds: float, refused_by_disk: int = 0) -> tuple[Balance, float]:
        """Wait until nothing of a run is missing, or time is over; returns the balance and the seconds it took."""
        began = time.monotonic()
        counted = -1
        while True:
            with contextlib.suppress(sqlite3.OperationalError, psycopg.OperationalError):
                # The cheap question first: the books are opened only where there is news.
                before, counted = counted, self.counted()
                if counted != before and (balance := self.balance(run)).missing <= refused_by_disk:
                    return balance, time.monotonic() - began
            if time.monotonic() - began > seconds:
                return self.balance(run), time.monotonic() - began
            time.sleep(0.25)
