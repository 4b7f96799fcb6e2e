"""A RedirectFront in a process of its own, which a test asks over stdin and stdout: one JSON list a line, one answer.

Started as `python -m tests.faults.scanner` with the product's settings.
"""

import json
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - only now can models be imported
from django.core.management import call_command  # noqa: E402

from accounts.models import Workspace  # noqa: E402
from links import lookups  # noqa: E402
from links.actions import NOBODY, change_link, create_link  # noqa: E402
from links.models import Code, Domain  # noqa: E402
from links.snapshot import FILE_NAME  # noqa: E402
from links.snapshot_writer import SnapshotWriter  # noqa: E402
from qrplatform.front import redirect_front  # noqa: E402
from tests.links.factories import IPHONE  # noqa: E402

# Since when each thread has been asking the question it has.
asking_since: dict[int, float] = {}
ask_twice = lookups.ask_twice


def watched(query: Callable[[], Any], is_late: Callable[[], bool]) -> Any:
    asking_since[threading.get_ident()] = time.monotonic()
    try:
        return ask_twice(query, is_late)
    finally:
        del asking_since[threading.get_ident()]


class Scanner:
    """Its methods are the commands."""

    def prepare(self, count: int) -> list[str]:
        """Make links in an empty database; returns the paths of their codes."""
        call_command("migrate", verbosity=0)
        workspace = Workspace.objects.create(name="Test", slug="test")
        Domain.objects.create(host="q.example.com", is_site=True)
        links = [create_link(workspace, f"https://example.com/{n}", actor=NOBODY) for n in range(count)]
        return [f"/{code.path}" for code in Code.objects.filter(link__in=links).order_by("id")]

    def keep_snapshot(self) -> bool:
        """Write it once; the writer is then closed, so that a test can change the file."""
        with closing(SnapshotWriter(settings.SNAPSHOT_DIR)) as writer:
            while writer.turn():
                pass
        return True

    def forget_snapshot_of(self, path: str) -> bool:
        with closing(sqlite3.connect(settings.SNAPSHOT_DIR / FILE_NAME, isolation_level=None)) as file:
            file.execute("DELETE FROM targets WHERE canonical = ?", (path[1:],))
        return True

    def start(self) -> float:
        """As a web worker starts; returns the seconds it took."""
        began = time.monotonic()
        self.front = redirect_front(lambda environ, start_response: ())
        return time.monotonic() - began

    def scan(self, paths: list[str]) -> list[tuple[int, str, float]]:
        return [self._scan(path) for path in paths]

    def _scan(self, path: str) -> tuple[int, str, float]:
        environ = {
            "PATH_INFO": path,
            "REQUEST_METHOD": "GET",
            "HTTP_HOST": "q.example.com",
            "REMOTE_ADDR": "203.0.113.77",
            "HTTP_USER_AGENT": IPHONE,
        }
        got: list[Any] = []
        began = time.monotonic()
        b"".join(self.front(environ, lambda status, headers: got.extend([status, headers])))
        seconds = time.monotonic() - began
        return int(got[0].split()[0]), dict(got[1]).get("Location", ""), seconds

    def edit(self, path: str, destination: str) -> bool:
        code = Code.objects.select_related("link").get(path=path[1:])
        change_link(code.link, {"destination": destination}, actor=NOBODY)
        return True

    def blind_seconds(self) -> float:
        return self.front._poll.blind_seconds

    def salts(self) -> int:
        return len(self.front._poll.salts)

    def threads(self) -> int:
        return threading.active_count()

    def oldest_wait(self) -> float:
        """How long the longest-waiting thread has been asking the same question."""
        return time.monotonic() - min(asking_since.values(), default=time.monotonic())


def main() -> None:
    lookups.ask_twice = watched  # type: ignore[assignment]  # it is always called with both arguments
    scanner = Scanner()
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        print(json.dumps(getattr(scanner, command)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
