"""A consistent copy of the database without what makes visitors known again: no salts, and nobody who was seen."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from analytics.models import DayVisitor
from links.models import VisitorSalt

# A salt with the hashes made with it would tell whether somebody has scanned; a backup outlives the 48 hours of a salt.
LEFT_OUT = tuple(model._meta.db_table for model in (VisitorSalt, DayVisitor))


class BackupFailed(Exception):
    """No backup was made; the message says why and what to do."""


def back_up(path: Path) -> None:
    """Write a backup; the file has its name only once it is whole, and only its owner reads it. Scans go on meanwhile.

    Raises BackupFailed, also where there is a file of that name.
    """
    if path.exists():
        raise BackupFailed(f"{path} exists. Name a new file.")
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        (_dump_postgresql if connection.vendor == "postgresql" else _copy_sqlite)(part)
        part.rename(path)
    except (OSError, sqlite3.Error, BackupFailed) as error:
        part.unlink(missing_ok=True)
        raise BackupFailed(str(error)) from error


def _copy_sqlite(part: Path) -> None:
    """Copied beside the database, cleaned there, and written out anew: no page ever held what is left out."""
    connection.ensure_connection()
    with (
        tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as folder,
        closing(sqlite3.connect(Path(folder) / "copy.sqlite3", isolation_level=None)) as copy,
    ):
        connection.connection.backup(copy)
        for table in LEFT_OUT:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 - names come from models
        copy.execute("VACUUM INTO ?", [str(part)])


def _dump_postgresql(part: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupFailed("pg_dump is not on PATH. On Debian and Ubuntu: apt install postgresql-client")
    # As `manage.py dbshell` connects: the password travels in the environment, where no other user sees it.
    (_, *arguments), password = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
    command = [program, "--format=custom", "--no-owner", f"--file={part}", *left_out, *arguments]
    finished = subprocess.run(
        command, env=dict(os.environ) | (password or {}), capture_output=True, text=True, check=False
    )
    if finished.returncode:
        raise BackupFailed(finished.stderr.strip())
