"""How many scans one worker takes from the stream to committed rollups, with all enrichment, beside a bare COPY."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

from benchmarks.servers import ROOT, clean_environment
from tests.machine import postgresql_programs, redis_server
from tests.services import postgresql_server, private_redis

# Scans in a round, and rounds of either kind.
# Several batches each, as under a backlog.
SIZES = {"postgresql": (90_000, 3), "sqlite": (6_000, 3)}
QUICK = {"postgresql": (20_000, 1), "sqlite": (3_000, 1)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--quick", action="store_true", help="short rounds")
    parser.add_argument("--only", choices=SIZES, help="one of the databases")
    options = parser.parse_args()
    figures: dict[str, float] = {}
    for name, size in (QUICK if options.quick else SIZES).items():
        if options.only in (None, name):
            figures |= measured(name, *size)
    if options.json:
        print(json.dumps(figures))
    return 0


def measured(name: str, scans: int, rounds: int) -> dict[str, float]:
    """Run it on one database, tell what came out, and name the figures."""
    with services(name) as environment:
        command = [sys.executable, "-m", "benchmarks.drained", str(scans), str(rounds)]
        ran = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(ran.stdout.splitlines()[-1])
    tell(name, found)
    figures = {
        f"ingest_per_second_{name}": found["spread"],
        f"ingest_one_link_per_second_{name}": found["hot"],
        f"ingest_one_link_to_spread_{name}": round(found["hot"] / found["spread"], 2),
        f"ingest_worker_us_{name}": found["worker_us"],
    }
    if "copy" in found:
        figures["ingest_to_copy"] = round(found["spread"] / found["copy"], 3)
        figures["ingest_database_us_postgresql"] = found["database_us"]
    return figures


@contextmanager
def services(name: str) -> Iterator[dict[str, str]]:
    """A Redis and, for its name, a PostgreSQL as a package installs it; the environment that leads there."""
    programs, server = postgresql_programs(), redis_server()
    if server is None or (name == "postgresql" and programs is None):
        raise SystemExit("This needs PostgreSQL and Redis. On Debian and Ubuntu: apt install postgresql redis-server")
    with private_redis(server) as redis_url:
        environment = clean_environment() | {"REDIS_URL": redis_url}
        if name == "postgresql":
            assert programs
            with postgresql_server(programs, as_installed=True) as database:
                yield environment | {"DATABASE_URL": database.url}
        else:
            yield environment


def tell(name: str, found: dict[str, Any]) -> None:
    print(f"{name}: {found['spread']:,} scans a second over 10,000 links, {found['hot']:,} of one link", flush=True)
    print(f"  processor time of a scan, µs: worker {found['worker_us']}, its database process {found['database_us']}")
    if "copy" in found:
        print(f"  a bare COPY of the same rows: {found['copy']:,} a second")
    whole = sum(found["stages"].values())
    for stage, microseconds in found["stages"].items():
        print(f"  {stage:20s} {microseconds:7.1f} µs a scan, {microseconds / whole:4.0%}")
    print(f"  rows per scan: {', '.join(f'{table} {n}' for table, n in found['rows'].items())}")


if __name__ == "__main__":
    sys.exit(main())
