"""The host's snapshot, for reading: every target, domain and salt in a file, for when the database cannot be asked.

links/snapshot_writer.py writes it, in the ship_scans process. A snapshot that is missing, damaged, locked or of
another version is as good as none: it is logged once and never fails a scan.
"""

import logging
import os
import sqlite3
import threading
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from links.routing import FIELDS, Target

logger = logging.getLogger(__name__)

FILE_NAME = "targets.sqlite3"
SCHEMA = (Path(__file__).parent / "sql" / "snapshot.sql").read_text()
# Kept as PRAGMA user_version of a complete snapshot. Other tables or other fields make another version.
VERSION = zlib.crc32(f"{SCHEMA}{FIELDS}".encode()) & 0x7FFFFFFF
# Readers and the writer do not block each other; this is for the moment after the writer has died.
BUSY_SECONDS = 0.02

Row = tuple[int, int, str, str, int]


def row_of(canonical: str, target: Target) -> Row:
    """A row of the table `targets`."""
    text = target.to_json()
    return target.code_id, target.domain_id, canonical, text, _crc(target.domain_id, canonical, text)


def _crc(domain_id: int, canonical: str, text: str) -> int:
    return zlib.crc32(f"{domain_id}/{canonical}/{text}".encode())


class Snapshot:
    """Reads the snapshot in a folder. Each thread has a connection of its own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._of_thread = threading.local()
        self._is_readable = True

    def target(self, domain_id: int, canonical: str) -> Target | None:
        """The target of a code as of `as_of`, None when the snapshot has none or cannot be read."""
        sql = "SELECT target, crc FROM targets WHERE domain_id = ? AND canonical = ?"
        for text, crc in self._rows(sql, (domain_id, canonical)):
            with suppress(ValueError, TypeError):
                if _crc(domain_id, canonical, text) == crc:
                    return Target.from_json(text)
            logger.error("The snapshot's row of %s is damaged.", canonical)
        return None

    def domains(self) -> list[tuple[int, str, bool]]:
        """(id, host, is_site) of every domain."""
        return self._rows("SELECT id, host, is_site FROM domains")

    def salts(self) -> dict[str, bytes]:
        """Visitor salts by ISO date."""
        return dict(self._rows("SELECT date, salt FROM salts"))

    def as_of(self) -> float | None:
        """When everything in it was last known to be so, in seconds since the epoch."""
        return next((value for (value,) in self._rows("SELECT value FROM facts WHERE name = 'as_of'")), None)

    def _rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        try:
            found = self._connection().execute(sql, parameters).fetchall()
        except (OSError, sqlite3.Error, ValueError) as error:
            self._of_thread.connection = None
            self._note_readable(False, error)
            return []
        self._note_readable(True)
        return found

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, a new one when the writer has begun another file."""
        inode = os.stat(self._path).st_ino
        known: sqlite3.Connection | None = getattr(self._of_thread, "connection", None)
        if known is not None and self._of_thread.inode == inode:
            return known
        opened = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        (version,) = opened.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            opened.close()
            raise ValueError("it is not complete yet, or was made by another version")
        self._of_thread.connection, self._of_thread.inode = opened, inode
        return opened

    def _note_readable(self, is_readable: bool, error: Exception | None = None) -> None:
        if self._is_readable and not is_readable:
            logger.warning("There is no snapshot to fall back on (%s): %s", self._path, error)
        self._is_readable = is_readable
