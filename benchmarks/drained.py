"""What benchmarks/ingest.py runs once for each database: scans go into a real stream and are drained by one worker.

`python -m benchmarks.drained SCANS ROUNDS` reads DATABASE_URL and REDIS_URL and prints one JSON object of figures.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import product, traffic

LINKS = 10_000
CAMPAIGNS = 50
WARM_UP = 5_000
# One scan in so many was a click on a page.
CLICKS = 10


def main(scans: int, rounds: int) -> None:
    database = {"DATABASE_URL": os.environ["DATABASE_URL"]} if os.environ.get("DATABASE_URL") else {}
    with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
        product.prepare(Path(folder) / "data", LINKS, REDIS_URL=os.environ["REDIS_URL"], **database)
        drained = Drained()
        drained.per_second("spread", WARM_UP)
        measured = {kind: [drained.per_second(kind, scans) for _ in range(rounds)] for kind in ("spread", "hot")}
        figures: dict[str, Any] = {kind: round(statistics.median(speeds)) for kind, speeds in measured.items()}
        figures["stages"] = drained.microseconds_by_stage(scans // 2)
        figures["rows"] = drained.rows_per_scan()
        if database:
            figures["copy"] = round(statistics.median(drained.copied_per_second(scans) for _ in range(3)))
    print(json.dumps(figures))


class Drained:
    """A stream, codes, and who scans them."""

    def __init__(self) -> None:
        from django.conf import settings

        from links.models import Code
        from links.scan_events import EventIds
        from links.stream import ScanStream, connect

        self._dice, self._ids = random.Random(traffic.SEED), EventIds()
        self._stream = ScanStream(connect(settings.REDIS_URL), "benchmark", "worker")
        codes = list(Code.objects.select_related("link").order_by("pk"))
        self._printed = {code.pk: code for code in codes}
        ranked = self._dice.sample(codes, len(codes))
        self._hot, self._ranked = ranked[0], ranked
        self._weights = [1 / rank for rank in range(1, len(ranked) + 1)]
        self._people = traffic.scans(self._dice)
        self._sent = 0

    def events(self, kind: str, n: int) -> list[bytes]:
        """Records of `n` scans by different people: over all links by Zipf, or all of one."""
        codes = self._dice.choices(self._ranked, self._weights, k=n) if kind == "spread" else [self._hot] * n
        return [self._record(code, who) for code, who in zip(codes, islice(self._people, n), strict=True)]

    def _record(self, code: Any, who: traffic.Scan) -> bytes:
        from links.scan_events import ScanEvent

        dice, link, now = self._dice, code.link, int(time.time() * 1000)
        return ScanEvent(
            self._ids.new(now), now, link.workspace_id, code.domain_id, link.pk % CAMPAIGNS, link.pk, code.pk, 1,
            "redirected", self._destination(link), datetime.now(UTC).date().isoformat(), "GET", "", "",
            _network(who.address), f"{dice.getrandbits(128):032x}", who.browser.agent, who.languages,
            f"https://www.example{dice.randint(1, 30)}.com/" if dice.random() < 1 / CLICKS else "", "", "",
        ).encode()  # fmt: skip

    def _destination(self, link: Any) -> str:
        return str(self._dice.choice(link.destinations))

    def send(self, records: Sequence[bytes]) -> None:
        """As a shipper does."""
        from links.frames import framed
        from links.frames import scan as frames_of
        from links.stream import blocks_of

        self._sent += 1
        segment = b"".join(map(framed, records))
        self._stream.send(
            list(
                blocks_of(
                    f"segment-{self._sent}", segment, [tuple(f) for f in frames_of(segment, finished=True).frames]
                )
            )
        )

    def per_second(self, kind: str, n: int) -> float:
        """From the stream to committed rollups, acknowledged."""
        from analytics.ingest import drain

        self.send(self.events(kind, n))
        total = 0

        def count(counted: Any) -> None:
            nonlocal total
            total += counted.ingested

        began = time.perf_counter()
        while self._stream.length():
            drain(self._stream, seconds=0.001, count=count)
        took = time.perf_counter() - began
        assert total == n, f"{total} of {n} were counted"
        return n / took

    def microseconds_by_stage(self, n: int) -> dict[str, float]:
        """What each stage takes of a scan when one follows the other; nothing is enriched ahead."""
        from django.conf import settings

        from analytics import ingest
        from links.scan_events import ScanEvent
        from links.stream import records_of

        spent: dict[str, float] = {}

        def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
            def run(*args: Any) -> Any:
                began = time.perf_counter()
                try:
                    return function(*args)
                finally:
                    spent[name] = spent.get(name, 0) + (time.perf_counter() - began) / n * 1e6

            return run

        self.send(self.events("spread", n))
        really = ingest._insert, ingest.ROLLUPS
        ingest._insert = timed("insert", ingest._insert)  # type: ignore[assignment]
        ingest.ROLLUPS = [timed(rollup.__name__, rollup) for rollup in ingest.ROLLUPS]
        while entries := timed("read", self._stream.read)(settings.INGEST_BATCH, 1):
            blocks = [entry.block for entry in entries]
            timed(
                "decode", lambda blocks: [ScanEvent.decode(record) for block in blocks for record in records_of(block)]
            )(blocks)
            batch = timed("enrich", ingest.enriched)(blocks)
            timed("store", ingest.store)(batch)
            timed("acknowledge", self._stream.acknowledge)(entries)
        ingest._insert, ingest.ROLLUPS = really
        spent["enrich"] -= spent["decode"]
        whole = spent.pop("store")
        inside = ["insert", *(rollup.__name__ for rollup in ingest.ROLLUPS)]
        spent["segments_and_commit"] = whole - sum(spent[name] for name in inside)
        return {name: round(microseconds, 1) for name, microseconds in spent.items()}

    def rows_per_scan(self) -> dict[str, float]:
        from analytics import models

        scans = models.Scan.objects.count()
        tables = (models.QuarterHour, models.DayVisitor, models.LocalDay, models.Breakdown)
        return {model.__name__: round(model.objects.count() / scans, 2) for model in tables}

    def copied_per_second(self, n: int) -> float:
        """A bare COPY of the same rows, from memory into a table without an index."""
        from django.db import connection
        from django.utils import timezone

        from analytics.enrich import Horizon, ScanRow, scan_row
        from links.scan_events import ScanEvent

        horizon = Horizon.at(timezone.now(), 90)
        rows = [scan_row(ScanEvent.decode(record), horizon) for record in self.events("spread", n)]
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bare; CREATE TABLE bare (LIKE analytics_scan)")
            began = time.perf_counter()
            with cursor.copy(f"COPY bare ({', '.join(ScanRow._fields)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return n / (time.perf_counter() - began)


def _network(address: str) -> str:
    """Cut as the redirect cuts it."""
    if ":" in address:
        return ":".join(address.split(":")[:3]) + "::/48"
    return address.rpartition(".")[0] + ".0/24"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
