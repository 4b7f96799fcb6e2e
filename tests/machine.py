"""What this machine has for tests that need more than Python, and what is said of a test that it has not."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def missing(group: str, reason: str) -> NoReturn:
    """Skip with the reason; in CI, where everything is installed, a skipped group would hide a failure."""
    message = f"{group}: {reason}"
    if os.environ.get("CI"):
        pytest.fail(f"{message} (CI is set, so nothing may be skipped for what the machine lacks)")
    pytest.skip(message)


def postgresql_programs() -> Path | None:
    """The folder with initdb and postgres: Debian keeps it off PATH, the newest version last."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("initdb")
    found = [*([Path(on_path).parent] if on_path else []), *debian]
    return found[-1] if found else None


def redis_server() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
