"""The files of batches: a ZIP that is gone on with, the index beside it, who may write them, whose they are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone

from links.batches.models import Batch
from links.jobs import opened

INDEX = "index.csv"
# Excel takes a file without it for one of some old alphabet.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_READABLE = 0o644 << 16


class Damaged(Exception):
    """The files do not hold what was written down of them: a killed worker's, another disk's, or after a power cut."""


def path_of(batch: Batch) -> Path:
    return Batch.folder() / f"{batch.pk}.zip"


def index_of(batch: Batch) -> Path:
    return Batch.folder() / f"{batch.pk}.csv"


class Archive:
    """A batch's ZIP and index at the point up to which its row knows them. Raises Damaged.

    Between two slices the ZIP is whole, with its table of contents at its end; going on writes over that. So what a
    killed worker leaves has another size than the row says, or no contents, and is begun anew.
    """

    def __init__(self, batch: Batch, file: BinaryIO, index: BinaryIO) -> None:
        if batch.size == 0:
            file.truncate(0)
        if _size(file) != batch.size or _size(index) < batch.index_size:
            raise Damaged
        index.seek(index.truncate(batch.index_size))
        self._file, self._index = file, index
        self._moment = timezone.localtime(batch.created_at).timetuple()[:6]
        self._zip = ZipFile(file, "a", ZIP_DEFLATED)
        names = self._zip.namelist()
        if len(names) != batch.codes_drawn:
            self._zip.close()
            raise Damaged
        self._taken = {INDEX, *map(str.casefold, names)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add(self, name: str, content: bytes) -> str:
        """Put a file in; returns its name, with a number where another file has it in some case."""
        name = self._free(name)
        self._taken.add(name.casefold())
        self._zip.writestr(self._entry(name), content)
        return name

    def note(self, lines: bytes) -> None:
        """Write lines of the index."""
        self._index.write(lines)

    def add_index(self) -> None:
        self._index.flush()
        self._index.seek(0)
        with self._zip.open(self._entry(INDEX), "w") as entry:
            while block := self._index.read(1 << 16):
                entry.write(block)

    def kept(self) -> tuple[int, int]:
        """Put everything on the disk; returns the sizes of ZIP and index."""
        self._zip.close()
        for file in (self._file, self._index):
            file.flush()
            os.fsync(file.fileno())
        return _size(self._file), _size(self._index)

    def _free(self, name: str) -> str:
        stem, dot, extension = name.rpartition(".")
        number, free = 1, name
        while free.casefold() in self._taken:
            number += 1
            free = f"{stem}-{number}{dot}{extension}"
        return free

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self._moment)
        entry.compress_type, entry.external_attr = ZIP_DEFLATED, _READABLE
        return entry


@contextmanager
def going_on(batch: Batch, file: BinaryIO) -> Iterator[Archive]:
    """The archive of a ZIP that is held. Raises Damaged."""
    with opened(index_of(batch)) as index, Archive(batch, file, index) as archive:
        yield archive


def remove_index(batch: Batch) -> None:
    """The index by itself, once it is in the ZIP."""
    with suppress(OSError):
        index_of(batch).unlink()


def remove_files(batch: Batch) -> None:
    remove_index(batch)
    with suppress(OSError):
        path_of(batch).unlink()


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)
