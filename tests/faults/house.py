"""A house to break: the real product, a Redis and a database that tests control, and fifty printed links."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from links.counters import totals
from qrplatform.stack.embedded_redis import find_server
from tests.faults.books import Books, Database
from tests.faults.load import AGENT, ELSEWHERE, LANDED, REFUSED, Load, Printed, Scans
from tests.http import Api, request
from tests.machine import postgresql_programs
from tests.services import PostgreSQL, RedisServer, postgresql_server, redis_server
from tests.stack import Stack, data_folder, end

LINKS = 50
# Held open at once while codes are warmed, so that each worker gets some.
WARMING_CONNECTIONS = 24
# A minute in production: a test need not wait as long for what was lost on the way to be sent again. Segments are used
# up within seconds, so that every fault meets some that end.
HEALS_QUICKLY = {"RESHIP_SECONDS": "2", "CLAIM_SECONDS": "2", "JOURNAL_SEGMENT_BYTES": "100000"}


@dataclass
class House:
    """One host and the services it shares with others; `kind` is "postgresql" or "sqlite"."""

    kind: str
    stack: Stack
    redis: RedisServer
    postgresql: PostgreSQL | None
    database: Database
    books: Books
    rate: float = 300.0
    seeds: random.Random = field(default_factory=random.Random)

    @property
    def lost_counter(self) -> int:
        return totals(self.stack.data_dir / "counters")["lost"]

    @property
    def is_up(self) -> bool:
        try:
            return request(f"{self.stack.base_url}/healthz").status == 200
        except (OSError, HTTPException):
            return False

    def wait_until_up(self, seconds: float = 30.0) -> None:
        wait_until(lambda: self.is_up, seconds, "the web server does not answer")

    def load(self, *, keeps_alive: bool = True) -> Load:
        """Load that is not running yet; its scans are in the books."""
        books = self.books
        seed = self.seeds.randrange(10**6)
        load = Load(
            self.stack.port, books.printed, rate=self.rate, seed=seed, first=books.next_run(), keeps_alive=keeps_alive
        )
        books.runs.append(load.scans)
        return load


def warm(port: int, books: Books) -> Scans:
    """Scan every link in every worker of a host, so that each worker's cache knows it."""
    scans = Scans(books.next_run())
    books.runs.append(scans)
    with contextlib.ExitStack() as opened:
        connections = [
            opened.enter_context(contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=10)))
            for _ in range(WARMING_CONNECTIONS)
        ]
        for connection in connections:
            connection.connect()
        for n, printed in enumerate(books.printed):
            for connection in connections:
                _scan(connection, printed, scans, n)
    return scans


def _scan(connection: HTTPConnection, printed: Printed, scans: Scans, link: int) -> None:
    due = time.monotonic()
    index = scans.add(link, due)
    connection.request("GET", printed.path, headers={"User-Agent": AGENT.format(scans.first + index)})
    answer = connection.getresponse()
    answer.read()
    scans.seconds[index] = time.monotonic() - due
    led_to = answer.getheader("Location")
    scans.fate[index] = REFUSED if answer.status != 302 else LANDED if led_to == printed.destination else ELSEWHERE


@contextlib.contextmanager
def running_house(kind: str, seed: int) -> Iterator[House]:
    """A product on "postgresql" or "sqlite", with links that are printed, checked and known to both workers."""
    with contextlib.ExitStack() as services:
        redis = services.enter_context(redis_server(find_server()))
        postgresql = None
        extra = {"REDIS_URL": redis.url, **HEALS_QUICKLY}
        if kind == "postgresql":
            programs = postgresql_programs()
            assert programs, "there is no PostgreSQL on this machine"
            postgresql = services.enter_context(postgresql_server(programs))
            extra["DATABASE_URL"] = postgresql.url
        stack = services.enter_context(obedient_stack(**extra))
        database = Database(postgresql.url if postgresql else sqlite_url(stack))
        books = Books(database, print_links(stack, database))
        house = House(kind, stack, redis, postgresql, database, books, seeds=random.Random(seed))
        warm(stack.port, books)
        yield house


@contextlib.contextmanager
def obedient_stack(**extra: str) -> Iterator[Stack]:
    """A started product whose processes obey file modes even as root."""
    with data_folder() as folder:
        stack = Stack(folder, extra, obeys_file_modes=True)
        stack.start()
        try:
            yield stack
        finally:
            end(stack)


def sqlite_url(stack: Stack) -> str:
    return f"sqlite:///{stack.data_dir / 'qrplatform.sqlite3'}"


def print_links(stack: Stack, database: Database, n: int = LINKS) -> list[Printed]:
    """Make links and wait for their verdicts, each of which is a change that makes processes forget the link."""
    api = Api(stack.base_url, stack.api_key())
    printed = []
    for number in range(n):
        destination = f"https://example.com/{number}"
        link = api("POST", "links", {"destination": destination}).json()
        printed.append(Printed(link["id"], urlsplit(link["codes"][0]["url"]).path, destination))
    unchecked = "SELECT count(*) FROM links_link WHERE verdict = 'unchecked'"
    wait_until(lambda: database.number(unchecked) == 0, 30, "the links' destinations are not checked")
    time.sleep(1.0)  # an edit is live within a second, and a verdict is one
    return printed


def wait_until(is_so: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s {complaint}"
        time.sleep(0.1)
