"""How each fault is injected: context managers that break one thing of a house and mend it again.

Each asserts that the fault has bitten, because a fault that hits nothing proves nothing.
"""

import contextlib
import os
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg

from links.stream import RESERVED_BYTES
from tests.faults.holding import ingestion_held
from tests.faults.house import House, wait_until

Injection = Callable[[House], AbstractContextManager[None]]
UNLIMITED = resource.RLIM_INFINITY
STREAM = "qrplatform:scans"
TABLES_OF_COUNTING = "analytics_scan, analytics_quarterhour, analytics_localday, links_linkcounter, links_segment"


def together(*injections: Injection) -> Injection:
    """Several faults at once."""

    @contextmanager
    def inject(house: House) -> Iterator[None]:
        with ExitStack() as stack:
            for each in injections:
                stack.enter_context(each(house))
            yield

    return inject


# --- Redis -------------------------------------------------------------------------------------


@contextmanager
def redis_stopped(house: House) -> Iterator[None]:
    house.redis.stop()
    yield
    house.redis.start()


@contextmanager
def redis_frozen(house: House) -> Iterator[None]:
    house.redis.freeze()
    yield
    house.redis.thaw()


@contextmanager
def redis_full(house: House) -> Iterator[None]:
    with house.redis.client() as client:
        client.config_set("maxmemory", "1mb")
        yield
        refused = client.info("errorstats")
        client.config_set("maxmemory", 0)
    assert "errorstat_OOM" in refused, "Redis was not full"


@contextmanager
def redis_full_of_scans(house: House) -> Iterator[None]:
    """It fills up while the database is away; counting must go on while there is still no more room than before."""
    with house.redis.client() as client:
        client.config_set("maxmemory", client.info("memory")["used_memory"] + RESERVED_BYTES + 300_000)
        with database_stopped(house):
            yield
        before = house.books.counted()
        wait_until(
            lambda: house.books.counted() - before > 3 * house.rate / 2,
            40,
            "counting stood still while Redis was full of scans",
        )
        client.config_set("maxmemory", 0)


@contextmanager
def redis_evicting(house: House) -> Iterator[None]:
    """Somebody else needs the room: the stream, the largest key by far, goes."""
    with house.redis.client() as client:
        before = client.info("stats")["evicted_keys"]
        client.config_set("maxmemory-policy", "allkeys-lru")
        with ingestion_held(house):
            yield
            client.config_set("maxmemory", client.info("memory")["used_memory"] - 50_000)
            time.sleep(0.5)
        evicted = client.info("stats")["evicted_keys"] - before
        client.config_set("maxmemory", 0)
        client.config_set("maxmemory-policy", "noeviction")
    assert evicted, "nothing was evicted"


@contextmanager
def redis_flushed(house: House) -> Iterator[None]:
    with house.redis.client() as client, ingestion_held(house):
        yield
        waiting = client.xlen(STREAM)
        client.flushall()
    assert waiting, "nothing waited in the stream"


@contextmanager
def redis_restarted_empty(house: House) -> Iterator[None]:
    with ingestion_held(house):
        yield
        with house.redis.client() as client:
            waiting = client.xlen(STREAM)
        house.redis.stop()
        house.redis.forget_its_data()
        house.redis.start()
    assert waiting, "nothing waited in the stream"


# --- The database ------------------------------------------------------------------------------


@contextmanager
def database_stopped(house: House) -> Iterator[None]:
    assert house.postgresql
    house.postgresql.stop()
    yield
    house.postgresql.start()


@contextmanager
def database_crashed(house: House) -> Iterator[None]:
    """PostgreSQL's immediate shutdown: nothing is finished, and the next start recovers from the WAL."""
    assert house.postgresql
    house.postgresql.stop(signal.SIGQUIT)
    yield
    house.postgresql.start()


@contextmanager
def database_frozen(house: House) -> Iterator[None]:
    assert house.postgresql
    house.postgresql.freeze()
    yield
    house.postgresql.thaw()


@contextmanager
def tables_locked(house: House) -> Iterator[None]:
    with psycopg.connect(house.database.url) as connection:
        connection.execute(f"LOCK TABLE {TABLES_OF_COUNTING} IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


@contextmanager
def sqlite_locked(house: House) -> Iterator[None]:
    path = house.database.url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def database_full(house: House) -> Iterator[None]:
    """No file of PostgreSQL may grow beyond today's scans: it cannot be extended, the WAL's small files can."""
    assert house.postgresql
    wait_until(lambda: _bytes_of_today(house) > _WAL_FILE, 30, "too few scans are stored to fill anything with")
    limit = _bytes_of_today(house)
    refused = house.postgresql.log.count(_CANNOT_EXTEND)
    with limited_files(house.postgresql.pids(), limit):
        yield
        # Connections made meanwhile are processes made meanwhile.
        pids = house.postgresql.pids()
    _limit(pids, UNLIMITED)
    assert house.postgresql.log.count(_CANNOT_EXTEND) > refused, "the table never had to grow"


_CANNOT_EXTEND = "could not extend file"
_WAL_FILE = 1 << 20


def _bytes_of_today(house: House) -> int:
    of_today = "SELECT max(pg_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'analytics_scan'::regclass"
    ((size,),) = house.database.rows(of_today)
    return int(size)


@contextmanager
def sqlite_full(house: House) -> Iterator[None]:
    """Whoever counts cannot write beyond 64 KB of any file: not into the write-ahead log, not into the database."""
    log = house.stack.data_dir / "logs" / "ingest.log"
    refused = _refusals(log)
    with limited_files([house.stack.pid("ingest")], 65_536):
        yield
    assert _refusals(log) > refused, "SQLite was not refused"


def _refusals(log: Path) -> int:
    text = log.read_text(errors="replace")
    return text.count("disk I/O error") + text.count("database or disk is full")


@contextmanager
def limited_files(pids: Sequence[int], limit: int) -> Iterator[None]:
    """A full disk without a disk: RLIMIT_FSIZE gives short writes, then EFBIG (Python ignores SIGXFSZ)."""
    _limit(pids, limit)
    try:
        yield
    finally:
        _limit(pids, UNLIMITED)


def _limit(pids: Sequence[int], limit: int) -> None:
    """Set the soft limit, which may be raised again; as the processes' owner, because not every root may do it."""
    soft = "unlimited" if limit == UNLIMITED else limit
    for pid in pids:
        with suppress(FileNotFoundError):  # it has ended
            owner = Path(f"/proc/{pid}").stat()
            command = ["prlimit", f"--pid={pid}", f"--fsize={soft}:unlimited"]
            subprocess.run(
                command,
                user=owner.st_uid,
                group=owner.st_gid,
                extra_groups=[] if os.geteuid() == 0 else None,
                check=False,
            )


# --- The journal's disk ------------------------------------------------------------------------


@contextmanager
def journal_full(house: House) -> Iterator[None]:
    """No room for another segment: scans fill what is left of the open ones, and after that the disk refuses them."""
    before = house.lost_counter
    with limited_files(house.stack.children("web"), 0):
        yield
        wait_until(lambda: house.lost_counter > before, 20, "the disk refused nothing")
        time.sleep(1.0)


@contextmanager
def journal_read_only(house: House) -> Iterator[None]:
    """Mode 0500, and a new generation of workers, because an open segment can still be written."""
    folder = house.stack.data_dir / "journal"
    before = house.lost_counter
    folder.chmod(0o500)
    new_workers(house)
    yield
    folder.chmod(0o700)
    assert house.lost_counter > before, "the folder could be written"


# --- Processes ---------------------------------------------------------------------------------


def killed(program: str) -> Injection:
    """SIGKILL a program's first process; supervisord starts it again within two seconds."""

    @contextmanager
    def inject(house: House) -> Iterator[None]:
        wait_until(lambda: house.stack.pid(program) in house.stack.processes(), 20, f"{program} does not run")
        pid = house.stack.kill(program)
        yield
        wait_until(lambda: house.stack.pid(program) != pid, 20, f"{program} is not back")

    return inject


@contextmanager
def web_worker_killed(house: House) -> Iterator[None]:
    before = house.stack.children("web")
    os.kill(house.seeds.choice(before), signal.SIGKILL)
    wait_until(lambda: len(set(house.stack.children("web")) - set(before)) > 0, 20, "no worker took its place")
    yield


@contextmanager
def web_server_killed(house: House) -> Iterator[None]:
    """The first process with SIGKILL; its workers, which nobody asked, are ended before the port is taken again."""
    pid = house.stack.kill("web")
    wait_until(lambda: house.stack.pid("web") != pid, 20, "the web server is not started again")
    house.wait_until_up()
    yield


@contextmanager
def deployed_by_restart(house: House) -> Iterator[None]:
    """SIGTERM and a new start, as `supervisorctl restart product:web` does it."""
    house.stack.restart_by_supervisor("web")
    house.wait_until_up()
    yield


@contextmanager
def deployed_by_reload(house: House) -> Iterator[None]:
    """SIGHUP: the server replaces its workers one by one, and the port stays open."""
    new_workers(house)
    yield


def new_workers(house: House) -> None:
    before = set(house.stack.children("web"))
    os.kill(house.stack.pid("web"), signal.SIGHUP)
    wait_until(lambda: not before & set(house.stack.children("web")), 40, "the workers were not replaced")


@contextmanager
def cold_start(house: House) -> Iterator[None]:
    """With Redis and the database away already, the web server is killed and starts from nothing."""
    with web_server_killed(house):
        yield
