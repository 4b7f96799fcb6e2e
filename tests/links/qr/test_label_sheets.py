"""Label sheets put every code where its label is, in readable size, and cost no more memory for more pages."""

import subprocess
import sys
from collections.abc import Iterable
from io import BytesIO
from itertools import islice, repeat
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from links.qr import label_sheets, svg
from links.qr.art import Art, Solid
from links.qr.label_layout import LEAST_MODULE, lay_out
from links.qr.label_sheets import Printing, draw_page, pages_of, sketch
from links.qr.payloads.fields import FieldRefused
from links.qr.pdf_file import PdfFile
from links.qr.sheets import PAPERS, Sheet, named_sheets, sheet_title
from tests.links.qr import printers
from tests.links.qr.samples import RADIAL, symbol_art, typeface

OWN = Sheet("A4", columns=3, rows=4, width=50, height=60, left=15, top=15, across=58, down=66)
DPI = 200


Wanted = tuple[Art, list[str]]


def write(labels: Iterable[Wanted], file: BinaryIO, sheet: Sheet, **options: Any) -> None:
    """Pages as the job of a batch makes them, each by a process of its own that knows no more than file and notes."""
    printing, rest = Printing(**options), iter(labels)
    label_sheets.check(sheet, printing)
    letters, notes, first = typeface("DejaVuSansCondensed"), "", printing.skipped
    while page := [lay_out(*label, sheet, letters) for label in islice(rest, sheet.labels - first)]:
        document = PdfFile(file, "Labels", notes.splitlines())
        draw_page(document, page, first, sheet, letters, printing)
        notes += document.notes()
        first = 0
    PdfFile(file, "Labels", notes.splitlines()).close()


def drawn(labels: Iterable[Wanted], sheet: Sheet, **options: Any) -> bytes:
    file = BytesIO()
    write(labels, file, sheet, **options)
    return file.getvalue()


def numbered(count: int) -> list[Wanted]:
    return [(symbol_art(text=f"https://Q.EXAMPLE.COM/AB{i:04}"), [f"Nr {i}"]) for i in range(count)]


def read_all(image: Image.Image) -> list[tuple[str, float, float]]:
    """Texts with the middles of their codes in mm, in reading order of the sheet."""
    found: Any = zxingcpp.read_barcodes(image, try_invert=False)
    codes = []
    for code in found:
        corners = [getattr(code.position, side) for side in ("top_left", "top_right", "bottom_left", "bottom_right")]
        x, y = (sum(getattr(corner, axis) for corner in corners) / 4 / DPI * 25.4 for axis in "xy")
        codes.append((code.text, x, y))
    return sorted(codes)


@pytest.mark.parametrize("name", ["avery-l7160", "avery-5163", "avery-l7164", "avery-l7651", "herma-4610"])
def test_each_label_has_its_code(name: str, tmp_path: Path) -> None:
    sheet = named_sheets()[name]
    count = sheet.columns * sheet.rows
    codes = read_all(printers.poppler(drawn(numbered(count), sheet), tmp_path, DPI))
    assert [text for text, _, _ in codes] == [art.title for art, _ in numbered(count)]
    for i, (_, x, y) in enumerate(codes):
        left, top = sheet.corner(i)
        assert left < x < left + sheet.width
        assert top < y < top + sheet.height


def test_used_labels_are_left_out_and_pages_follow(tmp_path: Path) -> None:
    sheet = named_sheets()["avery-5163"]
    file = drawn(numbered(19), sheet, skipped=3)
    assert printers.information(file, tmp_path)["Pages"] == "3"
    assert printers.information(file, tmp_path)["Title"] == "Labels"
    counts = [len(read_all(printers.poppler(file, tmp_path, DPI, page))) for page in (1, 2, 3)]
    assert counts == [7, 10, 2]
    _, x, y = read_all(printers.poppler(file, tmp_path, DPI))[0]
    left, top = sheet.corner(3)
    assert left < x < left + sheet.width
    assert top < y < top + sheet.height


@pytest.mark.parametrize("name", named_sheets())
def test_named_sheets_fit_their_paper_and_are_symmetric(name: str) -> None:
    sheet = named_sheets()[name]
    sheet.check()
    width, height = PAPERS[sheet.paper]
    assert sheet.left == pytest.approx(width - sheet.right, abs=0.05)
    assert sheet.top == pytest.approx(height - sheet.bottom, abs=0.05)


@given(st.sampled_from(sorted(named_sheets())))
def test_no_two_labels_overlap(name: str) -> None:
    sheet = named_sheets()[name]
    corners = [sheet.corner(i) for i in range(sheet.columns * sheet.rows)]
    assert len(set(corners)) == len(corners)
    assert sheet.across >= sheet.width or sheet.columns == 1
    assert sheet.down >= sheet.height or sheet.rows == 1


def test_captions_stay_on_their_label_beside_the_code(tmp_path: Path) -> None:
    sheet = named_sheets()["avery-l7163"]
    lines = ["Table 17", "In the large hall, to the left of the second door", "q.example.com/abc123"]
    without = printers.poppler(drawn([(symbol_art(), [])], sheet), tmp_path, DPI).convert("L")
    image = printers.poppler(drawn([(symbol_art(), lines)], sheet), tmp_path, DPI).convert("L")
    left, top, right, bottom = (edge / DPI * 25.4 for edge in ink(image))
    assert sheet.left < left
    assert right < sheet.left + sheet.width
    assert sheet.top < top
    assert bottom < sheet.top + sheet.height
    assert right > ink(without)[2] / DPI * 25.4


@pytest.mark.parametrize("name", named_sheets())
def test_every_named_sheet_takes_a_code_and_its_address(name: str) -> None:
    label = lay_out(symbol_art(), ["q.example.com/wwmmww"], named_sheets()[name], typeface("DejaVuSansCondensed"))
    assert label.module >= LEAST_MODULE
    assert label.text
    assert "".join(label.text.lines) == "q.example.com/wwmmww"


def test_addresses_are_cut_behind_their_slashes_and_texts_between_words() -> None:
    sheet = named_sheets()["avery-l7651"]
    address, text = "https://example.com/menu/today", "In the large hall"
    label = lay_out(symbol_art(), [address, text], sheet, typeface("DejaVuSansCondensed"))
    assert label.text
    lines = label.text.lines
    assert lines[:2] == ["https://", "example.com/"]
    assert "".join(lines).replace(" ", "") == (address + text).replace(" ", "")
    assert all(line.endswith("/") for line in lines[:2])


def test_colour_runs_over_the_edge_and_marks_say_where_to_cut(tmp_path: Path) -> None:
    labels = numbered(1)
    file = drawn(labels, OWN, bleed=2, ground="#ffe0a0", has_crop_marks=True)
    image = printers.poppler(file, tmp_path, 254)  # ten pixels a millimetre

    def at(x: float, y: float) -> tuple[int, ...]:
        color: Any = image.getpixel((round(x * 10), round(y * 10)))
        return tuple(color)

    paper, ground = (255, 255, 255), (255, 224, 160)
    assert at(OWN.left + 1, OWN.top + 1) == ground
    assert at(OWN.left - 1.8, OWN.top + 30) == ground
    assert at(OWN.left - 2.2, OWN.top + 30) == paper
    assert at(OWN.left + OWN.width + 1.8, OWN.top + 30) == ground
    assert at(OWN.left + OWN.width + 2.2, OWN.top + 30) == paper
    for x in (OWN.left, OWN.left + OWN.width, OWN.left + OWN.across):
        assert max(at(x, OWN.top - 5)) < 160, x
    assert at(OWN.left + 5, OWN.top - 5) == paper
    for y in (OWN.top, OWN.top + OWN.height, OWN.bottom):
        assert max(at(OWN.left - 5, y)) < 160, y


def test_pictures_and_gradients_are_stored_once() -> None:
    art = symbol_art(RADIAL, Solid("#ffffff"), with_bitmap=True)
    file = drawn([(art, [])] * 60, OWN)
    assert file.count(b"/Subtype /Image") == 2  # colours and their transparency
    assert file.count(b"/ShadingType 3") == 1
    assert file.count(b"/Type /Page ") == 5


def test_four_inks_and_the_same_bytes(tmp_path: Path) -> None:
    once, again = (drawn(numbered(3), OWN, color_space="cmyk", has_crop_marks=True) for _ in range(2))
    assert once == again
    cyan, magenta, yellow, black = printers.ghostscript_inks(once, tmp_path, 100).split()
    assert [part.getextrema() for part in (cyan, magenta, yellow)] == [(0, 0)] * 3
    assert black.getextrema() == (0, 255)


def test_a_file_gone_on_with_is_the_file_made_at_once() -> None:
    labels: list[Wanted] = [
        (symbol_art(RADIAL, Solid("#ffffff"), with_bitmap=True, text=f"https://Q.EXAMPLE.COM/{i}"), []) for i in "AB"
    ]
    file, letters = BytesIO(), typeface("DejaVuSansCondensed")
    document = PdfFile(file, "Labels")
    for label in labels:
        draw_page(document, [lay_out(*label, OWN, letters)], 0, OWN, letters, Printing())
    document.close()
    whole = Sheet("A4", columns=1, rows=1, width=50, height=60, left=15, top=15, across=50, down=60)
    assert drawn(labels, whole) == file.getvalue()


def test_the_sketch_tells_used_printed_and_free_labels_apart() -> None:
    picture = svg.draw(sketch(OWN, skipped=2, count=3), width=210).decode()
    paths = picture.split('fill="')[1:]
    counts = [path.partition('d="')[2].count("M") for path in paths]
    assert counts[-3:] == [2, 3, 7]


@pytest.mark.parametrize(("count", "skipped", "pages"), [(1, 0, 1), (12, 0, 1), (12, 1, 2), (1, 11, 1), (25, 0, 3)])
def test_pages_are_counted_before(count: int, skipped: int, pages: int, tmp_path: Path) -> None:
    assert pages_of(count, OWN, Printing(skipped=skipped)) == pages
    labels = [(symbol_art(), list[str]())] * count
    assert printers.information(drawn(labels, OWN, skipped=skipped), tmp_path)["Pages"] == str(pages)


def test_sheets_have_names_that_people_know() -> None:
    titles = [sheet_title(name) for name in named_sheets()]
    assert {"Avery L7160", "Avery 5163", "Avery Zweckform 3474", "Herma 4610"} <= set(titles)
    assert len(set(titles)) == len(titles) == 30


MEASURE = """
import resource, sys
from tests.links.qr.test_label_sheets import write_many
write_many(int(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def write_many(count: int) -> None:
    with open("/dev/null", "wb") as file:
        labels = repeat((symbol_art(), ["Table 17", "q.example.com/abc123"]), count)
        sheet, letters, document = named_sheets()["avery-l7160"], typeface(), PdfFile(file, "Labels")
        while page := [lay_out(*label, sheet, letters) for label in islice(labels, sheet.labels)]:
            draw_page(document, page, 0, sheet, letters, Printing())
        document.close()


def test_ten_times_the_labels_take_no_more_memory() -> None:
    peaks = []
    for count in (100, 1000):
        done = subprocess.run([sys.executable, "-c", MEASURE, str(count)], capture_output=True, check=True, timeout=100)
        peaks.append(int(done.stdout) * 1024 / 1e6)
    assert peaks[1] - peaks[0] < 5, peaks


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"columns": 0}, "sheet.columns"),
        ({"columns": 4}, "sheet.columns"),
        ({"rows": 5}, "sheet.rows"),
        ({"width": 0}, "sheet.width"),
        ({"across": 49}, "sheet.across"),
        ({"down": 59}, "sheet.down"),
        ({"left": -1}, "sheet.left"),
        ({"paper": "A0"}, "sheet.paper"),
    ],
)
def test_sheets_that_cannot_be_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        drawn(numbered(1), Sheet(**{**vars(OWN), **changes}))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("labels", "options", "field"),
    [
        (numbered(1), {"skipped": 12}, "skipped"),
        (numbered(1), {"skipped": -1}, "skipped"),
        (numbered(1), {"bleed": -1}, "bleed"),
        (numbered(1), {"bleed": 11, "has_crop_marks": True}, "crop_marks"),
        ([*numbered(2), (symbol_art(), ["x" * 200])], {}, "captions"),
        ([*numbered(13), (symbol_art(), ["漢"])], {}, "captions"),
        ([(symbol_art(text="x" * 2000), ["a", "b", "c", "d"])], {}, "sheet"),
    ],
)
def test_what_cannot_be_printed_is_named(labels: list[tuple[Art, Any]], options: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        drawn(labels, OWN, **options)
    assert refused.value.field == field


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """Where anything is dark."""
    box = image.point(lambda level: 255 if level < 128 else 0).getbbox()
    assert box
    return box
