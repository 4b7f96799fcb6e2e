"""Sheets of labels as pages of a PDF: a code and its captions on each label, one page after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from links.qr.art import Art, Color, Fill, Solid
from links.qr.frames import contrast
from links.qr.inks import ColorSpace
from links.qr.label_layout import Label
from links.qr.lettering import Typeface
from links.qr.paths import rectangle
from links.qr.payloads.fields import FieldRefused
from links.qr.pdf import PdfPage
from links.qr.pdf_file import PdfFile
from links.qr.sheets import Sheet
from links.qr.style_checks import check_color

_MARK, _MARK_WIDTH, _MARK_DISTANCE = 4.0, 0.1, 1.0
MOST_BLEED = 20  # mm
_LEAST_CONTRAST = 4.5  # WCAG 2's ratio for small text
_BLACK = Solid("#000000")
# Of the sketch: paper, its edge, labels that are used already, that are printed now, and that stay free.
_PAPER, _EDGE, _USED, _PRINTED, _FREE = "#ffffff", "#8a8f98", "#c4c8cf", "#8fb0f5", "#eef0f3"
_LINE = 0.4


@dataclass(frozen=True)
class Printing:
    """How sheets are printed: `skipped` labels of the first sheet are used already; `ground` is the labels' colour.

    Colour runs over the edge by `bleed` mm, so that a cut beside the line shows no white; crop marks say where to cut.
    """

    skipped: int = 0
    bleed: float = 0
    ground: Color | None = None
    has_crop_marks: bool = False
    color_space: ColorSpace = "rgb"


def pages_of(count: int, sheet: Sheet, printing: Printing) -> int:
    """How many sheets of paper so many labels need."""
    return -(-(printing.skipped + count) // sheet.labels)


def draw_page(
    document: PdfFile, labels: Sequence[Label], first: int, sheet: Sheet, typeface: Typeface, printing: Printing
) -> None:
    """Write a page whose first label is at the place `first`, counted from 0; nothing of it is kept."""
    page = PdfPage(document, *sheet.size, printing.color_space)
    places = [sheet.corner(first + i) for i in range(len(labels))]
    if printing.ground:
        bleed = printing.bleed
        areas = (rectangle(x - bleed, y - bleed, sheet.width + 2 * bleed, sheet.height + 2 * bleed) for x, y in places)
        page.fill(Fill("".join(areas), Solid(printing.ground)))
    if printing.has_crop_marks:
        page.fill(Fill(_crop_marks(sheet, printing.bleed), _BLACK))
    for label, (x, y) in zip(labels, places, strict=True):
        page.place(label.art, x + label.x, y + label.y, label.module)
        if label.text:
            page.fill(Fill(label.text.outlines(x, y, typeface), _BLACK))
    page.finish()


def sketch(sheet: Sheet, skipped: int = 0, count: int | None = None) -> Art:
    """The first sheet as a small picture, a unit a millimetre: used labels, those to be printed, and free ones."""
    last = sheet.labels if count is None else min(sheet.labels, skipped + count)
    colors = [_USED] * skipped + [_PRINTED] * (last - skipped) + [_FREE] * (sheet.labels - last)
    width, height = sheet.size
    inside = rectangle(_LINE, _LINE, width - 2 * _LINE, height - 2 * _LINE)
    layers = [
        Fill(rectangle(0, 0, width, height), Solid(_PAPER)),
        Fill(rectangle(0, 0, width, height) + inside, Solid(_EDGE), is_even_odd=True),
    ]
    for color in dict.fromkeys(colors):
        places = [sheet.corner(i) for i, other in enumerate(colors) if other == color]
        # A little smaller than they are, so that labels without gaps can be told apart.
        shapes = [rectangle(x + _LINE, y + _LINE, sheet.width - 2 * _LINE, sheet.height - 2 * _LINE) for x, y in places]
        layers.append(Fill("".join(shapes), Solid(color)))
    return Art(width, height, tuple(layers), f"{sheet.columns} × {sheet.rows} labels")


def check(sheet: Sheet, printing: Printing) -> None:
    """Labels lie on the paper, and there is room for what is printed around them; raises FieldRefused for a field."""
    sheet.check()
    most = sheet.labels - 1
    if not 0 <= printing.skipped <= most:
        raise FieldRefused("skipped", f"Use a number from 0 to {most}.")
    if not 0 <= printing.bleed <= MOST_BLEED:
        raise FieldRefused("bleed", f"Use from 0 to {MOST_BLEED} mm.")
    if printing.ground is not None:
        check_color("ground", printing.ground)
        if contrast(printing.ground, _BLACK.color) < _LEAST_CONTRAST:
            raise FieldRefused("ground", "Choose a lighter colour: captions on it are black.")
    margins = (sheet.left, sheet.top, sheet.size[0] - sheet.right, sheet.size[1] - sheet.bottom)
    needed = printing.bleed + _MARK_DISTANCE + _MARK
    if printing.has_crop_marks and min(margins) < needed:
        raise FieldRefused("crop_marks", f"Leave margins of {needed:g} mm around all labels for crop marks.")


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
