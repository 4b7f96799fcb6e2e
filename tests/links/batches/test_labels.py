"""Batches on sheets of labels: every code on its label, gone on with page by page; what does not fit is named first."""

import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Workspace
from links.actions import NOBODY
from links.batches import fitting, job, sheets, stored
from links.batches.actions import BatchRefused, remove_batch
from links.batches.models import Batch
from links.batches.outputs import Labels
from links.batches.rows import RowsRefused
from links.models import Code, Link, Style
from links.qr import label_layout
from links.qr.art import Art
from links.qr.label_layout import Label
from links.qr.label_sheets import Printing
from links.qr.sheets import Sheet, named_sheets
from links.studio import looks, saving
from tests.links.batches.conftest import Killed, ask, ask_for_rows, link_with_codes, slice_of, work_on
from tests.links.qr import printers
from tests.links.qr.test_label_sheets import DPI, read_all
from tests.links.studio.conftest import BLUE

pytestmark = pytest.mark.usefixtures("site")

FOUR = Sheet("A4", columns=2, rows=2, width=80, height=60, left=20, top=20, across=90, down=70)


def labels(*captions: str, sheet: Sheet = FOUR, **printing: Any) -> Labels:
    return Labels(sheet, Printing(**printing), captions)


def qr_codes(link: Link) -> list[Code]:
    return list(link.codes.filter(kind="qr").order_by("pk"))


def made(batch: Batch) -> bytes:
    batch.refresh_from_db()
    assert (batch.state, batch.failed) == ("done", "")
    content = stored.path_of(batch).read_bytes()
    assert len(content) == batch.size
    assert [path.name for path in Batch.folder().iterdir() if path.stem == str(batch.pk)] == [f"{batch.pk}.pdf"]
    return content


def printed(pdf: bytes, folder: Path, page: int) -> list[str]:
    """The codes of a page as a decoder reads them, row by row."""
    found = read_all(printers.poppler(pdf, folder, DPI, page))
    return [text for text, _, _ in sorted(found, key=lambda code: (round(code[2] / 20), code[1]))]


def test_every_code_is_on_its_label(workspace: Workspace, tmp_path: Path) -> None:
    link = link_with_codes(workspace, 30)
    batch = ask(link, labels=labels("placement", "address", sheet=named_sheets()["avery-l7159"], skipped=3))
    job.work_off(60)
    pdf = made(batch)
    assert batch.file_name == "labels-menu-own.pdf"
    assert printers.information(pdf, tmp_path)["Pages"] == "2"
    assert printers.information(pdf, tmp_path)["Title"] == "Codes of the link “Menu”"
    read = [*printed(pdf, tmp_path, 1), *printed(pdf, tmp_path, 2)]
    assert read == [f"https://Q.EXAMPLE.COM/{code.path}" for code in qr_codes(link)]
    assert (batch.codes_drawn, batch.codes_total, batch.refused) == (30, 30, [])


def test_rows_bring_captions_of_their_own(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []

    def lay_out(art: Art, lines: list[str], *more: Any) -> Label:
        told.append(lines)
        return label_layout.lay_out(art, lines, *more)

    monkeypatch.setattr(sheets, "lay_out", lay_out)
    text = "destination,title,Shop name\nhttps://a.example/,One,=HYPERLINK(1)\nhttps://b.example/,Two,Łódź\n"
    batch = ask_for_rows(workspace, text, labels("shop_name", "title", "placement", "destination"))
    job.work_off(60)
    made(batch)
    assert told == [
        ["=HYPERLINK(1)", "One", "", "https://a.example/"],
        ["Łódź", "Two", "", "https://b.example/"],
    ]


def test_a_slice_ends_between_pages(workspace: Workspace, clock: time_machine.Traveller) -> None:
    batch = ask(link_with_codes(workspace, 9), labels=labels(skipped=1))
    seen = []
    while not batch.is_over:
        slice_of(batch)
        clock.shift(2)
        batch.refresh_from_db()
        seen.append(batch.codes_drawn)
    assert seen == [3, 7, 9]
    assert batch.starts == 0


@pytest.mark.parametrize("kills", [1, 3])
def test_a_killed_worker_costs_its_own_slice(
    workspace: Workspace, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, kills: int
) -> None:
    link, wanted = link_with_codes(workspace, 14), labels("address", ground="#ffe0a0")
    whole = ask(link, labels=wanted)
    work_on(whole, clock)
    batch = ask(link, labels=wanted)
    kept = sheets.Sheets.kept

    def keep_and_die(target: sheets.Sheets) -> Any:
        kept(target)
        raise Killed

    for _ in range(kills):
        slice_of(batch)
        clock.shift(2)
        monkeypatch.setattr(sheets.Sheets, "kept", keep_and_die)
        with pytest.raises(Killed):
            slice_of(batch)
        monkeypatch.undo()
        batch.refresh_from_db()
        assert stored.path_of(batch).stat().st_size > batch.size > 0
        clock.shift(2)
    work_on(batch, clock)
    assert made(batch) == made(whole)
    assert batch.starts == 0


@pytest.mark.parametrize("left", [b"%PDF", b"%PDF" + bytes(100_000)], ids=["shorter", "another, and longer"])
def test_files_that_are_not_as_the_row_says_are_begun_anew(
    workspace: Workspace, clock: time_machine.Traveller, left: bytes
) -> None:
    batch = ask(link_with_codes(workspace, 9), labels=labels())
    slice_of(batch)
    stored.path_of(batch).write_bytes(left)
    clock.shift(2)
    work_on(batch, clock)
    made(batch)
    assert (batch.starts, batch.codes_drawn) == (1, 9)


def test_a_batch_that_is_taken_away_leaves_nothing(workspace: Workspace, folder: Path) -> None:
    batch, other = (ask(link_with_codes(workspace, 5), labels=labels()) for _ in range(2))
    job.work_off(60)
    slice_of(other)
    for each in (batch, other):
        each.refresh_from_db()
        remove_batch(each)
    assert list(folder.iterdir()) == []


def test_codes_that_would_not_scan_leave_no_gap(workspace: Workspace, tmp_path: Path) -> None:
    """What is seen on a coloured label is judged on its colour, whatever the style's certificate says of paper."""
    look = looks.parse(BLUE | {"background": None})
    blue = saving.save(Style(workspace=workspace), saving.Wanted("Blue", look), NOBODY)
    link = link_with_codes(workspace, 3)
    left_out, *rest = qr_codes(link)
    Code.objects.filter(pk=left_out.pk).update(style=blue)
    light, dark = (ask(link, labels=labels(ground=ground)) for ground in ("#fff3c4", "#808080"))
    job.work_off(60)
    assert len(printed(made(light), tmp_path, 1)) == 3
    assert printed(made(dark), tmp_path, 1) == [f"https://Q.EXAMPLE.COM/{code.path}" for code in rest]
    (refused,) = dark.refused
    assert refused["message"].startswith(f"The code {left_out.path} does not scan reliably in the style “Blue”.")


@pytest.mark.parametrize(
    ("placement", "says"),
    [
        ("x" * 100, "Use shorter captions or larger labels: “xxxx"),
        ("漢字", "Leave out “漢” (U+6F22), “字” (U+5B57): the font of labels cannot draw this."),
        ("שלום", "the font of labels cannot draw this"),
    ],
)
def test_captions_that_do_not_fit_are_told_before_anything_is_made(
    workspace: Workspace, placement: str, says: str
) -> None:
    wanted = labels("placement", sheet=named_sheets()["avery-l7651"])
    link = link_with_codes(workspace, 3)
    code = qr_codes(link)[1]
    Code.objects.filter(pk=code.pk).update(placement=placement)
    with pytest.raises(BatchRefused) as refused:
        ask(link, labels=wanted)
    (sentence,) = refused.value.sentences
    assert sentence.startswith(f"The code {code.path}: ")
    assert says in sentence
    text = f"destination,placement\nhttps://a.example/,ok\nhttps://b.example/,{placement}\n"
    with pytest.raises(BatchRefused) as refused:
        ask_for_rows(workspace, text, wanted)
    assert refused.value.sentences[0].startswith("Line 3: ")
    assert says in refused.value.sentences[0]
    assert not Batch.objects.exists()


def test_nobody_waits_for_long_to_hear_what_does_not_fit(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    """What is not looked at in time is named when it is drawn."""
    monkeypatch.setattr(fitting, "SECONDS", -1.0)
    link = link_with_codes(workspace, 3)
    Code.objects.filter(pk=qr_codes(link)[1].pk).update(placement="x" * 100)
    batch = ask(link, labels=labels("placement"))
    work_on(batch, clock)
    batch.refresh_from_db()
    assert (batch.codes_drawn, len(batch.refused)) == (2, 1)


def test_labels_too_small_for_the_code_are_told(workspace: Workspace) -> None:
    small = Sheet("A4", columns=1, rows=1, width=9, height=9, left=0, top=0, across=9, down=9)
    with pytest.raises(BatchRefused, match=r"would be 0\.21 mm wide, and at least 0\.25 mm can be scanned"):
        ask(link_with_codes(workspace, 1), labels=labels(sheet=small))
    with pytest.raises(BatchRefused) as refused:
        ask(link_with_codes(workspace, 12), labels=labels(sheet=small))
    (sentence,) = refused.value.sentences
    assert re.match(r"The codes (\w{6}, ){9}\w{6} and 2 more: Use larger labels", sentence)


def test_columns_that_no_caption_names_are_refused_as_before(workspace: Workspace) -> None:
    text = "destination,placment,shop\nhttps://a.example/,door,Rome\n"
    with pytest.raises(RowsRefused, match="There is no column “placment”"):
        ask_for_rows(workspace, text, labels("shop"))
    with pytest.raises(
        RowsRefused, match=r"The caption “room” is no column of this file\. It has: destination, shop\."
    ):
        ask_for_rows(workspace, "destination,shop\nhttps://a.example/,Rome\n", labels("shop", "room"))
    with pytest.raises(RowsRefused, match="Line 2, shop: Use one line without control characters"):
        ask_for_rows(workspace, 'destination,shop\nhttps://a.example/,"Ro\nme"\n', labels("shop"))


def test_queries_grow_by_the_hundred_labels(workspace: Workspace) -> None:
    counts = []
    for count in (20, 90, 190):
        rows = "".join(f"https://example.com/{n},Shop {n}\n" for n in range(count))
        batch = ask_for_rows(workspace, "destination,shop\n" + rows, labels("shop"))
        batch.claim()
        while batch.is_making_links:
            job._make_links(batch, 0.0)
        Batch.objects.filter(pk=batch.pk).update(worked_at=None)
        with CaptureQueriesContext(connection) as queries:
            job.work_off(60)
        made(batch)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[2] - counts[1] < 10
