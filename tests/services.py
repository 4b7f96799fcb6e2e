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
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import psycopg
import psycopg.sql
import redis

START_SECONDS = 30.0
AnyService = TypeVar("AnyService", bound="Service")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def parent_of(pid: int) -> int:
    """The pid of a process's parent; -1 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return -1


def command_line_of(pid: int) -> bytes:
    """A process's command and its arguments, each ended by a NUL; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def children_of(pid: int) -> list[int]:
    everybody = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return [child for child in everybody if parent_of(child) == pid]


class Service:
    """A server that tests stop, freeze and start again on the same port; what it prints goes to `log` in the folder."""

    stop_signal = signal.SIGTERM

    def __init__(self, command: list[str], folder: Path, port: int, user: str | None = None) -> None:
        self.command = command
        self.folder = folder
        self.port = port
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "not started yet"
        return self._process

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start and wait until it answers."""
        self._process = spawn(self.command, self.folder, self._user)
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.command!r} did not start:\n{self.log}")
            time.sleep(0.05)

    def stop(self, number: signal.Signals | None = None) -> None:
        end(self.process, number or self.stop_signal)

    def answers(self) -> bool:
        raise NotImplementedError

    def pids(self) -> list[int]:
        """The server's processes, the first one first."""
        return [self.process.pid, *children_of(self.process.pid)]

    def freeze(self) -> None:
        """The kernel still accepts connections and bytes for it; nothing is ever answered."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in reversed(self.pids()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class PostgreSQL(Service):
    # PostgreSQL's fast shutdown: it does not wait for clients.
    stop_signal = signal.SIGINT

    @property
    def url(self) -> str:
        return f"postgresql://qrplatform@127.0.0.1:{self.port}/postgres"

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class RedisServer(Service):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=10)

    def forget_its_data(self) -> None:
        """Between a stop and a start: as if it had kept nothing on disk."""
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        (self.folder / "appendonly.aof").unlink(missing_ok=True)


@contextlib.contextmanager
def postgresql_server(programs: Path, *, as_installed: bool = False) -> Iterator[PostgreSQL]:
    """A server with an empty database. It may lose everything when the machine (not the server) dies.

    WAL comes in files of 1 MB, so that a limit on the size of files can hit tables and leave the WAL alone. Such a
    server is slow; one `as_installed` keeps what a package's would keep, as surely and as fast.
    """
    port, user = free_port(), _unprivileged_user()
    with _folder_of(user) as folder:
        create = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "qrplatform", "-A", "trust", "-E", "UTF8"]
        made = spawn(
            [*create, "--no-locale", "--no-sync", *([] if as_installed else ["--wal-segsize=1"])], folder, user
        )
        assert made.wait(START_SECONDS) == 0, (folder / "log").read_text()
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder}
        options |= {} if as_installed else {"fsync": "off"}
        serve = [str(programs / "postgres"), "-D", str(folder / "data")]
        for name, value in options.items():
            serve += ["-c", f"{name}={value}"]
        with _running(PostgreSQL(serve, folder, port, user)) as server:
            yield server


@contextlib.contextmanager
def private_postgresql(programs: Path) -> Iterator[str]:
    """The DATABASE_URL of an empty database."""
    with postgresql_server(programs) as server:
        yield server.url


def new_database(url: str) -> str:
    """The DATABASE_URL of one more, empty database on the same server."""
    name = f"test_{os.urandom(6).hex()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return f"{url.rpartition('/')[0]}/{name}"


@contextlib.contextmanager
def redis_server(program: str) -> Iterator[RedisServer]:
    """An empty Redis that keeps its data as a real one should."""
    port = free_port()
    with _folder_of(None) as folder:
        options = {"bind": "127.0.0.1", "port": port, "dir": folder, "appendonly": "yes", "save": ""}
        serve = [program, *(str(part) for name, value in options.items() for part in (f"--{name}", value))]
        with _running(RedisServer(serve, folder, port)) as server:
            yield server


@contextlib.contextmanager
def private_redis(program: str) -> Iterator[str]:
    """The REDIS_URL of an empty Redis."""
    with redis_server(program) as server:
        yield server.url


def spawn(command: list[str], folder: Path, user: str | None = None) -> subprocess.Popen[bytes]:
    """Start a command in a folder; what it prints is appended to `log` there."""
    groups: list[str] | None = [] if user else None
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True, user=user, extra_groups=groups
        )


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    process.send_signal(number)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _running(server: AnyService) -> Iterator[AnyService]:
    try:
        server.start()
        yield server
    finally:
        server.thaw()
        server.stop()


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
