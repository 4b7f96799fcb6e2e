"""Sheets of labels as PDF, a code and its captions on each, written page by page however many there are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from links.qr.art import Art, Color, Fill, Solid
from links.qr.inks import ColorSpace
from links.qr.lettering import Typeface
from links.qr.paths import rectangle
from links.qr.payloads.fields import PayloadRefused
from links.qr.pdf import PdfPage
from links.qr.pdf_file import PdfFile
from links.qr.sheets import Sheet

# A picture, and the lines that stand beside or below it.
Label = tuple[Art, Sequence[str]]

LEAST_MODULE = 0.25  # mm; office printers draw nothing smaller that phones read
_PADDING = 1.0
_LARGEST_LETTERS, _SMALLEST_LETTERS, _STEP = 4.2, 1.75, 0.175  # mm an em: from 12 points to 5
_LEADING = 1.2
_WIDE = 1.4  # from this ratio of width and height on captions stand beside the code
_MARK, _MARK_WIDTH, _MARK_DISTANCE = 4.0, 0.1, 1.0
_BLACK = Solid("#000000")


@dataclass(frozen=True)
class Printing:
    """How sheets are printed: `skipped` labels of the first sheet are used already; `ground` is the labels' colour.

    Colour runs over the edge by `bleed` mm, so that a cut beside the line shows no white; crop marks say where to cut.
    """

    title: str
    skipped: int = 0
    bleed: float = 0
    ground: Color | None = None
    has_crop_marks: bool = False
    color_space: ColorSpace = "rgb"


def draw(labels: Iterable[Label], file: BinaryIO, sheet: Sheet, typeface: Typeface, printing: Printing) -> int:
    """Write the PDF into a file; the number of its pages. Only the labels of one page are in memory at a time.

    Raises PayloadRefused: for a sheet's field, for `skipped` or `crop_marks`, or for `labels.N`, N from 1.
    """
    _check(sheet, printing)
    document = PdfFile(file, printing.title)
    pages, number = 0, 1
    for first, page_labels in _pages(labels, sheet, printing.skipped):
        page = PdfPage(document, *sheet.size, printing.color_space)
        _draw_page(page, first, page_labels, sheet, typeface, printing, number)
        page.finish()
        pages += 1
        number += len(page_labels)
    if not pages:
        raise PayloadRefused("labels", "Choose at least one code.")
    document.close()
    return pages


def _pages(labels: Iterable[Label], sheet: Sheet, skipped: int) -> Iterator[tuple[int, list[Label]]]:
    """For each page the place of its first label, and its labels."""
    rest = iter(labels)
    first = skipped
    while page := list(islice(rest, sheet.columns * sheet.rows - first)):
        yield first, page
        first = 0


def _draw_page(
    page: PdfPage, first: int, labels: list[Label], sheet: Sheet, typeface: Typeface, printing: Printing, number: int
) -> None:
    places = [sheet.corner(first + i) for i in range(len(labels))]
    if printing.ground:
        bleed = printing.bleed
        areas = (rectangle(x - bleed, y - bleed, sheet.width + 2 * bleed, sheet.height + 2 * bleed) for x, y in places)
        page.fill(Fill("".join(areas), Solid(printing.ground)))
    if printing.has_crop_marks:
        page.fill(Fill(_crop_marks(sheet, printing.bleed), _BLACK))
    for i, ((art, lines), (x, y)) in enumerate(zip(labels, places, strict=True)):
        try:
            _draw_label(page, art, [line for line in lines if line.strip()], x, y, sheet, typeface)
        except PayloadRefused as refused:
            raise PayloadRefused(f"labels.{number + i}", refused.advice) from None


def _draw_label(
    page: PdfPage, art: Art, lines: list[str], x: float, y: float, sheet: Sheet, typeface: Typeface
) -> None:
    """The code as large as the label allows, captions in what is left."""
    width, height = sheet.width - 2 * _PADDING, sheet.height - 2 * _PADDING
    x, y = x + _PADDING, y + _PADDING
    if not lines:
        module = min(width / art.width, height / art.height)
        _place(page, art, x + (width - art.width * module) / 2, y + (height - art.height * module) / 2, module)
    elif width >= _WIDE * height:
        module = min(height / art.height, width / 2 / art.width)
        left = art.width * module + _PADDING
        text = _typeset(lines, width - left, height, typeface)
        _place(page, art, x, y + (height - art.height * module) / 2, module)
        page.fill(Fill(text.outlines(x + left, y + (height - text.height) / 2, typeface), _BLACK))
    else:
        text = _typeset(lines, width, height * 0.4, typeface)
        module = min(width / art.width, (height - text.height) / art.height)
        top = y + (height - text.height - art.height * module) / 2
        _place(page, art, x + (width - art.width * module) / 2, top, module)
        page.fill(Fill(text.outlines(x, top + art.height * module, typeface, width), _BLACK))


def _place(page: PdfPage, art: Art, x: float, y: float, module: float) -> None:
    if module < LEAST_MODULE:
        advice = f"Use larger labels, fewer captions or a shorter address: a module would be {module:.2f} mm wide,"
        raise PayloadRefused("labels", f"{advice} at least {LEAST_MODULE} mm can be scanned.")
    page.place(art, x, y, module)


@dataclass(frozen=True)
class _Text:
    """Lines of letters `size` mm an em."""

    lines: list[str]
    size: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * _LEADING

    def outlines(self, x: float, y: float, typeface: Typeface, width: float | None = None) -> str:
        """From the left, or in the middle of a width where one is given."""
        parts = list[str]()
        for i, line in enumerate(self.lines):
            indent = (width - typeface.width(line) * self.size) / 2 if width else 0
            parts.append(typeface.outline(line, x + indent, y + (i * _LEADING + 0.95) * self.size, self.size))
        return "".join(parts)


def _typeset(lines: list[str], width: float, height: float, typeface: Typeface) -> _Text:
    """The largest letters with which all lines fit, broken between words where they must."""
    for line in lines:
        typeface.check("labels", line)
    size = _LARGEST_LETTERS
    while size >= _SMALLEST_LETTERS:
        broken = [part for line in lines for part in _broken(line, width / size, typeface)]
        text = _Text(broken, size)
        if text.height <= height and all(typeface.width(part) * size <= width for part in broken):
            return text
        size -= _STEP
    raise PayloadRefused("labels", f"Use shorter captions or larger labels: “{lines[0][:40]}” does not fit.")


def _broken(line: str, width: float, typeface: Typeface) -> Iterator[str]:
    """As many words in each part as fit; a word that is too long stands alone."""
    part = ""
    for word in line.split():
        longer = f"{part} {word}".lstrip()
        if part and typeface.width(longer) > width:
            yield part
            part = word
        else:
            part = longer
    yield part


def _check(sheet: Sheet, printing: Printing) -> None:
    sheet.check()
    most = sheet.columns * sheet.rows - 1
    if not 0 <= printing.skipped <= most:
        raise PayloadRefused("skipped", f"Use a number from 0 to {most}.")
    if printing.bleed < 0:
        raise PayloadRefused("bleed", "Use nothing or more.")
    margins = (sheet.left, sheet.top, sheet.size[0] - sheet.right, sheet.size[1] - sheet.bottom)
    needed = printing.bleed + _MARK_DISTANCE + _MARK
    if printing.has_crop_marks and min(margins) < needed:
        raise PayloadRefused("crop_marks", f"Leave margins of {needed:g} mm around all labels for crop marks.")


def _crop_marks(sheet: Sheet, bleed: float) -> str:
    """Short lines outside all labels, in line with every edge that is to be cut."""
    near, far = bleed + _MARK_DISTANCE, bleed + _MARK_DISTANCE + _MARK
    columns = [sheet.left + i * sheet.across for i in range(sheet.columns)]
    rows = [sheet.top + i * sheet.down for i in range(sheet.rows)]
    half = _MARK_WIDTH / 2
    upright = [
        rectangle(x - half, y, _MARK_WIDTH, _MARK)
        for x in _edges(columns, sheet.width)
        for y in (sheet.top - far, sheet.bottom + near)
    ]
    level = [
        rectangle(x, y - half, _MARK, _MARK_WIDTH)
        for y in _edges(rows, sheet.height)
        for x in (sheet.left - far, sheet.right + near)
    ]
    return "".join(upright + level)


def _edges(starts: list[float], side: float) -> list[float]:
    """Both edges of each label; where labels touch there is one cut."""
    return sorted({round(edge, 3) for start in starts for edge in (start, start + side)})
