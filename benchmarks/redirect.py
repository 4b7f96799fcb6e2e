"""Redirects per second of the product and of nginx, in the same run, one worker each: make bench [ARGS=--json].

nginx answers `return 302` from a map of the same codes with its access log on. Django's own figure, /healthz through
all middleware in the same process, is there to compare with.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import product, servers
from benchmarks.load import Cores, Load, Missing, Unfit, find_program, generate

CODES = 10_000
CONNECTIONS = 32
WARM_UP_SECONDS = 2
SETTLE_SECONDS = 5.0


@dataclass
class Contender:
    """One of the servers that take turns. `kept` says how many of its answers it has written to disk so far."""

    pid: int
    port: int
    paths: Path
    connections: int = CONNECTIONS
    kept: Callable[[], int] | None = None
    rounds: list[Load] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)

    def run(self, seconds: int, core: int | None) -> Load:
        """One round, not yet added to the others."""
        before = self.kept() if self.kept else 0
        load = generate(self.port, self.paths, seconds=seconds, connections=self.connections, core=core)
        if self.kept:
            _see_that_all_were_kept(self.kept, before, load.answered, self.connections)
        return load

    def take_turn(self, seconds: int, core: int | None) -> None:
        computed = servers.processor_seconds(self.pid)
        load = self.run(seconds, core)
        self.cpu_us.append((servers.processor_seconds(self.pid) - computed) / load.answered * 1e6)
        self.rounds.append(load)

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


def main() -> int:
    options = _options()
    try:
        find_program("wrk")
        with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
            figures = compare(Path(folder), options.rounds, options.seconds)
    except Unfit as reason:
        print(reason, file=sys.stderr)
        return 1
    for name, figure in figures.items():
        print(f"{name:36}{'not measured' if figure is None else f'{figure:,}'}")
    if options.json:
        print(json.dumps(figures))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds, of which medians are taken")
    parser.add_argument("--seconds", type=int, default=4, help="how long one server is measured in one round")
    return parser.parse_args()


def compare(folder: Path, rounds: int, seconds: int) -> dict[str, float | None]:
    """Start all, see that they answer rightly, and let them take turns."""
    cores = Cores.of_this_machine()
    with contenders(folder, cores) as measured:
        for contender in measured.values():
            contender.run(WARM_UP_SECONDS, cores.load)
        for number in range(rounds):
            for contender in measured.values():
                contender.take_turn(seconds, cores.load)
            rates = ", ".join(f"{name} {each.rounds[-1].per_second:,.0f}/s" for name, each in measured.items())
            print(f"Round {number + 1}: {rates}", flush=True)
    return _figures(measured)


@contextmanager
def contenders(folder: Path, cores: Cores) -> Iterator[dict[str, Contender]]:
    """The product, its Django and, where it is installed, nginx: all running."""
    port, nginx_port = servers.free_port(), servers.free_port()
    print(f"Making {CODES:,} codes in {folder} …", flush=True)
    destinations = product.prepare(folder / "data", port, CODES)
    paths = _written(folder / "paths", destinations)
    health = _written(folder / "health", {"/healthz": ""})
    with ExitStack() as running:
        pid = running.enter_context(product.running_product(folder / "data", cores))
        measured = {
            "product": Contender(pid, port, paths, kept=product.journalled),
            # One at a time: the gate before Django answers 503 to more than it has places for, and a place is given
            # back a moment after the answer.
            "django_view": Contender(pid, port, health, connections=1),
        }
        servers.check("The product", port, destinations)
        try:
            pid = running.enter_context(servers.nginx(folder, nginx_port, destinations, cores.server))
            servers.check("nginx", nginx_port, destinations)
            measured["nginx"] = Contender(pid, nginx_port, paths, kept=lambda: servers.lines_of_nginx(folder))
        except Missing as reason:
            print(f"Without nginx there is nothing to compare with: {reason}", file=sys.stderr)
        print(cores, flush=True)
        yield measured


def _written(path: Path, paths: Mapping[str, str]) -> Path:
    path.write_text("".join(f"{each}\n" for each in paths))
    return path


def _see_that_all_were_kept(kept: Callable[[], int], before: int, answered: int, connections: int) -> None:
    """Each answer is on disk; those that were under way when wrk hung up were answered and kept, too."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not answered <= (n := kept() - before) <= answered + connections:
        if time.monotonic() > deadline:
            raise Unfit(f"{answered} scans were answered and {n} of them written to disk")
        time.sleep(0.1)


def _figures(measured: Mapping[str, Contender]) -> dict[str, float | None]:
    """Rates are medians of the rounds; ratios are made of these."""
    ours, view, nginx = measured["product"], measured["django_view"], measured.get("nginx")
    return {
        "redirects_per_second": round(ours.per_second),
        "redirect_p99_ms": round(ours.p99_ms, 2),
        "nginx_redirects_per_second": round(nginx.per_second) if nginx else None,
        "nginx_p99_ms": round(nginx.p99_ms, 2) if nginx else None,
        "redirect_to_nginx": round(ours.per_second / nginx.per_second, 3) if nginx else None,
        "redirect_processor_us": round(ours.processor_us, 1),
        "nginx_processor_us": round(nginx.processor_us, 1) if nginx else None,
        "django_view_per_second": round(view.per_second),
        "redirect_to_django_view": round(ours.per_second / view.per_second, 1),
        "scans_journalled": sum(load.answered for load in ours.rounds),
    }


if __name__ == "__main__":
    sys.exit(main())
