"""Holds a process of a house still, so that something waits: no fault, but what makes others bite."""

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator

from tests.faults.house import House, wait_until

PATIENCE_SECONDS = 30.0


@contextlib.contextmanager
def ingestion_held(house: House) -> Iterator[None]:
    """Scans wait in the stream."""
    wait_until(lambda: house.stack.pid("ingest") in house.stack.processes(), 20, "nobody ingests")
    pid = house.stack.pid("ingest")
    hold(house, pid)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def hold(house: House, pid: int) -> None:
    """SIGSTOP between two transactions: a process that is stopped in one keeps everybody from writing to SQLite."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        os.kill(pid, signal.SIGSTOP)
        if house.postgresql or _is_writable(house):
            return
        os.kill(pid, signal.SIGCONT)
        assert time.monotonic() < deadline, "SQLite is never free"
        time.sleep(0.05)


def _is_writable(house: House) -> bool:
    path = house.database.url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        connection.execute("ROLLBACK")
        return True
