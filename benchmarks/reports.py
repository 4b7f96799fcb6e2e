"""How long every report of the REST API takes, from a million scans to fifty, beside counting raw scans.

Rows are made for 10,000 links and 400 days (Zipf's law). The rival is what Shlink and YOURLS do: COUNT(*) over the
visits of one link. `--scale 1m 50m` gives the growth between two sizes; 50m takes half an hour and 30 GB to make.
"""

import argparse
import gc
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it also runs as a script

SCALES = {"100k": 100_000, "1m": 1_000_000, "10m": 10_000_000, "50m": 50_000_000}
ROUNDS = 40
SEED = 4
# Raw scans of the busiest link; the rival counts these.
MAX_RAW = 500_000
Figures = dict[str, float | None]
Ask = Callable[[], dict[str, Any]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", nargs="+", choices=list(SCALES), default=["1m"])
    parser.add_argument("--thin", type=int, default=1, help="only one link of so many gets breakdowns of its own")
    parser.add_argument("--database", help="a PostgreSQL to keep: made in it once, measured every time")
    parser.add_argument("--json", action="store_true", help="print one JSON object of named figures last")
    parser.add_argument("--quick", action="store_true", help="a hundred thousand scans")
    options = parser.parse_args()
    scales = ["100k"] if options.quick else options.scale
    figures: Figures = {}
    with ExitStack() as opened:
        urls = {
            scale: opened.enter_context(database(f"{options.database}_{scale}" if options.database else None))
            for scale in scales
        }
        for scale, url in urls.items():
            set_up(url)
            fill_once(SCALES[scale], options.thin)
        p95s = measure_all(urls)
        for scale, url in urls.items():
            set_up(url)
            figures |= {f"report_p95_ms_{scale}": max(p95s[scale].values())} | beside_raw(scale) | storage(scale)
    if len(scales) > 1:
        first, last = scales[0], scales[-1]
        growth = {name: p95s[last][name] / p95s[first][name] for name in p95s[first]}
        figures[f"report_growth_{first}_{last}"] = round(max(growth.values()), 2)
        figures[f"report_median_growth_{first}_{last}"] = round(statistics.median(growth.values()), 2)
        print("\n".join(f"growth of {name}: {n:.2f}" for name, n in growth.items()))
    print("\n".join(f"{name}: {figure}" for name, figure in figures.items()))
    if options.json:
        print(json.dumps(figures))
    return 0


@contextmanager
def database(url: str | None) -> Iterator[str]:
    """The one named, or a private one that is gone afterwards."""
    from tests.machine import postgresql_programs
    from tests.services import private_postgresql

    if url:
        yield url
    elif (programs := postgresql_programs()) is None:
        sys.exit("This needs PostgreSQL. On Debian and Ubuntu: apt install postgresql")
    else:
        with private_postgresql(programs) as made:
            yield made


def set_up(url: str) -> None:
    """Django on this database, with all tables."""
    import django
    from django.core.management import call_command

    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "qrplatform.settings", "LOG_LEVEL": "ERROR"}
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="qrp-bench-"))
    django.setup()
    create_database(url)
    connect(url)
    call_command("migrate", verbosity=0)


def connect(url: str) -> None:
    """From now on this process asks that database."""
    from django.db import connection, connections
    from environs import Env

    os.environ["DATABASE_URL"] = url
    connections.close_all()
    connection.settings_dict.update(Env().dj_db_url("DATABASE_URL"))


def create_database(url: str) -> None:
    import psycopg

    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')


def fill_once(scans: int, thin: int) -> None:
    from accounts.models import Workspace
    from benchmarks.report_rows import Size, fill, make_raw_scans

    if Workspace.objects.exists():
        return
    started = time.monotonic()
    fill(Size(scans, thin=thin))
    make_raw_scans(MAX_RAW)
    print(f"{scans:,} scans made in {time.monotonic() - started:.0f} s", flush=True)


def questions(dice: random.Random) -> dict[str, Ask]:
    """Every report of the API, each time about another link or range; ranges are of 30, 90 and 400 days."""
    yesterday = date.today() - timedelta(days=1)

    def link() -> dict[str, Any]:
        return {"scope": "link", "id": 100 * dice.randint(1, 100)}

    def days(most: int) -> dict[str, Any]:
        last = yesterday - timedelta(days=dice.randint(0, 399 - most) if most < 390 else 0)
        return {"from": last - timedelta(days=most - 1), "to": last}

    def of(parameters: dict[str, Any], length: int, **more: Any) -> Ask:
        return lambda: parameters | more | days(length)

    def of_a_link(length: int, **more: Any) -> Ask:
        return lambda: link() | more | days(length)

    def of_a_campaign(length: int, **more: Any) -> Ask:
        return lambda: {"scope": "campaign", "id": dice.randint(1, 10)} | more | days(length)

    asked: dict[str, Ask] = {}
    for n in (30, 90, 400):
        asked |= {
            f"workspace overview, {n} days": of({}, n, breakdown="link", compare="previous", interval="day"),
            f"top placements, {n} days": of({}, n, breakdown="code"),
            f"workspace by country, {n} days": of({}, n, breakdown="country"),
            f"workspace by city, {n} days": of({}, n, breakdown="city"),
            f"workspace, one city, {n} days": of({}, n, filter="city:3/7", interval="day"),
            f"link by day, {n} days": of_a_link(n, interval="day", compare="previous"),
            f"link by country, {n} days": of_a_link(n, breakdown="country"),
            f"campaign by day, {n} days": of_a_campaign(n, interval="day"),
            f"tag by day, {n} days": of({"scope": "tag", "id": 1}, n, interval="day"),
        }
    return asked | {
        "campaign by country, 30 days": of_a_campaign(30, breakdown="country"),
        "code by day, 30 days": lambda: {"scope": "code", "id": dice.randint(1, 10_000), "interval": "day"} | days(30),
        "workspace by the hour, 80 days": of({}, 80, interval="hour"),
        "link by the hour, 7 days": of_a_link(7, interval="hour"),
        "hours of the week, 30 days": of({}, 30, metrics="heat_map", timezone="Asia/Tokyo"),
        "hours of the week, 90 days": of({}, 90, metrics="heat_map", timezone="Asia/Tokyo"),
        "first, last and what is over": of_a_link(30, metrics="first_and_last,after_expiry"),
        "orphans": of({}, 30, metrics="orphans"),
    }


def measure_all(urls: dict[str, str]) -> dict[str, dict[str, float]]:
    """By scale, the 95th percentile of every report in milliseconds, from request to rendered answer.

    Each report is asked of every scale before the next one, so that what else the machine does hits all alike.
    """
    from django.test import Client

    p95s: dict[str, dict[str, float]] = {scale: {} for scale in urls}
    for name, ask in questions(random.Random(SEED)).items():
        asked = [ask() for _ in range(ROUNDS)]
        for scale, url in urls.items():
            # A key for each report: one may ask 1,200 times a minute.
            client = Client(headers={"host": "q.example.com", "authorization": f"Bearer {key_of(url)}"})
            get(client, asked[0])  # imports and connections
            gc.freeze()  # as qrplatform/wsgi.py does: what was imported is not looked through for garbage
            times = [timed(partial(get, client, parameters)) for parameters in asked]
            p95 = p95s[scale][name] = round(statistics.quantiles(times, n=20)[-1] * 1000, 1)
            print(f"{scale}, {name}: p50 {statistics.median(times) * 1000:.1f} ms, p95 {p95} ms", flush=True)
    return p95s


def key_of(url: str) -> str:
    from accounts.models import ApiKey, Workspace

    connect(url)
    _, secret = ApiKey.issue(Workspace.objects.get(slug="large"), "benchmark")
    return secret


def get(client: Any, parameters: dict[str, Any]) -> None:
    response = client.get(f"/api/v1/stats?{urlencode(parameters)}")
    assert response.status_code == 200, (parameters, response.content)


def timed(do: Callable[[], Any]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def beside_raw(scale: str) -> Figures:
    """The busiest link's scans by day: as a report, and counted from as many raw scans as were made."""
    from django.db import connection
    from django.utils import timezone

    from analytics.periods import Interval, Period
    from analytics.reports import Subject, scan_series
    from links.models import Link

    subject = Subject.of(Link.objects.select_related("workspace").get(pk=1))
    period = Period.last_days(subject.zone, timezone.now(), 30, Interval.DAY)

    def count() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT date(at), COUNT(*) FROM bench_visit WHERE link_id = 1 GROUP BY 1")
            cursor.fetchall()

    report = statistics.median(timed(lambda: scan_series(subject, period)) for _ in range(ROUNDS))
    raw = statistics.median(timed(count) for _ in range(5))
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM bench_visit")
        (scans,) = cursor.fetchone()
    print(f"a report {report * 1000:.1f} ms, COUNT(*) over {scans:,} raw scans of one link {raw * 1000:.1f} ms")
    return {f"report_to_raw_count_{scale}": round(report / raw, 4)}


def storage(scale: str) -> Figures:
    """Bytes of a row with its part of the indexes."""
    from django.db import connection

    tables = {"scan": "bench_visit"}
    tables |= {name: f"analytics_{name}" for name in ("quarterhour", "localday", "breakdown", "runningtotal")}
    figures: Figures = {}
    for name, table in tables.items():
        with connection.cursor() as cursor:
            # A table of partitions has no bytes of its own, and any other one no tree.
            tree = f"SELECT SUM(pg_total_relation_size(relid)) FROM pg_partition_tree('{table}')"  # noqa: S608 - ours
            cursor.execute(
                f"SELECT COALESCE(({tree}), pg_total_relation_size('{table}'))::bigint, COUNT(*) FROM {table}"  # noqa: S608 - ours
            )
            size, rows = cursor.fetchone()
        print(f"{name}: {rows:,} rows, {size / 1e6:,.0f} MB")
        figures[f"bytes_per_{name}_row_{scale}"] = round(size / rows) if rows else None
    return figures


if __name__ == "__main__":
    sys.exit(main())
