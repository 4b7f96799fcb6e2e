"""Where the files of exports lie, who may write one, and which of them are nobody's any more."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from analytics.exports.models import Export


class Busy(Exception):
    """Another process is writing the file."""


class Damaged(Exception):
    """The file holds less than was written down of it: another disk, or one that lost power."""


def path_of(export: Export) -> Path:
    return _folder() / f"{export.pk}.{export.format}"


@contextmanager
def going_on(export: Export) -> Iterator[BinaryIO]:
    """The file, for this process alone, cut back to what the row says is in it. Raises Busy and Damaged.

    The lock dies with its process, so a killed one is in nobody's way.
    """
    descriptor = os.open(path_of(export), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with open(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        if file.seek(0, os.SEEK_END) < export.size:
            raise Damaged
        file.truncate(export.size)
        file.seek(export.size)
        yield file


def kept(file: BinaryIO) -> int:
    """Put what was written on the disk; returns how long the file is."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def remove_file(export: Export) -> None:
    with suppress(OSError):
        path_of(export).unlink()


def remove_nobodys_files() -> int:
    """Files whose row has gone, cancelled or past its time: a row is there before its file is. Returns how many."""
    found = [path for path in _folder().iterdir() if path.stem.isdecimal()]
    rows = set(Export.objects.filter(pk__in=[int(path.stem) for path in found]).values_list("pk", flat=True))
    gone = [path for path in found if int(path.stem) not in rows]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _folder() -> Path:
    folder: Path = settings.EXPORTS_DIR
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
