"""One measurement: wrk asks as fast as it is answered, open_loop.lua at a rate; errors are refused, not published."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

CLOSED_LOOP = Path(__file__).with_name("load.lua")
OPEN_LOOP = Path(__file__).with_name("open_loop.lua")
# A rate that was meant and one that was reached may differ by this share.
TOLERANCE = 0.02


class Unfit(Exception):
    """Nothing can be measured here, or what was measured may not be published; the message says why."""


class Missing(Unfit):
    """A program that is not installed."""


class Load(NamedTuple):
    """What one server answered in one round; every answer was a success or a redirect."""

    answered: int
    per_second: float
    p50_ms: float
    p99_ms: float
    late_p99_ms: float = 0.0  # how late an open loop's requests left; part of their latency


class Cores(NamedTuple):
    """Which cores generate load and which serve; empty where there are not enough to choose from."""

    load: frozenset[int]
    server: frozenset[int]

    def __str__(self) -> str:
        if not self.server:
            return "Not pinned: load and server share what cores there are."
        load, server = (", ".join(map(str, sorted(cores))) for cores in self)
        return f"Pinned: load, Redis and ship_scans to core {load}, the server to core {server}."

    @classmethod
    def of_this_machine(cls, workers: int = 1) -> "Cores":
        """As many cores for load as for the server's workers, or none of either."""
        mine = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        if len(mine) < 2 * workers:
            return cls(frozenset(), frozenset())
        return cls(frozenset(mine[:workers]), frozenset(mine[workers : 2 * workers]))


@contextmanager
def on_cores(cores: Iterable[int]) -> Iterator[None]:
    """What is started in here stays on these cores, and so does what it starts itself; none means anywhere."""
    if not (wanted := set(cores)):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, wanted)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def find_program(name: str) -> str:
    if found := shutil.which(name):
        return found
    raise Missing(f"{name} is not installed. On Debian and Ubuntu: apt install {name}")


def closed_loop(port: int, requests: Path, *, seconds: int, connections: int, cores: frozenset[int]) -> Load:
    """Keep `connections` busy for so long: as many a second as the server can answer."""
    threads = min(max(1, len(cores)), connections)
    options = [f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "-s", str(CLOSED_LOOP)]
    # From anywhere in the file: rounds shorter than the whole of it would all ask for the same part.
    start = str(random.randrange(1_000_000))
    return _run(
        [find_program("wrk"), *options, f"http://127.0.0.1:{port}", "--", str(requests), start],
        seconds=seconds, cores=cores,
    )  # fmt: skip


def open_loop(
    port: int, requests: Path, *, per_second: float, seconds: float, connections: int, cores: frozenset[int]
) -> Load:
    """Ask so many times a second, whatever is answered; raises Unfit where that rate was not reached."""
    load = _run(open_loop_command(port, requests, per_second, seconds, connections), seconds=seconds, cores=cores)
    # The stream is random: the rate is that of the requests it drew, within their own scatter.
    scatter = 4 / (per_second * seconds) ** 0.5
    if abs(load.per_second / per_second - 1) > TOLERANCE + scatter:
        raise Unfit(f"{per_second:,.0f}/s were meant and {load.per_second:,.0f}/s reached")
    return load


def open_loop_command(port: int, requests: Path, per_second: float, seconds: float, connections: int) -> list[str]:
    arguments = (port, requests, per_second, seconds, connections)
    return [find_program("luajit"), str(OPEN_LOOP), *map(str, arguments)]


def _run(command: list[str], *, seconds: float, cores: frozenset[int]) -> Load:
    """Run a generator; raises Unfit when anything but 2xx and 3xx came back."""
    with on_cores(cores):
        finished = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    if finished.returncode:
        raise Unfit(f"{Path(command[0]).name} failed:\n{finished.stdout}{finished.stderr}")
    return load_of(finished.stdout)


def load_of(output: str) -> Load:
    """Read what a generator has printed last."""
    figures = json.loads(output.splitlines()[-1])
    if figures["errors"] or figures["refused"] or not figures["answered"]:
        raise Unfit(f"This is no rate of redirects:\n{output}")
    per_second = figures["answered"] / figures["microseconds"] * 1e6
    milliseconds = (figures.get(name, 0) / 1000 for name in ("p50", "p99", "late_p99"))
    return Load(figures["answered"], per_second, *milliseconds)
