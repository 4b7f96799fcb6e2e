"""Where the files of exports lie, and how one is gone on with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from analytics.exports.models import Export
from links.jobs import held


class Damaged(Exception):
    """The file holds less than was written down of it: another disk, or one that lost power."""


def path_of(export: Export) -> Path:
    return Export.folder() / f"{export.pk}.{export.format}"


@contextmanager
def going_on(export: Export) -> Iterator[BinaryIO]:
    """The file, for this process alone, cut back to what the row says is in it. Raises jobs.Busy and Damaged."""
    with held(path_of(export)) as file:
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
