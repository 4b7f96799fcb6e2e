"""What resolving costs as links grow in number: memory and disk per target, look-ups a second in each of its places.

Targets are made up, so that a million take seconds; cold look-ups are real ones, on SQLite, through the threads.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import product

if TYPE_CHECKING:
    from links.routing import Target

SIZES = (1_000, 100_000, 1_000_000)
CALLS = 100_000
COLD = 5_000
HOST = "q.example.com"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of links")
    options = parser.parse_args()
    figures: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
        printed = product.prepare(Path(folder) / "data", COLD)
        figures |= cold_figures([code.path[1:] for code in printed])
        for size in options.sizes:
            figures |= memory_figures(size) | snapshot_figures(size, Path(folder) / f"snapshot-{size}")
    for name, figure in figures.items():
        print(f"{name:44}{figure:12,}")
    if options.json:
        print(json.dumps(figures))
    return 0


def target_number(number: int) -> "tuple[str, Target]":
    """A link of one code; its strings are its own, as they are when they come from a database."""
    from links.routing import Target

    zone = sys.intern("Europe/Berlin")
    destination = f"https://shop.example.com/products/{number}?from=print"
    return f"{number:06X}", Target(
        code_id=number,
        link_id=number,
        workspace_id=1,
        domain_id=1,
        campaign_id=0,
        revision=1,
        destination=destination,
        title=f"Product {number}",
        timezone=zone,
        is_paused=False,
        is_deleted=False,
        is_malicious=False,
        expires_at=None,
    )


def memory_figures(size: int) -> dict[str, int]:
    """Bytes per target in a process, and look-ups of known codes a second, in random order."""
    from links.resolver import KnownDomain, Resolver

    resolver = Resolver(size + 1)
    resolver._hosts[HOST] = KnownDomain(1, HOST, True)
    resolver._targets_of_host[HOST] = resolver._cache.of_domain(1)
    tracemalloc.start()
    for number in range(1, size + 1):
        canonical, target = target_number(number)
        resolver._cache.store((1, canonical), target)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    paths = [f"/{random.randint(1, size):06X}" for _ in range(CALLS)]
    return {
        f"{size:,} links: bytes per cached target": used // size,
        f"{size:,} links: known look-ups per second": per_second(lambda path: resolver.known(HOST, path), paths),
    }


def snapshot_figures(size: int, folder: Path) -> dict[str, int]:
    """Bytes per target on the disk, targets written and looked up a second."""
    from links import snapshot_writer
    from links.snapshot import FILE_NAME, Snapshot

    def made_up(code_id: int, limit: int) -> "list[tuple[str, Target]]":
        return [target_number(number) for number in islice(range(code_id + 1, size + 1), limit)]

    began = time.perf_counter()
    with (
        mock.patch.object(snapshot_writer, "targets_after", made_up),
        closing(snapshot_writer.SnapshotWriter(folder)) as writer,
    ):
        while writer.turn():
            pass
    seconds = time.perf_counter() - began
    snapshot = Snapshot(folder)
    codes = [f"{random.randint(1, size):06X}" for _ in range(CALLS // 5)]
    return {
        f"{size:,} links: bytes per target in the snapshot": (folder / FILE_NAME).stat().st_size // size,
        f"{size:,} links: snapshot look-ups per second": per_second(lambda code: snapshot.target(1, code), codes),
        f"{size:,} links: targets written per second": int(size / seconds),
    }


def cold_figures(codes: Sequence[str]) -> dict[str, int]:
    """Look-ups of codes that no process has cached: in the caller's thread, and as a web process asks."""
    from links.lookups import GuardedLookups
    from links.models import Domain
    from links.resolver import Resolver

    domain_id = Domain.objects.get(is_site=True).pk
    resolvers = {
        "in the caller's thread": Resolver(COLD),
        "with a deadline": Resolver(COLD, lookups=GuardedLookups(4, 0.15)),
    }
    for resolver in resolvers.values():
        resolver.resolve(domain_id, "NOPE99")
    return {
        f"cold look-ups per second, {how}": per_second(lambda code, r=resolver: r.resolve(domain_id, code), codes)  # type: ignore[misc]  # bound at once
        for how, resolver in resolvers.items()
    }


def per_second(look_up: Callable[[str], object], codes: Sequence[str]) -> int:
    began = time.perf_counter()
    for code in codes:
        assert look_up(code)
    return int(len(codes) / (time.perf_counter() - began))


if __name__ == "__main__":
    sys.exit(main())
