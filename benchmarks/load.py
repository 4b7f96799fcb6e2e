"""One measurement: wrk asks a server for random paths; a rate of errors is refused rather than published."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("load.lua")


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


class Cores(NamedTuple):
    """Which core generates load and which one serves; None where there are not two to choose from."""

    load: int | None
    server: int | None

    def __str__(self) -> str:
        if self.server is None:
            return "Not pinned: wrk and the server share what cores there are."
        return f"Pinned: wrk, Redis and ship_scans to core {self.load}, the server to core {self.server}."

    @classmethod
    def of_this_machine(cls) -> "Cores":
        mine = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        return cls(mine[0], mine[1]) if len(mine) > 1 else cls(None, None)


@contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """What is started in here stays on this core, and so does what it starts itself."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def find_program(name: str) -> str:
    if found := shutil.which(name):
        return found
    raise Missing(f"{name} is not installed. On Debian and Ubuntu: apt install {name}")


def generate(port: int, paths: Path, *, seconds: float, connections: int, core: int | None) -> Load:
    """Keep `connections` busy for so many whole seconds; raises Unfit when anything but 2xx and 3xx came back."""
    command = [find_program("wrk"), "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "-s", str(SCRIPT)]
    with on_core(core):
        finished = subprocess.run(
            [*command, f"http://127.0.0.1:{port}", "--", str(paths)],
            capture_output=True, text=True, timeout=seconds + 30, check=True,
        )  # fmt: skip
    figures = json.loads(finished.stdout.splitlines()[-1])
    if figures["errors"] or figures["refused"] or not figures["answered"]:
        raise Unfit(f"This is no rate of redirects:\n{finished.stdout}")
    per_second = figures["answered"] / figures["microseconds"] * 1e6
    return Load(figures["answered"], per_second, figures["p50"] / 1000, figures["p99"] / 1000)
