"""A PostgreSQL and a Redis of our own for as long as a test needs them: own folder, own port, loopback only."""

import contextlib
import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import psycopg.sql
import redis

START_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def private_postgresql(programs: Path) -> Iterator[str]:
    """The DATABASE_URL of an empty database. It may lose everything when the machine (not the server) dies."""
    port, user = free_port(), _unprivileged_user()
    with _folder_of(user) as folder:
        create = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "qrplatform", "-A", "trust", "-E", "UTF8"]
        with _service([*create, "--no-locale", "--no-sync"], folder, signal.SIGTERM, user) as process:
            assert process.wait(START_SECONDS) == 0, (folder / "log").read_text()
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
        serve = [str(programs / "postgres"), "-D", str(folder / "data")]
        for name, value in options.items():
            serve += ["-c", f"{name}={value}"]
        url = f"postgresql://qrplatform@127.0.0.1:{port}/postgres"
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
        with _service(serve, folder, signal.SIGINT, user) as process:
            _wait_until(lambda: psycopg.connect(url, connect_timeout=2).close(), process, folder / "log")
            yield url


def new_database(url: str) -> str:
    """The DATABASE_URL of one more, empty database on the same server."""
    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return f"{url.rpartition('/')[0]}/{name}"


@contextlib.contextmanager
def private_redis(program: str) -> Iterator[str]:
    """The REDIS_URL of an empty Redis that keeps its data as a real one should."""
    port = free_port()
    with _folder_of(None) as folder:
        options = {"bind": "127.0.0.1", "port": port, "dir": folder, "appendonly": "yes", "save": ""}
        serve = [program, *(str(part) for name, value in options.items() for part in (f"--{name}", value))]
        url = f"redis://127.0.0.1:{port}/0"
        with _service(serve, folder, signal.SIGTERM) as process, redis.Redis.from_url(url) as client:
            _wait_until(client.ping, process, folder / "log")
            yield url


@contextlib.contextmanager
def frozen(url: str) -> Iterator[None]:
    """That Redis stopped in its tracks: it takes connections and answers nothing. It goes on afterwards."""
    with redis.Redis.from_url(url) as client:
        pid = int(client.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _unprivileged_user() -> str | None:
    """Whom to run PostgreSQL as: it refuses root. None when we are somebody else already."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextlib.contextmanager
def _folder_of(user: str | None) -> Iterator[Path]:
    # A short path: Unix sockets in it have room for 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="qrp-"))
    shutil.chown(folder, user or getpass.getuser())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _service(
    command: list[str], folder: Path, stop: signal.Signals, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone afterwards; what it prints goes to `log` in the folder."""
    groups: list[str] | None = [] if user else None
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True, user=user, extra_groups=groups
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until(attempt: Callable[[], Any], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            attempt()
            return
        except (psycopg.OperationalError, redis.RedisError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text()}") from None
        time.sleep(0.1)
