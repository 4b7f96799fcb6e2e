"""How many scan events one core turns into rows to store: decoded, classed, described, located."""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import product, traffic

EVENTS = 20_000
ROUNDS = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
        product.prepare(Path(folder) / "data", 1)
        same = some_records()
        figures = {
            "enriched_per_second": median_per_second([same] * ROUNDS),
            "enriched_of_new_agents_per_second": median_per_second(
                [some_records(f" Build/{n}.{{}}") for n in range(ROUNDS)]
            ),
        }
    print(f"Events that one core enriches a second (medians of {ROUNDS} rounds of {EVENTS:,})")
    for name, figure in figures.items():
        print(f"{name:36}{figure:8,}")
    if options.json:
        print(json.dumps(figures))
    return 0


def some_records(suffix: str = "") -> list[bytes]:
    """What the journal would hold of varied phones, every scan from a network of its own.

    With a suffix that takes a number, each also has a user agent of its own.
    """
    from links.scan_events import EventIds, ScanEvent

    dice, ids, now = random.Random(traffic.SEED), EventIds(), int(time.time() * 1000)
    today = datetime.now(UTC).date().isoformat()
    return [
        ScanEvent(
            ids.new(now), now, 1, 1, 0, 1, 1, 1, "redirected", "https://example.com/menu",
            today, "GET", "", "", _network(dice), "0" * 32, scan.browser.agent + suffix.format(n),
            scan.languages, "", "", "",
        ).encode()
        for n, scan in enumerate(islice(traffic.scans(dice), EVENTS))
    ]  # fmt: skip


def _network(dice: random.Random) -> str:
    return f"{dice.randint(1, 223)}.{dice.randint(0, 255)}.{dice.randint(0, 255)}.0/24"


def median_per_second(rounds: Sequence[list[bytes]]) -> int:
    return round(statistics.median(map(per_second, rounds)))


def per_second(records: list[bytes]) -> float:
    """Processor time decides: other programs on the machine do not count."""
    from analytics.ingest import enriched
    from links.frames import framed
    from links.stream import Block

    block = Block("segment", b"".join(framed(record) for record in records))
    began = time.process_time()
    batch = enriched([block])
    assert len(batch.scans) == EVENTS, f"{len(batch.set_aside)} were set aside"
    return EVENTS / (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main())
