"""What `make run` refuses before it starts anything, each with what to change."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis, ResponseError

# struct sockaddr_un holds 108 bytes, the last of them zero.
LONGEST_SOCKET_PATH = 107
# supervisord makes its socket under a name that ends in its pid, and renames it.
_SOCKET_IN_DATA_DIR = "run/ctl.sock.1234567"


class Refused(Exception):
    """The stack cannot start; the message says what to change."""


@contextmanager
def only_run(data_dir: Path) -> Iterator[None]:
    """Hold DATA_DIR for this process; the kernel lets go of it however the process ends."""
    with (data_dir / "run" / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Refused(
                f"The product is already running on {data_dir} (process {lock.read().strip() or 'unknown'}). "
                "Stop that one first, or run this one with its own data: make run DATA_DIR=… PORT=…"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def refuse_long_path(data_dir: Path) -> None:
    length = len(os.fsencode(data_dir / _SOCKET_IN_DATA_DIR))
    if length > LONGEST_SOCKET_PATH:
        raise Refused(
            f"The path of the data folder is {length - LONGEST_SOCKET_PATH} bytes too long for the Unix sockets in it: "
            f"{data_dir}. Choose a shorter one: make run DATA_DIR=…"
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Fail with a sentence rather than with a web server that is restarted for ever."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                f"Cannot listen on {host} port {port}: {error.strerror}. Choose another: make run PORT={port + 1}"
            ) from error


def make_folders(data_dir: Path) -> None:
    for name in ("run", "logs", "redis"):
        (data_dir / name).mkdir(parents=True, exist_ok=True)
    with suppress(PermissionError):
        (data_dir / "redis").chmod(0o700)


def weaknesses_of_redis(url: str) -> list[str]:
    """Refuse a Redis that throws entries away; warn of one that keeps nothing on disk.

    An evicting Redis lost nine of ten scan events in a trial, silently. A managed Redis may not tell its settings.
    """
    with Redis.from_url(url, socket_timeout=5) as redis, suppress(ResponseError):
        policy = redis.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
        if policy != "noeviction":
            raise Refused(
                f"Redis at REDIS_URL may evict scans that are not counted yet (maxmemory-policy {policy}). "
                "Set it to noeviction: redis-cli CONFIG SET maxmemory-policy noeviction"
            )
        persistence = redis.config_get("appendonly") | redis.config_get("save")
        if persistence.get("appendonly") == "no" and not persistence.get("save"):
            return ["Redis at REDIS_URL keeps nothing on disk: tasks are lost when it restarts (scans are not)."]
    return []
