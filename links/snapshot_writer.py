"""Writes the host's snapshot: one process per host keeps every target, domain and salt in a file.

It follows changed links and new codes every second, and reads everything anew, in chunks, where it cannot tell what it
missed: when the file is missing, damaged or of another version, when a domain or workspace changed, and once a day,
which is sooner than rows of the change table are deleted.
"""

import fcntl
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from django.db import Error, connection

from links.freshness import SALT_SECONDS, NewRows, settled_before
from links.lookups import Askers
from links.models import Change, Code, Domain
from links.routing import Target
from links.snapshot import FILE_NAME, SCHEMA, VERSION, row_of
from links.targets import targets_after, targets_of
from links.visitors import load_salts

logger = logging.getLogger(__name__)

REBUILD_SECONDS = 23 * 3600.0
# Rows per turn: some 20 ms of work and a megabyte, between which the shipping thread has its turn.
CHUNK = 2_000
AS_OF_SECONDS = 5.0
TURN_SECONDS = 30.0
# What SQLite says of a file that is not as it should be; a full disk or somebody's lock will pass.
DAMAGE = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT)
INDEX = "CREATE UNIQUE INDEX targets_by_code ON targets (domain_id, canonical)"


class SnapshotWriter:
    """Keeps the snapshot in a folder; call `turn` again and again, from one thread."""

    def __init__(self, folder: Path, *, chunk: int = CHUNK) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME
        self._chunk = chunk
        self._writer_lock: TextIO | None = None
        self._file: sqlite3.Connection | None = None
        self._inode = 0
        self._changes = NewRows(0)
        self._codes = NewRows(0)
        # The code up to which a rebuild has come; None while there is none.
        self._rebuilt_to: int | None = None
        self._is_rebuild_asked = False
        self._written_at = 0.0
        self._salts_at = 0.0

    def turn(self) -> bool:
        """Write what is new; whether there is more to be done at once. Raises the errors of either database."""
        if not self._is_the_writer():
            return False
        try:
            return self._turn(self._opened())
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE:
                logger.warning("The snapshot is damaged and is made anew: %s", error)
                self._remove()
            raise

    def _is_the_writer(self) -> bool:
        """Whether no other process writes here: during a deploy there may be two for a moment."""
        if self._writer_lock is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self._folder / "writer.lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                return False
            self._writer_lock = lock
        return True

    def close(self) -> None:
        """Let another process write."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._writer_lock is not None:
            self._writer_lock.close()
            self._writer_lock = None

    # --- The file ------------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        """Go on with the file where that is possible, else begin another."""
        if self._file is not None and self._path.exists() and self._path.stat().st_ino == self._inode:
            return self._file
        newest = Code.objects.order_by("-id").values_list("id", flat=True).first() or 0
        file = self._connect()
        if not self._takes_up(file, newest):
            self._remove()
            file = self._begin()
        return file

    def _connect(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))  # salts are in it
        self._inode = self._path.stat().st_ino
        file = self._file = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        with suppress(sqlite3.DatabaseError):  # the next statement says whether it is one
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            file.execute("PRAGMA secure_delete = ON")
        return file

    def _takes_up(self, file: sqlite3.Connection, newest_code: int) -> bool:
        """Go on from where the file's last writer was, if it is sound, complete, of this version and this database."""
        try:
            is_complete = file.execute("PRAGMA user_version").fetchone() == (VERSION,)
            is_sound = is_complete and file.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            facts = dict(file.execute("SELECT name, value FROM facts")) if is_sound else {}
        except sqlite3.DatabaseError:
            return False
        # A database that was restored from an older copy gives out ids again that are taken here.
        if facts.get("source") != _source() or newest_code < facts["codes_floor"]:
            return False
        self._changes, self._codes = NewRows(facts["changes_floor"]), NewRows(facts["codes_floor"])
        self._rebuilt_to = None
        self._is_rebuild_asked = time.time() - facts["rebuilt_at"] > REBUILD_SECONDS
        return True

    def _begin(self) -> sqlite3.Connection:
        # Before the first chunk is read: what changes from now on is above these floors.
        self._changes = NewRows.since_now(Change.objects.filter(at__lt=settled_before()))
        self._codes = NewRows.since_now(Code.objects.filter(created_at__lt=settled_before()))
        file = self._connect()
        file.executescript(SCHEMA)
        self._rebuilt_to, self._is_rebuild_asked = 0, False
        self._salts_at = 0.0
        return file

    def _remove(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(FILE_NAME + suffix).unlink(missing_ok=True)

    # --- What is written -----------------------------------------------------------------------

    def _turn(self, file: sqlite3.Connection) -> bool:
        began = time.monotonic()
        as_of = time.time()
        self._write_salts(file, began)
        is_behind = self._follow(file, began)
        if self._is_rebuild_asked and self._rebuilt_to is None:
            # One that is under way is finished first: else frequent changes would keep it from ever ending.
            self._rebuilt_to, self._is_rebuild_asked = 0, False
        if self._rebuilt_to is not None:
            self._rebuild_chunk(file, self._rebuilt_to)
            is_behind = True
        elif not is_behind and began - self._written_at > AS_OF_SECONDS:
            self._write_facts(file, as_of=as_of)
            self._written_at = began
        return is_behind

    def _follow(self, file: sqlite3.Connection, began: float) -> bool:
        """Write targets of changed links and of new codes; whether some are left for the next turn."""
        changes = Change.objects.filter(id__gt=self._changes.floor).order_by("id").values_list("id", "link_id")
        codes = Code.objects.filter(id__gt=self._codes.floor).order_by("id").values_list("id")
        new_changes, new_codes = self._changes.unseen(changes), self._codes.unseen(codes)
        is_behind = max(len(new_changes), len(new_codes)) > self._chunk
        new_changes, new_codes = new_changes[: self._chunk], new_codes[: self._chunk]
        if any(link_id is None for _, link_id in new_changes):
            self._is_rebuild_asked = True
            self._write_domains(file)
        links = {link_id for _, link_id in new_changes if link_id is not None}
        pairs = targets_of(links, [id_ for (id_,) in new_codes])
        if pairs:
            self._replace(file, pairs)
        # What is left may have ids below those noted, so the floors must not rise.
        read_at = 0.0 if is_behind else began
        self._changes.note(new_changes, read_at)
        self._codes.note(new_codes, read_at)
        return is_behind

    def _rebuild_chunk(self, file: sqlite3.Connection, after: int) -> None:
        """Make the next stretch of codes equal to the database's; rows that are equal are not written."""
        pairs = targets_after(after, self._chunk)
        is_last = len(pairs) < self._chunk
        upto = 2**62 if is_last else pairs[-1][1].code_id
        sql = "SELECT code_id, domain_id, canonical, target, crc FROM targets WHERE code_id > ? AND code_id <= ?"
        kept = set(file.execute(sql, (after, upto)))
        wanted = {row_of(canonical, target) for canonical, target in pairs}
        gone = {row[0] for row in kept} - {row[0] for row in wanted}
        with _transaction(file):
            file.executemany("DELETE FROM targets WHERE code_id = ?", [(code_id,) for code_id in gone])
            file.executemany("INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?, ?)", sorted(wanted - kept))
        self._rebuilt_to = upto
        if is_last:
            self._rebuilt_to = None
            self._finish(file)

    def _finish(self, file: sqlite3.Connection) -> None:
        """A rebuild is over; after the first one readers may look."""
        self._write_domains(file)
        if file.execute("PRAGMA user_version").fetchone() != (VERSION,):
            file.execute(INDEX)
        self._write_facts(file, rebuilt_at=time.time())
        self._written_at = 0.0
        file.execute(f"PRAGMA user_version = {VERSION}")

    def _replace(self, file: sqlite3.Connection, pairs: Sequence[tuple[str, Target]]) -> None:
        rows = [row_of(canonical, target) for canonical, target in pairs]
        with _transaction(file):
            file.executemany("INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?, ?)", rows)

    def _write_facts(self, file: sqlite3.Connection, **moments: float) -> None:
        floors = {"changes_floor": self._changes.floor, "codes_floor": self._codes.floor}
        facts: dict[str, Any] = {"source": _source()} | floors | moments
        with _transaction(file):
            file.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", list(facts.items()))

    def _write_domains(self, file: sqlite3.Connection) -> None:
        rows = list(Domain.objects.values_list("id", "host", "is_site"))
        with _transaction(file):
            file.execute("DELETE FROM domains")
            file.executemany("INSERT INTO domains VALUES (?, ?, ?)", rows)

    def _write_salts(self, file: sqlite3.Connection, now: float) -> None:
        """Those around today, and no other: a salt that is forgotten in the database is not kept here."""
        if self._salts_at and now - self._salts_at < SALT_SECONDS:
            return
        today = datetime.now(UTC)
        kept = dict(file.execute("SELECT date, salt FROM salts"))
        salts = load_salts(today)
        if kept != salts:
            with _transaction(file):
                file.execute("DELETE FROM salts")
                file.executemany("INSERT INTO salts VALUES (?, ?)", list(salts.items()))
            # What was deleted is overwritten in the file itself only now.
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._salts_at = now


@contextmanager
def _transaction(file: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, also when the commit itself fails; sqlite3's own `with` does not begin one."""
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
        file.execute("COMMIT")
    except BaseException:
        if file.in_transaction:
            file.execute("ROLLBACK")
        raise


def _source() -> str:
    """Which database this is, so that another one's snapshot is not taken for its own."""
    settings = connection.settings_dict
    return f"{connection.vendor}://{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


def start_keeping(folder: Path, seconds: float) -> None:
    """Keep the snapshot for ever, in a thread of its own and with a database connection of its own."""
    threading.Thread(target=_keep, args=(SnapshotWriter(folder), seconds), name="snapshot", daemon=True).start()


def _keep(writer: SnapshotWriter, seconds: float) -> None:
    asker = Askers(1, "snapshot-query", TURN_SECONDS)
    is_failing = False
    while True:
        began = time.monotonic()
        is_behind = False
        try:
            is_behind = asker.ask(writer.turn, TURN_SECONDS)
            is_failing = False
        except (TimeoutError, Error, sqlite3.Error, OSError) as error:
            if not is_failing:
                logger.warning("The snapshot is not kept at the moment: %s", error or "the database does not answer")
            is_failing = True
        except Exception:
            logger.exception("The snapshot could not be written; it is tried again.")
        took = time.monotonic() - began
        # Shipping comes first: never more than half of the time, and a fifth when there is nothing urgent.
        time.sleep(took if is_behind else max(seconds, 4 * took))
