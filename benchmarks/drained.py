"""What benchmarks/ingest.py runs once for each database: scans go into a real stream and are drained by one worker.

`python -m benchmarks.drained SCANS ROUNDS` reads DATABASE_URL (none: SQLite) and REDIS_URL, and prints one JSON object.
Imports of the product are in functions: its environment is set first.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from benchmarks import product, traffic

LINKS = 10_000
CAMPAIGNS = 50
WARM_UP = 5_000
# One scan in so many was a click on a page of one of so many hosts.
CLICKS, HOSTS = 10, 30


def main(scans: int, rounds: int) -> None:
    database = {"DATABASE_URL": os.environ["DATABASE_URL"]} if os.environ.get("DATABASE_URL") else {}
    with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
        product.prepare(Path(folder) / "data", LINKS, REDIS_URL=os.environ["REDIS_URL"], **database)
        stream = Stream()
        stream.fill("spread", WARM_UP)
        stream.drain(WARM_UP)
        figures: dict[str, Any] = measure(stream, scans, rounds)
        figures["rows"] = rows_per_scan()
        figures["stages"] = microseconds_by_stage(stream, scans // 2)
        if database:
            figures["copy"] = round(statistics.median(copied_per_second(stream.events("spread", scans)) for _ in "123"))
    print(json.dumps(figures))


def measure(stream: "Stream", scans: int, rounds: int) -> dict[str, Any]:
    """Scans per second over all links and of one, in turns; and the processor time that one of the former takes."""
    speeds: dict[str, list[float]] = {"spread": [], "hot": []}
    processor = []
    for _ in range(rounds):
        for kind, found in speeds.items():
            stream.fill(kind, scans)
            before, began = processor_seconds(), time.perf_counter()
            stream.drain(scans)
            found.append(scans / (time.perf_counter() - began))
            if kind == "spread":
                processor.append(
                    [(now - then) / scans * 1e6 for now, then in zip(processor_seconds(), before, strict=True)]
                )
    worker, database = (round(statistics.median(column), 1) for column in zip(*processor, strict=True))
    medians = {kind: round(statistics.median(found)) for kind, found in speeds.items()}
    return medians | {"worker_us": worker, "database_us": database}


def processor_seconds() -> tuple[float, float]:
    """Of this process, and of the database's process that serves it."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time(), 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time(), sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


class Stream:
    """A stream of scans, of people and links that stay the same throughout."""

    def __init__(self) -> None:
        from django.conf import settings

        from links.models import Code
        from links.scan_events import EventIds
        from links.stream import ScanStream, connect

        self.redis = ScanStream(connect(settings.REDIS_URL), "benchmark", "worker")
        self._dice, self._ids, self._filled = random.Random(traffic.SEED), EventIds(), 0
        codes = Code.objects.select_related("link")
        self._ranked = self._dice.sample(list(codes), len(codes))
        self._weights = list(accumulate(1 / rank for rank in range(1, len(codes) + 1)))
        self._people = traffic.scans(self._dice)

    def events(self, kind: str, n: int) -> list[bytes]:
        """Records of `n` scans by different people: over all links by Zipf, or all of one."""
        spread = self._dice.choices(self._ranked, cum_weights=self._weights, k=n)
        codes = spread if kind == "spread" else self._ranked[:1] * n
        return [self._record(code, who) for code, who in zip(codes, islice(self._people, n), strict=True)]

    def _record(self, code: Any, who: traffic.Scan) -> bytes:
        from links.scan_events import ScanEvent

        dice, link, now = self._dice, code.link, int(time.time() * 1000)
        referrer = f"https://www.example{dice.randrange(HOSTS)}.com/" if dice.random() < 1 / CLICKS else ""
        return ScanEvent(
            self._ids.new(now), now, link.workspace_id, code.domain_id, link.pk % CAMPAIGNS, link.pk, code.pk, 1,
            "redirected", dice.choice(link.destinations), datetime.now(UTC).date().isoformat(), "GET", "", "",
            _network(who.address), f"{dice.getrandbits(128):032x}", who.browser.agent, who.languages, referrer, "", "",
        ).encode()  # fmt: skip

    def fill(self, kind: str, n: int) -> None:
        """As a shipper does."""
        from links.frames import framed, scan
        from links.stream import blocks_of

        self._filled += 1
        segment = b"".join(map(framed, self.events(kind, n)))
        frames = [(frame.start, frame.end) for frame in scan(segment, finished=True).frames]
        self.redis.send(list(blocks_of(f"segment-{self._filled}", segment, frames)))

    def drain(self, n: int) -> None:
        """From the stream to committed rollups, acknowledged; as long in one go as a worker does it."""
        from django.conf import settings

        from analytics.ingest import drain

        counted: list[Any] = []
        while self.redis.length():
            drain(self.redis, seconds=settings.DRAIN_SECONDS, count=counted.append)
        assert sum(each.ingested for each in counted) == n, counted


def microseconds_by_stage(stream: Stream, n: int) -> dict[str, float]:
    """What each stage takes of a scan when one follows the other: nothing is done ahead."""
    from django.conf import settings

    from analytics import ingest, rollups

    spent: Counter[str] = Counter()

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                spent[name] += (time.perf_counter() - began) / n * 1e6  # type: ignore[assignment]  # counts anything

        return run

    def watched(rollup: Callable[..., Any]) -> Callable[..., Any]:
        return lambda rows: timed(rollup.__name__, timed("sums", rollup)(rows))

    stream.fill("spread", n)
    really_insert, really_rollups = ingest._insert, list(rollups.ROLLUPS)
    rollups.ROLLUPS[:] = map(watched, really_rollups)
    ingest._insert = timed("insert", really_insert)
    while entries := timed("read", stream.redis.read)(settings.INGEST_BATCH, 1):
        blocks = [entry.block for entry in entries]
        timed("decode", decoded)(blocks)
        batch = timed("enrich", ingest.enriched)(blocks)
        timed("store", ingest.store)(batch)
        timed("acknowledge", stream.redis.acknowledge)(entries)
    ingest._insert, rollups.ROLLUPS[:] = really_insert, really_rollups
    spent["enrich"] -= spent["decode"] + spent["sums"]
    whole = spent.pop("store")
    spent["rest_and_commit"] = whole - spent["insert"] - sum(spent[rollup.__name__] for rollup in really_rollups)
    return {name: round(microseconds, 1) for name, microseconds in spent.items()}


def decoded(blocks: Sequence[Any]) -> list[Any]:
    from links.scan_events import ScanEvent
    from links.stream import records_of

    return [ScanEvent.decode(record) for block in blocks for record in records_of(block)]


def rows_per_scan() -> dict[str, float]:
    from analytics import models

    scans = models.Scan.objects.count()
    tables = (models.QuarterHour, models.DayVisitor, models.LocalDay, models.Breakdown)
    return {model.__name__: round(model._default_manager.count() / scans, 2) for model in tables}


def copied_per_second(records: Sequence[bytes]) -> float:
    """A bare COPY of the same rows, from memory into a table without an index."""
    from django.db import connection
    from django.utils import timezone

    from analytics.enrich import Horizon, ScanRow, scan_row
    from links.scan_events import ScanEvent

    horizon = Horizon.at(timezone.now(), 90)
    rows = [scan_row(ScanEvent.decode(record), horizon) for record in records]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare; CREATE TABLE bare (LIKE analytics_scan)")
        began = time.perf_counter()
        with cursor.copy(f"COPY bare ({', '.join(ScanRow._fields)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return len(rows) / (time.perf_counter() - began)


def _network(address: str) -> str:
    """Cut as the redirect cuts it."""
    if ":" in address:
        return ":".join(address.split(":")[:3]) + "::/48"
    return address.rpartition(".")[0] + ".0/24"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
