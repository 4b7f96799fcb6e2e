"""The servers that take turns: the product, nginx, and Django alone; one worker each, all running, one measured."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import product, servers, traffic
from benchmarks.asking import check
from benchmarks.load import Cores, Load, Missing, Unfit, closed_loop, open_loop
from benchmarks.traffic import Printed

CONNECTIONS = 32
# Enough that none is waited for: at half of what a server can do, a few requests are under way at once.
OPEN_LOOP_CONNECTIONS = 128
NGINX_CODES = 10_000
SETTLE_SECONDS = 5.0


@dataclass
class Contender:
    """One of the servers. `kept` says how many of its answers it has written to disk so far."""

    session: int
    port: int
    requests: Path
    connections: int = CONNECTIONS
    kept: Callable[[], int] | None = None
    rounds: list[Load] = field(default_factory=list)
    half_rounds: list[Load] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)

    def run(self, seconds: int, cores: frozenset[int]) -> Load:
        """One round as fast as it goes, not yet added to the others."""
        before = self.kept() if self.kept else 0
        load = closed_loop(self.port, self.requests, seconds=seconds, connections=self.connections, cores=cores)
        self._see_that_all_were_kept(before, load.answered, under_way=self.connections)
        return load

    def take_turn(self, seconds: int, cores: frozenset[int]) -> None:
        computed = servers.processor_seconds(self.session)
        load = self.run(seconds, cores)
        self.cpu_us.append((servers.processor_seconds(self.session) - computed) / load.answered * 1e6)
        self.rounds.append(load)

    def take_half_turn(self, seconds: int, cores: frozenset[int]) -> None:
        """A round at half of what it can do, open loop."""
        before = self.kept() if self.kept else 0
        load = open_loop(
            self.port, self.requests, per_second=self.per_second / 2, seconds=seconds,
            connections=OPEN_LOOP_CONNECTIONS, cores=cores,
        )  # fmt: skip
        self._see_that_all_were_kept(before, load.answered, under_way=0)
        self.half_rounds.append(load)

    def _see_that_all_were_kept(self, before: int, answered: int, under_way: int) -> None:
        """Each answer is on disk; those that were under way when wrk hung up were answered and kept, too."""
        if not self.kept:
            return
        deadline = time.monotonic() + SETTLE_SECONDS
        while not answered <= (n := self.kept() - before) <= answered + under_way:
            if time.monotonic() > deadline:
                raise Unfit(f"{answered} scans were answered and {n} of them written to disk")
            time.sleep(0.1)

    @property
    def processor_us(self) -> float:
        """Processor time of one answer: what other programs on the machine take is not in it."""
        return statistics.median(self.cpu_us)

    @property
    def per_second(self) -> float:
        return statistics.median(load.per_second for load in self.rounds)

    @property
    def p99_ms(self) -> float:
        return statistics.median(load.p99_ms for load in self.rounds)

    @property
    def half_p99_ms(self) -> float | None:
        """None where it could not be asked at its rate."""
        return statistics.median(load.p99_ms for load in self.half_rounds) if self.half_rounds else None


@contextmanager
def all_of_them(folder: Path, cores: Cores, links: int) -> Iterator[dict[str, Contender]]:
    """Name to contender; nginx is missing where it is not installed."""
    print(f"Making {links:,} links in {folder} …", flush=True)
    codes = product.prepare(folder / "data", links)
    requests = traffic.write_requests(folder / "requests", codes)
    with ExitStack() as running:
        running.enter_context(product.redis_and_shipper(folder / "data", cores))
        measured = {
            "product": running.enter_context(product_of(folder, codes, requests, cores, threads=2)),
            "product_4_threads": running.enter_context(product_of(folder, codes, requests, cores, threads=4)),
        }
        measured["healthz"] = _healthz(folder, measured["product_4_threads"])
        try:
            measured["nginx"] = running.enter_context(_nginx(folder, codes[:NGINX_CODES], cores))
        except Missing as reason:
            print(f"Without nginx there is nothing to compare with: {reason}", file=sys.stderr)
        for name, settings, gunicorn in (
            ("smallest_django_view", "benchmarks.plain_django", False),
            ("django_view", "benchmarks.full_django", False),
            ("smallest_gunicorn_django", "benchmarks.plain_django", True),
            ("gunicorn_django", "benchmarks.full_django", True),
        ):
            django = _django(folder, requests, cores, settings=settings, gunicorn=gunicorn)
            measured[name] = running.enter_context(django)
        yield measured


@contextmanager
def product_of(
    folder: Path, codes: list[Printed], requests: Path, cores: Cores, *, threads: int, workers: int = 1
) -> Iterator[Contender]:
    """The product with every code in the cache of every worker."""
    port, name = servers.free_port(), f"web-{workers}-{threads}"
    with product.web(folder / name, port, cores.server, workers=workers, threads=threads) as pid:
        began = time.monotonic()
        check("The product", port, codes, session=pid, workers=workers)
        print(f"{len(codes):,} codes looked up in {time.monotonic() - began:.0f} s ({name})", flush=True)
        yield Contender(pid, port, requests, kept=product.journalled)


def _healthz(folder: Path, served: Contender) -> Contender:
    """A view of the product's own, in the product's own process.

    One at a time: the gate before Django answers 503 to more than it has places for, and a place is given back a
    moment after the answer.
    """
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    return Contender(served.session, served.port, traffic.write(folder / "healthz", [request]), connections=1)


@contextmanager
def _nginx(folder: Path, codes: list[Printed], cores: Cores) -> Iterator[Contender]:
    port = servers.free_port()
    plain = [Printed(code.path, code.destination) for code in codes]
    with servers.nginx(folder, port, plain, cores.server) as pid:
        check("nginx", port, plain)
        requests = traffic.write_requests(folder / "nginx-requests", plain)
        yield Contender(pid, port, requests, kept=lambda: servers.lines_of_nginx(folder))


@contextmanager
def _django(folder: Path, requests: Path, cores: Cores, *, settings: str, gunicorn: bool) -> Iterator[Contender]:
    port = servers.free_port()
    environment = product.environment_of(folder / "django", port, workers=1, threads=4)
    with servers.django(folder, port, settings, cores.server, environment, gunicorn=gunicorn) as pid:
        yield Contender(pid, port, requests)
