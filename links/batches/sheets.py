"""A batch as sheets of labels in a PDF that is gone on with, page by page."""

from os import SEEK_END
from typing import BinaryIO, Self

from links.batches.captions import lines_of
from links.batches.models import Batch
from links.batches.outputs import Labels
from links.batches.stored import Damaged, kept, size_of
from links.models import Code
from links.pictures import Drawer
from links.qr.label_layout import Label, lay_out
from links.qr.label_sheets import draw_page
from links.qr.pdf_file import PdfFile
from links.studio.files import typeface

_END = b"\nendobj\n"


class Sheets:
    """A batch's PDF, and its notes beside it, at the point up to which its row knows them. Raises Damaged.

    Both only grow: what a killed worker wrote after that point is cut off, so it costs no more than its own slice.
    """

    def __init__(self, batch: Batch, labels: Labels, file: BinaryIO, notes: BinaryIO) -> None:
        if size_of(file) < batch.size or size_of(notes) < batch.index_size:
            raise Damaged
        file.truncate(batch.size)
        notes.truncate(batch.index_size)
        # An older file of another host may be longer, and not the one that the row tells of.
        if batch.size and (_last(file, _END) != _END or _last(notes, b"\n") != b"\n"):
            raise Damaged
        file.seek(0, SEEK_END)
        notes.seek(0)
        self._file, self._notes = file, notes
        try:
            self._document = PdfFile(file, batch.title, notes.read().decode().splitlines())
        except ValueError as error:
            raise Damaged from error
        self._labels, self._typeface = labels, typeface()
        self._drawer = Drawer.of(batch.workspace_id, ground=labels.printing.ground)
        self._page = list[Label]()
        self._first = (labels.printing.skipped + batch.codes_drawn) % labels.sheet.labels

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held: whoever opened the files closes them."""

    @property
    def may_rest(self) -> bool:
        """A slice ends between pages: nothing of a page is kept until it is drawn."""
        return not self._page

    def put_symbols(self, codes: list[Code]) -> None:
        self._drawer.put_symbols(codes)

    def add(self, code: Code) -> None:
        """Print a code on the next label. Raises DoesNotScan, and FieldRefused where it does not fit."""
        rows = code.link.batch_rows.all() if self._labels.takes_cells else ()
        cells = rows[0].captions if rows else {}
        lines = lines_of(code, self._labels.captions, cells)
        self._page.append(lay_out(self._drawer.art(code), lines, self._labels.sheet, self._typeface))
        if self._first + len(self._page) == self._labels.sheet.labels:
            self._draw_page()

    def finish(self) -> None:
        """Draw the last page, and what can only be known at the end."""
        if self._page:
            self._draw_page()
        self._document.close()

    def kept(self) -> tuple[int, int]:
        """Put everything on the disk; returns the sizes of PDF and notes."""
        self._notes.write(self._document.notes().encode())
        size, notes_size = kept(self._file, self._notes)
        return size, notes_size

    def _draw_page(self) -> None:
        wanted = self._labels
        draw_page(self._document, self._page, self._first, wanted.sheet, self._typeface, wanted.printing)
        self._page, self._first = [], 0


def _last(file: BinaryIO, as_long_as: bytes) -> bytes:
    """The last bytes of a file that has as many."""
    file.seek(-len(as_long_as), SEEK_END)
    return file.read()
