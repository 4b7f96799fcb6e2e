"""A batch as a ZIP that is gone on with: a picture of each code, and the index that says which is which."""

from typing import BinaryIO, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone

from links.batches.index import HEADER, index_line
from links.batches.models import Batch
from links.batches.stored import Damaged, kept, size_of
from links.models import Code
from links.pictures import Drawer, filename_of
from links.studio.files import Output

INDEX = "index.csv"
# Excel takes a file without it for one of some old alphabet.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_READABLE = 0o644 << 16


class Archive:
    """A batch's ZIP, and its index beside it, at the point up to which its row knows them. Raises Damaged.

    Between two slices the ZIP is whole, with its table of contents at its end; going on writes over that. So what a
    killed worker leaves has another size than the row says, or no contents, and is begun anew.
    """

    # A slice may end after any code.
    may_rest = True

    def __init__(self, batch: Batch, output: Output, file: BinaryIO, index: BinaryIO) -> None:
        if batch.size == 0:
            file.truncate(0)
        if size_of(file) != batch.size or size_of(index) < batch.index_size:
            raise Damaged
        index.seek(index.truncate(batch.index_size))
        self._file, self._index = file, index
        self._output, self._drawer = output, Drawer.of(batch.workspace_id)
        self._moment = timezone.localtime(batch.created_at).timetuple()[:6]
        self._zip = ZipFile(file, "a", ZIP_DEFLATED)
        names = self._zip.namelist()
        if len(names) != batch.codes_drawn:
            self._zip.close()
            raise Damaged
        self._taken = {INDEX, *map(str.casefold, names)}
        if batch.index_size == 0:
            index.write(BYTE_ORDER_MARK + HEADER)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def put_symbols(self, codes: list[Code]) -> None:
        self._drawer.put_symbols(codes)

    def add(self, code: Code) -> None:
        """Put a code's picture in; its name gets a number where another file has it in some case.

        Raises DoesNotScan, and FieldRefused for a size that it cannot have.
        """
        content = self._drawer.draw(code, self._output)
        name = self._free(filename_of(code, self._output.format))
        self._taken.add(name.casefold())
        self._zip.writestr(self._entry(name), content)
        self._index.write(index_line(name, code))

    def finish(self) -> None:
        """Put the index in."""
        self._index.flush()
        self._index.seek(0)
        with self._zip.open(self._entry(INDEX), "w") as entry:
            while block := self._index.read(1 << 16):
                entry.write(block)

    def kept(self) -> tuple[int, int]:
        """Put everything on the disk; returns the sizes of ZIP and index."""
        self._zip.close()
        size, index_size = kept(self._file, self._index)
        return size, index_size

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
