"""Styles in a batch: each code in its own, and those left out that would not scan."""

import pytest
import time_machine

from accounts.models import Workspace
from links.actions import NOBODY
from links.batches import job
from links.models import Code, Link, Style
from links.pictures import Drawer, filename_of
from links.qr.matrix import Symbol
from links.studio import looks, saving
from links.studio.files import Output
from tests.links.batches.conftest import ask, files_in, index_in, link_with_codes, work_on
from tests.links.studio.conftest import BLUE, base64_of, png

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def blue(workspace: Workspace) -> Style:
    return saving.save(Style(workspace=workspace), saving.Wanted("Blue", looks.parse(BLUE)), NOBODY)


@pytest.fixture
def with_logo(workspace: Workspace) -> Style:
    """Fit for codes that are drawn first in it, and for no others: these have less error correction to spare."""
    look = looks.parse({"logo": {"png": base64_of(png()), "width": 0.14}})
    return saving.save(Style(workspace=workspace), saving.Wanted("Logo", look, least_level="H"), NOBODY)


def qr_codes(link: Link) -> list[Code]:
    return list(link.codes.filter(kind="qr").select_related("domain", "style").order_by("pk"))


def test_each_code_is_drawn_in_its_style(workspace: Workspace, blue: Style, with_logo: Style) -> None:
    link = link_with_codes(workspace, 4)
    for code, style in zip(qr_codes(link), (blue, with_logo, None, blue), strict=True):
        Code.objects.filter(pk=code.pk).update(style=style)
    batch = ask(link)
    job.work_off(60)
    found, drawer = files_in(batch), Drawer.of(workspace.pk)
    levels = []
    for code in qr_codes(link):
        assert code.picture is not None
        levels.append(Symbol.from_json(code.picture).level)
        assert found[filename_of(code, "svg")] == drawer.draw(code, Output("svg", scale=4))
    assert levels[1] == "H"
    assert b"#1a237e" in found[filename_of(qr_codes(link)[0], "svg")]


def test_codes_that_would_not_scan_are_left_out_and_named(
    workspace: Workspace, with_logo: Style, clock: time_machine.Traveller
) -> None:
    link = link_with_codes(workspace, 4)
    printed, *rest = qr_codes(link)
    Drawer.of(workspace.pk).draw(printed, Output("svg"))
    Code.objects.filter(link=link).update(style=with_logo)
    batch = ask(link)
    work_on(batch, clock)  # one code at a time: the first message draws nothing at all
    assert (batch.state, batch.codes_drawn, batch.codes_total, batch.starts) == ("done", 3, 3, 0)
    assert [row["code"] for row in index_in(batch)] == [code.path for code in rest]
    (refused,) = batch.refused
    assert refused["line"] is None
    assert refused["message"].startswith(f"The code {printed.path} does not scan reliably in the style “Logo”.")


def test_with_all_left_out_there_is_no_file(workspace: Workspace, with_logo: Style) -> None:
    link = link_with_codes(workspace, 1)
    Drawer.of(workspace.pk).draw(qr_codes(link)[0], Output("svg"))
    Code.objects.filter(link=link).update(style=with_logo)
    batch = ask(link)
    job.work_off(60)
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert "does not scan reliably" in batch.failed
