"""How long an edit takes to be live in every process: 1,000 of them, under load, with Redis up, frozen and stopped.

Two workers serve; another process edits destinations, pauses, deletes and condemns links, one by one and twenty in a
transaction; every edited code is asked of each worker over and over. Time counts from the edit's commit until the last
worker answers by it.
"""

import argparse
import json
import os
import random
import selectors
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import editor, product, servers, traffic
from benchmarks.asking import Answer, Asker, asker_of_each_worker, check
from benchmarks.load import Cores, Unfit, find_program, open_loop_command
from benchmarks.traffic import Printed

WORKERS = 2
SCANS_PER_SECOND = 500
BULK = 20
# Of ten edits that are made one by one.
SINGLE = ("destination",) * 6 + ("pause", "pause", "verdict", "deletion")
# Redis is …, and how many links are edited meanwhile.
MODES = {"up": 400, "frozen": 300, "stopped": 300}
QUICK_MODES = {"up": 100, "frozen": 100, "stopped": 100}
GIVE_UP_SECONDS = 10.0


@dataclass
class Edit:
    """One edited link: what a scan of it meets afterwards, and when each worker was first seen to know."""

    code: Printed
    order: editor.Order
    expected: Answer
    committed_at: float | None = None
    seen_at: dict[int, float] = field(default_factory=dict)

    @property
    def request(self) -> bytes:
        return f"GET {self.code.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    @property
    def took(self) -> float:
        """Seconds from the commit until the last worker knew."""
        assert self.committed_at is not None
        return max(0.0, max(self.seen_at.values()) - self.committed_at)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--quick", action="store_true", help="300 edits in half a minute")
    options = parser.parse_args()
    try:
        find_program("luajit")
        with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
            modes, seconds = (QUICK_MODES, 8) if options.quick else (MODES, 40)
            figures = measure(Path(folder), modes, seconds)
    except Unfit as reason:
        print(reason, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(figures))
    return 0


def measure(folder: Path, modes: dict[str, int], seconds: int) -> dict[str, float]:
    """Figures of every mode, one after the other in the same two workers."""
    cores, data_dir = Cores.of_this_machine(WORKERS), folder / "data"
    codes = product.prepare(data_dir, 2 * sum(modes.values()))
    requests = traffic.write_requests(folder / "requests", codes)
    edits = iter(_planned(codes, modes))
    figures: dict[str, float] = {}
    with ExitStack() as running:
        port = servers.free_port()
        running.enter_context(product.program("ship", data_dir, cores.load))
        web = product.web(folder / "web", port, cores.server, workers=WORKERS, threads=4)
        session = running.enter_context(web)
        check("The product", port, codes, session=session, workers=WORKERS)
        askers = asker_of_each_worker(port, session, WORKERS)
        author = running.enter_context(_author(folder))
        for mode, n in modes.items():
            mine = [next(edits) for _ in range(n)]
            with redis_that_is(mode, data_dir, cores), _load(port, requests, seconds, cores):
                Watch(askers, author, mine).watch(seconds)
            figures |= _told(mode, [edit.took * 1000 for edit in mine])
    return figures


def _told(mode: str, took_ms: list[float]) -> dict[str, float]:
    p50, p99 = statistics.median(took_ms), statistics.quantiles(took_ms, n=100, method="inclusive")[98]
    print(
        f"Redis {mode}: {len(took_ms)} edits live after p50 {p50:.0f}, p99 {p99:.0f}, max {max(took_ms):.0f} ms",
        flush=True,
    )
    return {f"fresh_p99_ms_redis_{mode}": round(p99), f"fresh_max_ms_redis_{mode}": round(max(took_ms))}


def _planned(codes: Sequence[Printed], modes: dict[str, int]) -> Iterator[Edit]:
    """A fifth of the edits in bulk, the others one by one; no link twice."""
    from links.models import Code

    link_of = dict(Code.objects.values_list("path", "link_id"))
    plain = iter([code for code in codes if not code.rules])
    number = 0
    for n in modes.values():
        for size in [BULK] * (n // 5 // BULK) + [1] * (n - n // 5 // BULK * BULK):
            number += 1
            group = [next(plain) for _ in range(size)]
            kind = random.choice(("destination", "pause")) if size > 1 else SINGLE[number % len(SINGLE)]
            order = editor.Order(number, kind, [link_of[code.path[1:]] for code in group])
            for code, link in zip(group, order.links, strict=True):
                yield Edit(code, order, _expected(kind, link))


def _expected(kind: str, link: int) -> Answer:
    if kind == "destination":
        return Answer(302, editor.new_destination(link))
    return Answer(200 if kind == "verdict" else 410, "")


@contextmanager
def redis_that_is(mode: str, data_dir: Path, cores: Cores) -> Iterator[None]:
    """Redis up, frozen (it accepts connections and never answers), or not there."""
    if mode == "stopped":
        yield
        return
    with product.program("redis", data_dir, cores.load) as pid:
        time.sleep(1)
        if mode == "frozen":
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def _load(port: int, requests: Path, seconds: float, cores: Cores) -> Iterator[None]:
    """Scans of all codes, edited ones too, beside what happens in here; none may go unanswered."""
    command = open_loop_command(port, requests, SCANS_PER_SECOND, seconds, connections=32)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield
        output = process.communicate(timeout=seconds + 60)[0]
    finally:
        process.kill()
        process.wait()
    if process.returncode or json.loads(output)["errors"]:
        raise Unfit(f"Scans went unanswered: {output}")


@contextmanager
def _author(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, editor.__file__]
    with (folder / "editor.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, bufsize=0)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


class Watch:
    """Gives orders to the author at random moments and asks every worker until it knows of each edit."""

    def __init__(self, askers: Sequence[Asker], author: subprocess.Popen[bytes], edits: Sequence[Edit]) -> None:
        assert author.stdin
        assert author.stdout
        self._askers, self._edits = askers, edits
        self._orders, self._reports = author.stdin, author.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._reports, selectors.EVENT_READ)
        self._pending: list[Edit] = []
        self._rest = b""

    def watch(self, seconds: float) -> None:
        """Until every edit is live; then all are asked once more, as none may be forgotten again."""
        began = time.monotonic()
        orders = sorted({edit.order.number: edit.order for edit in self._edits}.values())
        moments = sorted(random.uniform(0, seconds) for _ in orders)
        due = list(zip(moments, random.sample(orders, len(orders)), strict=True))
        while due or self._pending:
            while due and due[0][0] <= time.monotonic() - began:
                self._give(due.pop(0)[1])
            self._hear()
            self._ask()
        for edit in self._edits:
            if any(asker.ask(edit.request) != edit.expected for asker in self._askers):
                raise Unfit(f"An edit was live and is forgotten: {edit}")

    def _give(self, order: editor.Order) -> None:
        self._orders.write(json.dumps(order).encode() + b"\n")
        self._pending += [edit for edit in self._edits if edit.order is order]

    def _hear(self) -> None:
        """Note what has been committed, without waiting for more than a moment."""
        if not self._selector.select(0.002):
            return
        *lines, self._rest = (self._rest + os.read(self._reports.fileno(), 65536)).split(b"\n")
        for report in map(json.loads, lines):
            if "failed" in report:
                raise Unfit(f"An edit failed: {report['failed']}")
            for edit in self._pending:
                if edit.order.number == report["number"]:
                    edit.committed_at = report["at"]

    def _ask(self) -> None:
        now = time.monotonic()
        for edit in self._pending:
            for number, asker in enumerate(self._askers):
                if number not in edit.seen_at and asker.ask(edit.request) == edit.expected:
                    edit.seen_at[number] = time.monotonic()
            if edit.committed_at and now - edit.committed_at > GIVE_UP_SECONDS:
                raise Unfit(f"Not live in every worker after {GIVE_UP_SECONDS:.0f} s: {edit}")
        everywhere = len(self._askers)
        self._pending = [edit for edit in self._pending if not edit.committed_at or len(edit.seen_at) < everywhere]


if __name__ == "__main__":
    sys.exit(main())
