"""Where a batch's files are: the one that is downloaded, and what is written beside it while it is made."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from links.batches.models import Batch
from links.batches.outputs import extension_of


class Damaged(Exception):
    """The files do not hold what was written down of them: a killed worker's, another disk's, or after a power cut."""


def path_of(batch: Batch) -> Path:
    return Batch.folder() / f"{batch.pk}.{extension_of(batch)}"


def index_of(batch: Batch) -> Path:
    return Batch.folder() / f"{batch.pk}.csv"


def remove_index(batch: Batch) -> None:
    """What was written beside the file, once that is whole."""
    with suppress(OSError):
        index_of(batch).unlink()


def remove_files(batch: Batch) -> None:
    remove_index(batch)
    with suppress(OSError):
        path_of(batch).unlink()


def kept(*files: BinaryIO) -> tuple[int, ...]:
    """Put files on the disk; returns their sizes."""
    for file in files:
        file.flush()
        os.fsync(file.fileno())
    return tuple(map(size_of, files))


def size_of(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)
