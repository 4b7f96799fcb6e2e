"""Label sheets on the page of batches: measures beside their fields, a sketch of the sheet, nothing for strangers."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import actions
from links.batches import job
from links.batches.models import Batch
from links.batches.outputs import Labels, made_of
from links.models import Campaign, Link
from links.qr.label_sheets import Printing
from links.qr.sheets import Sheet, named_sheets
from tests.links.batches.conftest import link_with_codes
from tests.links.batches.test_pages import PAGE, ZIP, page

NAMED = {
    "codes_of": "codes",
    "output": "labels",
    "sheet": "herma-4610",
    "skipped": "0",
    "bleed": "0",
    "color_space": "rgb",
}
OWN = NAMED | {
    "sheet": "own",
    "paper": "A4",
    "columns": "3",
    "rows": "4",
    "label_width": "50",
    "label_height": "60",
    "left": "15",
    "top": "15",
    "across": "58",
    "down": "66",
}
COLOURED = {"has_ground": "on", "ground": "#fff3c4"}
GRID = Sheet("A4", columns=3, rows=4, width=50, height=60, left=15, top=15, across=58, down=66)


def of(link: Link, **typed: Any) -> dict[str, Any]:
    return OWN | {"of": f"link:{link.pk}"} | typed


def test_a_named_sheet_from_the_form_to_the_download(alice_client: Client, workspace: Workspace) -> None:
    link = link_with_codes(workspace, 3)
    answer = alice_client.post(PAGE, NAMED | {"of": f"link:{link.pk}", "captions": ["title", "code"]}, follow=True)
    assert "This page shows how far it is" in page(answer)
    batch = Batch.objects.get()
    sheet = named_sheets()["herma-4610"]
    assert made_of(batch) == Labels(sheet, Printing(), ("title", "code"), "herma-4610")
    job.work_off(60)
    response = alice_client.get(f"{PAGE}/{batch.pk}/download")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="labels-menu-herma-4610.pdf"'
    assert b"".join(response.streaming_content).startswith(b"%PDF-1.7")  # type: ignore[attr-defined]


def test_a_grid_of_ones_own_with_colour_and_marks(alice_client: Client, link: Link) -> None:
    typed = of(
        link, skipped="2", has_ground="on", ground="#FFE0A0", bleed="1.5", has_crop_marks="on", color_space="cmyk"
    )
    assert alice_client.post(PAGE, typed).status_code == 302
    assert made_of(Batch.objects.get()) == Labels(GRID, Printing(2, 1.5, "#ffe0a0", True, "cmyk"))


def test_columns_of_a_file_stand_beside_its_codes(alice_client: Client, workspace: Workspace, link: Link) -> None:
    file = SimpleUploadedFile("shops.csv", b"destination,Shop name,room\nhttps://a.example/,Rome,7\n")
    typed = NAMED | {"codes_of": "file", "captions": ["address"], "cells": "Shop name, room"}
    assert alice_client.post(PAGE, typed | {"file": file}).status_code == 302
    batch = Batch.objects.get()
    assert batch.options["captions"] == ["address", "shop_name", "room"]
    assert batch.rows.get().captions == {"shop_name": "Rome", "room": "7"}
    file.seek(0)
    assert "There is no column “room”." in page(alice_client.post(PAGE, typed | {"file": file, "cells": "Shop name"}))


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"sheet": "herma-1"}, "sheet", "Select a valid choice"),
        ({"paper": "A0"}, "paper", "Select a valid choice"),
        ({"columns": "0"}, "columns", "greater than or equal to 1"),
        ({"columns": "9" * 400}, "columns", "less than or equal to 100"),
        ({"columns": "4"}, "columns", "Use fewer or smaller: 239 mm do not fit on 210 mm."),
        ({"rows": "5"}, "rows", "Use fewer or smaller"),
        ({"rows": ""}, "rows", "This field is required."),
        ({"label_width": "4"}, "label_width", "greater than or equal to 5"),
        ({"label_height": "nan"}, "label_height", "Enter a number."),
        ({"left": "-1"}, "left", "greater than or equal to 0"),
        ({"top": "301"}, "top", "less than or equal to 300"),
        ({"across": "49"}, "across", "Use at least 50 mm: labels would overlap."),
        ({"down": "59"}, "down", "labels would overlap"),
        ({"skipped": "12"}, "skipped", "Use a number from 0 to 11."),
        (COLOURED | {"bleed": "21"}, "bleed", "less than or equal to 20"),
        (COLOURED | {"bleed": "11", "has_crop_marks": "on"}, "has_crop_marks", "Leave margins of 16 mm"),
        ({"has_ground": "on", "ground": "red"}, "ground", "Write the colour as # and six digits"),
        ({"has_ground": "on", "ground": "#202020"}, "ground", "Choose a lighter colour: captions on it are black."),
        ({"captions": ["price"]}, "captions", "Select a valid choice"),
        ({"color_space": "lab"}, "color_space", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    alice_client: Client, link: Link, typed: dict[str, Any], field: str, says: str
) -> None:
    answer = alice_client.post(PAGE, of(link, **typed))
    assert answer.status_code == 200
    assert says in str(answer.context["form"].errors[field])
    beside = page(answer).partition(f'id="id_{field}_error"')[2].partition("</div> </div>")[0]
    assert says in beside
    assert not Batch.objects.exists()


def test_what_a_choice_leaves_out_may_hold_anything(alice_client: Client, link: Link) -> None:
    nonsense = dict.fromkeys(("columns", "rows", "across", "ground", "bleed", "width", "dpi", "format"), "nonsense")
    assert alice_client.post(PAGE, NAMED | {"of": f"link:{link.pk}"} | nonsense).status_code == 302
    assert alice_client.post(PAGE, ZIP | {"of": f"link:{link.pk}", "sheet": "?", "skipped": "-1"}).status_code == 302
    assert [batch.output for batch in Batch.objects.order_by("pk")] == ["labels", "zip"]


def test_captions_that_do_not_fit_are_named(alice_client: Client, link: Link) -> None:
    code = link.codes.get(kind="qr")
    actions.change_code(code, {"placement": "漢字"}, actor=actions.NOBODY)
    shown = page(alice_client.post(PAGE, of(link, captions=["placement"])))
    assert (
        f"The code {code.path}: Leave out “漢” (U+6F22), “字” (U+5B57): the font of labels cannot draw this." in shown
    )
    assert not Batch.objects.exists()


def test_the_sketch_follows_the_form(alice_client: Client, workspace: Workspace) -> None:
    link = link_with_codes(workspace, 25)
    answer = alice_client.get(PAGE, {"of": f"link:{link.pk}", "output": "labels"})
    assert answer.context["form"]["output"].value() == "labels"
    assert "21 labels on a sheet, A4. 25 codes on 2 sheets." in page(answer)
    drawn = page(alice_client.post(f"{PAGE}/sheet", of(link, skipped="3")))
    assert "12 labels on a sheet, A4. 25 codes on 3 sheets." in drawn
    assert "data:image/svg+xml;base64," in drawn
    assert "12 labels on a sheet, A4. </p>" in page(alice_client.post(f"{PAGE}/sheet", OWN | {"codes_of": "file"}))
    wrong = page(alice_client.post(f"{PAGE}/sheet", of(link, across="49")))
    assert "No sheet can be shown yet." in wrong
    assert "Step to the right, mm: Use at least 50 mm: labels would overlap." in wrong
    assert alice_client.get(f"{PAGE}/sheet").status_code == 405


def test_pages_lead_to_labels(alice_client: Client, workspace: Workspace, link: Link) -> None:
    campaign = Campaign.objects.create(workspace=workspace, name="Spring")
    actions.change_link(link, {"campaign": campaign, "tags": ["door"]}, actor=actions.NOBODY)
    tag = link.tags.get()
    for where, source in (
        (f"links/{link.pk}", f"link:{link.pk}"),
        (f"campaigns/{campaign.pk}", f"campaign:{campaign.pk}"),
        ("tags", f"tag:{tag.pk}"),
    ):
        assert f'href="{PAGE}?of={source}&amp;output=labels"' in page(alice_client.get(f"/w/acme/{where}"))


def test_the_sketch_asks_little(
    alice_client: Client, workspace: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    typed = of(link_with_codes(workspace, 2))
    with django_assert_num_queries(8) as first:
        alice_client.post(f"{PAGE}/sheet", typed)
    link_with_codes(workspace, 30)
    with django_assert_num_queries(len(first)):
        alice_client.post(f"{PAGE}/sheet", typed)


def test_charlie_finds_nothing(charlie_client: Client, other_workspace: Workspace, link: Link) -> None:
    for where in (PAGE, f"{PAGE}/sheet"):
        assert charlie_client.post(where, of(link)).status_code == 404
    assert "Choose one of the list." in page(charlie_client.post("/w/other/batches", of(link)))
    assert "codes on" not in page(charlie_client.post("/w/other/batches/sheet", of(link)))
    assert not Batch.objects.exists()
