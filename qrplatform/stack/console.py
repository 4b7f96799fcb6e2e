"""What a newcomer sees: the address once the product answers, and whatever its logs warn of."""

import re
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from qrplatform.addresses import EVERY_INTERFACE

# Of one log at a time; a program that fails in a loop must not scroll the address away.
MOST_LINES = 10
# Levels as logging, Celery and granian write them, and the last line of a traceback.
_WARNING = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|^[\w.]*(Error|Exception)\b")
# These two use their levels for greetings as well.
_OWN_WARNING = {
    "redis": re.compile(r"(?i)\b(error|fatal|bad file|can't|failed|crash)"),
    "supervisord": re.compile(r"WARN exited|CRIT (?!Supervisor is running as root|Server 'unix_http_server')|ERRO"),
}


def answers(host: str, port: int, public_url: str) -> bool:
    """Whether the web server answers /healthz under its own name, with anything but a failure of its own."""
    connection = HTTPConnection("127.0.0.1" if host in EVERY_INTERFACE else host, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(public_url).netloc})
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class LogWatch:
    """Reads on in every log of a folder and picks out the lines that somebody should see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.offsets = {path: path.stat().st_size for path in folder.glob("*.log")}

    def new_warnings(self) -> Iterator[str]:
        for path in sorted(self.folder.glob("*.log")):
            warning = _OWN_WARNING.get(path.stem, _WARNING)
            lines = [line for line in self._new_lines(path) if warning.search(line)]
            yield from (f"[{path.stem}] {line}" for line in lines[:MOST_LINES])
            if len(lines) > MOST_LINES:
                yield f"[{path.stem}] … and {len(lines) - MOST_LINES} more"

    def _new_lines(self, path: Path) -> list[str]:
        offset = self.offsets.get(path, 0)
        if path.stat().st_size < offset:  # rotated
            offset = 0
        with path.open("rb") as log:
            log.seek(offset)
            whole = log.read().rpartition(b"\n")[0]
        self.offsets[path] = offset + len(whole) + 1 if whole else offset
        return whole.decode(errors="replace").splitlines()


def say(text: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        print(text, flush=True)
