"""A PostgreSQL that is frozen (SIGSTOP to the server and its backends): known codes land, and edits arrive afterwards.

Frozen is worse than stopped: connections stay open, new ones are accepted by the kernel, nothing is ever answered.
The process under test is a child, with the product's settings: tests' own live in one thread and transaction.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.machine import missing, postgresql_programs
from tests.services import private_postgresql
from tests.stack import BASE_DIR, data_folder

pytestmark = [pytest.mark.fault, pytest.mark.timeout(200)]

DEADLINE = 0.15


class Child:
    """tests/faults/scanner.py: a front in a process of its own, asked over a pipe."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, command: str, *arguments: object) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([command, *arguments]), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, "the child died"
        return json.loads(line)

    def scan(self, *paths: str) -> list[tuple[int, str, float]]:
        """(status, Location, seconds) of each."""
        return [(status, location, seconds) for status, location, seconds in self("scan", paths)]


@contextmanager
def child(environment: dict[str, str]) -> Iterator[Child]:
    command = [sys.executable, "-m", "tests.faults.scanner"]
    process = subprocess.Popen(
        command, cwd=BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Child(process)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def database_url() -> Iterator[str]:
    """A server of this test's own: others must not freeze with it."""
    programs = postgresql_programs()
    if programs is None:
        missing("postgresql", "neither PATH nor /usr/lib/postgresql has initdb; apt install postgresql")
    with private_postgresql(programs) as url:
        yield url


@pytest.fixture
def environment(database_url: str) -> Iterator[dict[str, str]]:
    with data_folder() as folder:
        yield os.environ | {
            "DATABASE_URL": database_url,
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "qrplatform.settings",
            "PUBLIC_URL": "https://q.example.com",
            "LOG_LEVEL": "ERROR",  # every new link says that there is no broker
        }


def processes_of(url: str) -> list[int]:
    """The server's first process and all of its children."""
    with psycopg.connect(url) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    first = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]


@contextmanager
def frozen(url: str) -> Iterator[None]:
    # The first process last to wake and first to sleep: it would replace children that seem to be dead.
    pids = processes_of(url)
    stopped = []
    try:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:  # the backend that told their numbers
                continue
            stopped.append(pid)
        yield
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)


def test_scans_through_a_freeze(environment: dict[str, str], database_url: str) -> None:
    with child(environment) as writer, child(environment) as scanner:
        paths = writer("prepare", 40)
        known, in_snapshot, *_ = paths
        writer("keep_snapshot")
        scanner("start")
        assert {status for status, _, _ in scanner.scan(*[known] * 20)} == {302}
        assert scanner.scan("/NEWC0D")[0][0] == 404, "and the templates are loaded"
        # A code of the last moment: in the database, and in no process and no snapshot.
        scanner("forget_snapshot_of", paths[2])
        with frozen(database_url):
            first = scanner.scan(paths[2])[0]
            assert first[0] == 503
            assert first[2] < DEADLINE + 0.25, "the first one waits for the deadline"
            through(scanner, known, in_snapshot, paths[2])
            # Long enough for the poll to hang, be cut, and hang again while it connects.
            time.sleep(6)
            through(scanner, known, in_snapshot, paths[2])
            assert scanner("blind_seconds") > 5
            assert scanner("threads") <= 16
        began = time.monotonic()
        statuses = []
        while not statuses or statuses[-1] != 302:
            assert time.monotonic() - began < 2, f"the database is back and {statuses[-3:]}"
            statuses.append(scanner.scan(paths[2])[0][0])
            time.sleep(0.05)
        print(f"a cold code lands {time.monotonic() - began:.2f} s after the thaw")
        assert set(statuses) <= {302, 503}
        writer("edit", known, "https://example.com/after-the-thaw")
        time.sleep(1)
        assert scanner.scan(known)[0][1] == "https://example.com/after-the-thaw"


def through(scanner: Child, known: str, in_snapshot: str, cold: str) -> None:
    """Known codes land at once, from memory or from the disk; what nobody knows is a 503 at once."""
    for path, expected in ((known, 302), (in_snapshot, 302), (cold, 503)):
        answers = scanner.scan(*[path] * 50)
        assert {status for status, _, _ in answers} == {expected}, path
        median = statistics.median(seconds for _, _, seconds in answers)
        print(f"{path} {expected}: median {median * 1000:.2f} ms")
        assert median < 0.05


def test_a_cold_start_while_it_is_frozen(environment: dict[str, str], database_url: str) -> None:
    """Redis is not even configured here: the front needs none."""
    with child(environment) as writer:
        paths = writer("prepare", 40)
        writer("keep_snapshot")
    with frozen(database_url), child(environment) as scanner:
        took = scanner("start")
        print(f"started in {took:.1f} s")
        assert took < 5
        answers = scanner.scan(*paths)
        assert {status for status, _, _ in answers} == {302}
        assert scanner("salts") == 5
        assert scanner.scan("/NEWC0D")[0][0] == 503


def test_a_locked_table_is_an_outage_too_and_uses_up_no_connections(
    environment: dict[str, str], database_url: str
) -> None:
    with child(environment) as scanner, psycopg.connect(database_url) as locker, psycopg.connect(database_url) as eye:
        eye.autocommit = True
        paths = scanner("prepare", 40)
        scanner("keep_snapshot")
        scanner("start")
        scanner.scan(*paths[:4])
        before = connections(eye)
        locker.execute("LOCK TABLE links_link IN ACCESS EXCLUSIVE MODE")
        scanner.scan(paths[4])
        time.sleep(6)
        assert {status for status, _, _ in scanner.scan(*paths[:10])} == {302}
        assert connections(eye) <= before + 6
        locker.rollback()
        time.sleep(1.5)
        assert scanner.scan("/NEWC0D")[0][0] == 404, "the database is asked again"


def connections(eye: "psycopg.Connection[Any]") -> int:
    (count,) = eye.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    ).fetchone() or (0,)
    return int(count)


def test_a_server_that_stays_frozen_does_not_hold_the_threads(environment: dict[str, str], database_url: str) -> None:
    """Every thread is cut loose from its connection and asks again, so that a server that takes over is found."""
    with child(environment) as scanner:
        paths = scanner("prepare", 40)
        scanner("start")
        scanner.scan(*paths[:4])
        with frozen(database_url):
            scanner.scan(*paths[4:12])
            time.sleep(9)
            # Whatever is still waiting is connecting, and that for the three seconds of connect_timeout at most.
            assert scanner("oldest_wait") < 4.5
