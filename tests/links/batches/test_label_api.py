"""Label sheets over REST: by name or a grid of one's own, with captions; problems name the field; sizes of pictures."""

from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Workspace
from links.batches import job, stored
from links.batches.models import Batch
from links.batches.outputs import Labels, made_of
from links.models import Domain, Link
from links.qr.label_sheets import Printing
from links.qr.sheets import Sheet, named_sheets
from tests.links.batches.conftest import link_with_codes
from tests.links.batches.test_api import BATCHES, ask, content_of, errors_of

GRID: dict[str, Any] = {
    "paper": "Letter", "columns": 2, "rows": 3, "width": 90, "height": 80.5, "left": 10, "top": 10, "across": 95,
    "down": 85,
}  # fmt: skip


def test_from_the_question_to_the_file(api: Client, workspace: Workspace) -> None:
    link = link_with_codes(workspace, 3)
    asked = ask(api, link=link.pk, labels={"sheet": "avery-l7160", "captions": ["placement"], "skipped": 2})
    assert asked.status_code == 201, asked.content
    batch = asked.json()
    assert (batch["output"], batch["format"], batch["file_name"]) == ("labels", "pdf", "labels-menu-avery-l7160.pdf")
    assert batch["options"]["captions"] == ["placement"]
    job.work_off(60)
    response = api.get(f"{BATCHES}/{batch['id']}/file")
    assert response["Content-Type"] == "application/pdf"
    assert content_of(response).startswith(b"%PDF-1.7")


def test_everything_that_can_be_said_of_labels(api: Client, link: Link) -> None:
    said = {"skipped": 1, "bleed": 2.5, "ground": "#FFE0A0", "crop_marks": True, "color_space": "cmyk"}
    response = ask(
        api, link=link.pk, labels={"grid": GRID | {"left": 15, "top": 15}, "captions": ["title", "title"]} | said
    )
    assert response.status_code == 201, response.content
    sheet = Sheet(**GRID | {"left": 15, "top": 15})
    assert made_of(Batch.objects.get()) == Labels(sheet, Printing(1, 2.5, "#ffe0a0", True, "cmyk"), ("title",))


def test_a_file_and_its_captions_come_as_a_form(api: Client) -> None:
    file = SimpleUploadedFile("shops.csv", b"destination,Shop name\nhttps://a.example/,Rome\n")
    form = {"file": file, "labels.sheet": "herma-4610", "labels.captions": ["Shop name", "address"]}
    response = api.post(BATCHES, form)
    assert response.status_code == 201, response.content
    batch = Batch.objects.get()
    assert batch.options["captions"] == ["shop_name", "address"]
    assert batch.rows.get().captions == {"shop_name": "Rome"}
    file.seek(0)
    refused = api.post(BATCHES, form | {"labels.captions": ["room"]})
    assert "Line 1: There is no column “shop_name”." in errors_of(refused)["file"]


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ({"labels": {}}, "labels", "Send the name of a “sheet”, or a “grid”"),
        ({"labels": {"sheet": "avery-l7160", "grid": GRID}}, "labels", "Send the name of a “sheet”"),
        ({"labels": {"sheet": "avery"}}, "labels.sheet", "not a valid choice"),
        ({"labels": {"grid": GRID | {"columns": 3}}}, "labels.grid.columns", "290 mm do not fit on 215.9 mm"),
        ({"labels": {"grid": GRID | {"across": 89}}}, "labels.grid.across", "labels would overlap"),
        ({"labels": {"grid": GRID | {"width": "nan"}}}, "labels.grid.width", "valid number"),
        ({"labels": {"grid": {"paper": "A4"}}}, "labels.grid.rows", "required"),
        ({"labels": {"sheet": "avery-l7160", "skipped": 21}}, "labels.skipped", "from 0 to 20"),
        ({"labels": {"sheet": "herma-4610", "crop_marks": True}}, "labels.crop_marks", "Leave margins"),
        ({"labels": {"sheet": "avery-l7160", "ground": "#000000"}}, "labels.ground", "lighter colour"),
        (
            {"labels": {"sheet": "avery-l7160", "captions": ["shop"]}},
            "labels.captions",
            "There is no “shop”. Choose of",
        ),
        ({"labels": {"sheet": "avery-l7160", "captions": ["a"] * 9}}, "labels.captions", "no more than 8"),
        ({"labels": {"sheet": "avery-l7160"}, "format": "png"}, "format", "Leave this out"),
        ({"labels": {"sheet": "avery-l7160"}, "mm": 40}, "mm", "Leave this out"),
        ({"labels": "avery-l7160"}, "labels", "Invalid data"),
        ({"scale": 4, "mm": 40}, "mm", "Say how large it is in one way"),
        ({"mm": 1e9}, "mm", "less than or equal"),
        ({"mm": "nan"}, "mm", "valid number"),
    ],
)
def test_nonsense_is_a_problem_that_names_the_field(
    api: Client, link: Link, asked: dict[str, Any], field: str, says: str
) -> None:
    assert says in errors_of(ask(api, link=link.pk, **asked))[field]
    assert not Batch.objects.exists()


def test_pictures_of_a_size_in_print(api: Client, link: Link) -> None:
    for asked in ({"format": "pdf", "inches": 2}, {"format": "eps", "mm": 50.8, "color_space": "cmyk"}):
        ask(api, link=link.pk, **asked)
    ask(api, link=link.pk, format="pdf")
    job.work_off(60)
    boxes = []
    for batch in Batch.objects.order_by("pk"):
        with ZipFile(stored.path_of(batch)) as archive:
            (name,) = (name for name in archive.namelist() if name != "index.csv")
            head = archive.read(name).partition(b"Box")[2] if batch.format == "pdf" else archive.read(name)
            mark = b"[0 0 " if batch.format == "pdf" else b"%%HiResBoundingBox: 0 0 "
            boxes.append(float(head.partition(mark)[2].split()[0]) / 72 * 25.4)
    assert boxes == pytest.approx([50.8, 50.8, 40], abs=0.01)


def test_sheets_are_listed(api: Client, charlie_api: Client, site: Domain) -> None:
    for client in (api, charlie_api):
        found = {sheet["name"]: sheet for sheet in client.get("/api/v1/label-sheets").json()}
        assert set(found) == set(named_sheets())
        assert found["avery-5163"]["title"] == "Avery 5163"
        assert found["avery-5163"]["labels"] == 10
        assert found["avery-5163"]["width"] == 101.6
    assert Client(headers={"host": "q.example.com"}).get("/api/v1/label-sheets").status_code == 401


def test_charlie_prints_nothing_of_others(charlie_api: Client, link: Link) -> None:
    refused = ask(charlie_api, link=link.pk, labels={"sheet": "avery-l7160"})
    assert errors_of(refused) == {"link": "There is no link with this id."}
