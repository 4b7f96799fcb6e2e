"""A PDF file that is written as it grows: only where each object begins is remembered, whatever the number of pages."""

import hashlib
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO

_CATALOG, _PAGES, _INFORMATION = 1, 2, 3
_PAGE = "page"


@dataclass(frozen=True)
class _Entry:
    """Where an object begins, what its bytes add up to, and its role: a page, shared by a key, or neither."""

    offset: int
    check: int
    role: str = "-"

    @property
    def note(self) -> str:
        return f"{self.offset} {self.check} {self.role}\n"

    @classmethod
    def of(cls, note: str) -> "_Entry":
        offset, check, role = note.split()
        return cls(int(offset), int(check), role)


class PdfFile:
    """Objects, pages and the table of contents at the end. Same input, same bytes: no times, no randomness.

    Our own, because the usual libraries keep all pages until the last one is drawn, and a batch has thousands.
    A file may be gone on with by another process, which needs its `notes`: it ends where the last of them was taken.
    """

    def __init__(self, file: BinaryIO, title: str, notes: Iterable[str] = ()) -> None:
        self._file = file
        # All but catalog and pages, in the order in which they are written and numbered.
        self._entries = [_Entry.of(note) for note in notes]
        self._noted = len(self._entries)
        numbered = enumerate(self._entries, start=_INFORMATION)
        self._shared = {entry.role: number for number, entry in numbered if entry.role not in (_PAGE, "-")}
        self._length = 0
        if self._entries:
            self._length = file.seek(0, os.SEEK_END)
            return
        # The second line's high bytes tell programs that move files that this is not text.
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._added(f"<< /Title <{_text(title)}> /Producer (qrplatform) >>".encode())

    def notes(self) -> str:
        """A line for each object that was written since the last call: all of them are what a file is gone on with."""
        new = "".join(entry.note for entry in self._entries[self._noted :])
        self._noted = len(self._entries)
        return new

    def add(self, body: str) -> int:
        """Write an object; the number by which others refer to it."""
        return self._added(body.encode())

    def add_stream(self, dictionary: str, data: bytes) -> int:
        """Write data, compressed; `dictionary` holds what is to be said of it besides length and filter."""
        packed = zlib.compress(data)
        head = f"<< {dictionary} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
        return self._added(head.encode() + packed + b"\nendstream")

    def shared(self, key: bytes) -> int | None:
        """What was written before under this key."""
        return self._shared.get(_digest(key))

    def share(self, key: bytes, number: int) -> int:
        """Remember an object that many pages use; returns its number."""
        self._shared[_digest(key)] = number
        self._call(number, _digest(key))
        return number

    def add_page(self, width: float, height: float, resources: str, content: bytes) -> None:
        """A finished page; its size in points."""
        drawing = self.add_stream("", content)
        page = self.add(
            f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {width:.4f} {height:.4f}] "
            f"/Resources << {resources} >> /Contents {drawing} 0 R >>"
        )
        self._call(page, _PAGE)

    def close(self) -> None:
        """Write what can only be known at the end. The file itself stays open: whoever opened it closes it."""
        pages = [number for number, entry in enumerate(self._entries, start=_INFORMATION) if entry.role == _PAGE]
        kids = " ".join(f"{page} 0 R" for page in pages)
        contents = f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>"
        catalog = f"<< /Type /Catalog /Pages {_PAGES} 0 R /ViewerPreferences << /DisplayDocTitle true >> >>"
        last = [self._object(_CATALOG, catalog.encode()), self._object(_PAGES, contents.encode())]
        start, size = self._length, _INFORMATION + len(self._entries)
        self._write(f"xref\n0 {size}\n0000000000 65535 f \n".encode())
        self._write("".join(f"{entry.offset:010d} 00000 n \n" for entry in (*last, *self._entries)).encode())
        identity = hashlib.sha256("".join(entry.note for entry in self._entries).encode()).hexdigest()[:32]
        self._write(
            f"trailer\n<< /Size {size} /Root {_CATALOG} 0 R /Info {_INFORMATION} 0 R "
            f"/ID [<{identity}> <{identity}>] >>\nstartxref\n{start}\n%%EOF\n".encode()
        )

    def _added(self, body: bytes) -> int:
        """The number of one more object."""
        number = _INFORMATION + len(self._entries)
        self._entries.append(self._object(number, body))
        return number

    def _call(self, number: int, role: str) -> None:
        index = number - _INFORMATION
        self._entries[index] = replace(self._entries[index], role=role)

    def _object(self, number: int, body: bytes) -> _Entry:
        entry = _Entry(self._length, zlib.crc32(body))
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return entry

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._length += len(data)


def _digest(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()


def _text(title: str) -> str:
    """Any characters as PDF names them in dictionaries: UTF-16 with its mark, in hexadecimal."""
    return (b"\xfe\xff" + title.encode("utf-16-be", "replace")).hex()
