"""A PDF file that is written as it grows: only where each object begins is remembered, whatever the number of pages."""

import hashlib
import zlib
from typing import BinaryIO

_CATALOG, _PAGES, _INFORMATION = 1, 2, 3
_FIRST_FREE = 4


class PdfFile:
    """Objects, pages and the table of contents at the end. Same input, same bytes: no times, no randomness.

    Our own, because the usual libraries keep all pages until the last one is drawn, and a batch has thousands.
    """

    def __init__(self, file: BinaryIO, title: str) -> None:
        self._file = file
        self._length = 0
        self._digest = hashlib.sha256()
        self._offsets: dict[int, int] = {}
        self._next = _FIRST_FREE
        self._pages = list[int]()
        self._shared: dict[bytes, int] = {}
        # The second line's high bytes tell programs that move files that this is not text.
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._object(_INFORMATION, f"<< /Title <{_text(title)}> /Producer (qrplatform) >>".encode())

    def add(self, body: str) -> int:
        """Write an object; the number by which others refer to it."""
        return self._object(self._number(), body.encode())

    def add_stream(self, dictionary: str, data: bytes) -> int:
        """Write data, compressed; `dictionary` holds what is to be said of it besides length and filter."""
        packed = zlib.compress(data)
        head = f"<< {dictionary} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
        return self._object(self._number(), head.encode() + packed + b"\nendstream")

    def shared(self, key: bytes) -> int | None:
        """What was written before under this key."""
        return self._shared.get(hashlib.sha256(key).digest())

    def share(self, key: bytes, number: int) -> int:
        """Remember an object that many pages use; returns its number."""
        self._shared[hashlib.sha256(key).digest()] = number
        return number

    def add_page(self, width: float, height: float, resources: str, content: bytes) -> None:
        """A finished page; its size in points."""
        drawing = self.add_stream("", content)
        self._pages.append(
            self.add(
                f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {width:.4f} {height:.4f}] "
                f"/Resources << {resources} >> /Contents {drawing} 0 R >>"
            )
        )

    def close(self) -> None:
        """Write what can only be known at the end. The file itself stays open: whoever opened it closes it."""
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        self._object(_PAGES, f"<< /Type /Pages /Count {len(self._pages)} /Kids [{kids}] >>".encode())
        self._object(
            _CATALOG,
            f"<< /Type /Catalog /Pages {_PAGES} 0 R /ViewerPreferences << /DisplayDocTitle true >> >>".encode(),
        )
        start = self._length
        self._write(f"xref\n0 {self._next}\n0000000000 65535 f \n".encode())
        self._write("".join(f"{self._offsets[n]:010d} 00000 n \n" for n in range(1, self._next)).encode())
        identity = self._digest.hexdigest()[:32]
        self._write(
            f"trailer\n<< /Size {self._next} /Root {_CATALOG} 0 R /Info {_INFORMATION} 0 R "
            f"/ID [<{identity}> <{identity}>] >>\nstartxref\n{start}\n%%EOF\n".encode()
        )

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _object(self, number: int, body: bytes) -> int:
        self._offsets[number] = self._length
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return number

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._length += len(data)


def _text(title: str) -> str:
    """Any characters as PDF names them in dictionaries: UTF-16 with its mark, in hexadecimal."""
    return (b"\xfe\xff" + title.encode("utf-16-be", "replace")).hex()
