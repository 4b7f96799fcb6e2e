"""How many queries 1,000 concurrent scans of one cold code make: one."""

import argparse
import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks import product

SCANS = 1_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qrp-bench-") as folder:
        code = product.prepare(Path(folder) / "data", 1)[0]
        queries, landed = scan_at_once(code.path[1:], code.destination)
    print(f"{SCANS:,} concurrent scans of one cold code: {queries} queries, {landed:,} landed")
    if options.json:
        print(json.dumps({"queries_of_1000_cold_scans": queries, "landed_of_1000_cold_scans": landed}))
    return 0


def scan_at_once(canonical: str, destination: str) -> tuple[int, int]:
    """Let every thread ask at the same moment; returns the number of queries and of scans that landed."""
    from links.models import Domain
    from links.resolver import ResolverUnavailable
    from qrplatform.front import resolver

    site = Domain.objects.get(is_site=True).pk
    start, landed = threading.Barrier(SCANS), []

    def scan() -> None:
        start.wait()
        try:
            target = resolver().resolve(site, canonical)
        except ResolverUnavailable:
            return
        landed.append(target and target.destination)

    threads = [threading.Thread(target=scan) for _ in range(SCANS)]
    with counted_queries() as queries:
        resolver().load_domains()
        queries.clear()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(landed) == {destination}, "a scan was led astray"
    return len(queries), len(landed)


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The statements of every connection that is opened in here, by whichever thread."""
    from django.db.backends.signals import connection_created

    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    def listen(connection: Any, **_: Any) -> None:
        connection.execute_wrappers.append(note)

    connection_created.connect(listen)
    try:
        yield statements
    finally:
        connection_created.disconnect(listen)


if __name__ == "__main__":
    sys.exit(main())
