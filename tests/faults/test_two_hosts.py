"""Two hosts share a Redis and a database: each has its own data folder, port, shipper and ingester."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.faults.books import Books, Database
from tests.faults.house import HEALS_QUICKLY, print_links, wait_until, warm
from tests.faults.load import REFUSED, UNANSWERED, Load
from tests.http import Api, request
from tests.machine import missing, postgresql_programs
from tests.machine import redis_server as redis_program
from tests.services import postgresql_server, redis_server
from tests.stack import Stack, data_folder, end

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

RATE = 150.0
COUNTED_WITHIN = 60.0


@dataclass(frozen=True)
class Hosts:
    a: Stack
    b: Stack
    books: Books

    def load(self, host: Stack, seed: int) -> Load:
        load = Load(host.port, self.books.printed, rate=RATE, seed=seed, first=self.books.next_run())
        self.books.runs.append(load.scans)
        return load


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    programs, program = postgresql_programs(), redis_program()
    if programs is None or program is None:
        missing("postgresql and redis", "two hosts need servers that both can reach")
    with contextlib.ExitStack() as opened:
        database = opened.enter_context(postgresql_server(programs))
        redis = opened.enter_context(redis_server(program))
        shared = {"DATABASE_URL": database.url, "REDIS_URL": redis.url, **HEALS_QUICKLY}
        stacks: list[Stack] = []
        for _ in range(2):
            # One site, reached at either host's own port: as behind a load balancer.
            site = {"PUBLIC_URL": stacks[0].base_url} if stacks else {}
            stack = Stack(opened.enter_context(data_folder()), shared | site)
            stack.start()
            opened.callback(end, stack)
            stacks.append(stack)
        a, b = stacks
        questions = Database(database.url)
        books = Books(questions, print_links(a, questions, 20))
        for host in (a, b):
            warm(host.port, books)
        yield Hosts(a, b, books)


def kill_all_of(stack: Stack) -> None:
    """As a power cut: nobody is asked, `make run` itself first, so that nothing is started again."""
    stack.process.kill()
    stack.process.wait()
    while pids := stack.processes():
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def test_one_host_dies_and_comes_back_and_every_scan_is_counted_once(hosts: Hosts) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    on_a, on_b = hosts.load(hosts.a, seed), hosts.load(hosts.b, seed + 1)
    with on_a.running() as scans_a, on_b.running() as scans_b:
        time.sleep(4)
        killed_at = time.monotonic()
        kill_all_of(hosts.b)
        time.sleep(1)
        hosts.b.start()
        back_at = time.monotonic()
        time.sleep(4)
    assert scans_a.statuses == {302: len(scans_a)}, "the other host was not hit"
    refused = [round(due - back_at, 2) for due, fate in zip(scans_b.due, scans_b.fate, strict=True) if fate == REFUSED]
    assert not refused, f"{scans_b.statuses}, due so many seconds after it was back: {refused}\n{hosts.b.logs()}"
    down = set(scans_b.between(killed_at - 0.5, back_at + 0.5))
    unanswered = {index for index, fate in enumerate(scans_b.fate) if fate == UNANSWERED}
    assert unanswered <= down
    assert unanswered, "it was never away"
    for scans in (scans_a, scans_b):
        balance, _ = hosts.books.settled(scans, COUNTED_WITHIN)
        balance.check()


def test_both_hosts_count(hosts: Hosts) -> None:
    """Both ingesters take part, and neither counts what the other has counted."""
    load = hosts.load(hosts.a, 1)
    before = [ingested(hosts.a), ingested(hosts.b)]
    with load.running() as scans:
        wait_until(
            lambda: all(ingested(host) > n for host, n in zip((hosts.a, hosts.b), before, strict=True)),
            40,
            "one of two ingesters has counted nothing",
        )
    balance, _ = hosts.books.settled(scans, COUNTED_WITHIN)
    balance.check()


def ingested(stack: Stack) -> int:
    stages: dict[str, int] = request(f"{stack.base_url}/readyz").json()["stages"]
    return stages["ingested"]


def test_an_edit_on_one_host_is_live_on_the_other_within_a_second(hosts: Hosts) -> None:
    api = Api(hosts.a.base_url, hosts.a.api_key())
    link = api("POST", "links", {"destination": "https://example.com/"}).json()
    address = f"{hosts.b.base_url}{urlsplit(link['codes'][0]['url']).path}"
    for n in range(5):
        destination = f"https://example.com/edited/{n}"
        for _ in range(12):
            request(address)  # known to both workers of host b
        assert api("PATCH", f"links/{link['id']}", {"destination": destination}).status == 200
        time.sleep(1.0)
        assert {request(address).headers["location"] for _ in range(12)} == {destination}
