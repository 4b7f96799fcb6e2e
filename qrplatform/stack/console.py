"""What a newcomer sees: the address once the product answers, and whatever its logs warn of."""

import re
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from qrplatform.addresses import EVERY_INTERFACE

# What differs from one to the next when a program fails in a loop: times, numbers, ids.
_VARYING = re.compile(r"\b[0-9a-f-]*\d[0-9a-f-]*\b")
# Levels as logging and Celery write them, and the last line of a traceback.
# Whoever asks for what is not there (django.request), or not in HTTP (uvicorn), has made the mistake themselves;
# %WARNING is in Celery's greeting.
_WARNING = re.compile(r"(?<!%)\b(WARNING(?! (django\.request|uvicorn))|ERROR|CRITICAL)\b|^[\w.]*(Error|Exception)\b")
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
    """Reads on in every log of a folder and picks out the lines that somebody should see, each kind of line once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.offsets = {path: path.stat().st_size for path in folder.glob("*.log")}
        self.shown: set[str] = set()

    def new_warnings(self) -> Iterator[str]:
        for path in sorted(self.folder.glob("*.log")):
            warning = _OWN_WARNING.get(path.stem, _WARNING)
            for line in self._new_lines(path):
                if warning.search(line) and (kind := _VARYING.sub("", line)) not in self.shown:
                    self.shown.add(kind)
                    yield f"[{path.stem}] {line}"

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
