"""The job of a batch: a thousand codes, in slices, killed, by several workers at once, cancelled, on a full disk."""

import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts.models import Workspace
from links import actions, jobs
from links.actions import create_link
from links.batches import archives, job, stored
from links.batches.actions import MOST_UNFINISHED, BatchRefused, forget_old_batches, remove_batch
from links.batches.models import Batch
from links.batches.tasks import forget_old_batches as forget_task
from links.batches.tasks import make_batches
from links.models import Campaign, Code, Domain, Link, Tag
from links.pictures import Drawer, filename_of, symbol_of
from links.qr.matrix import Symbol
from links.studio.files import CONTENT_TYPES, Output
from tests.links.batches.conftest import (
    NOW,
    Killed,
    ask,
    files_in,
    index_in,
    link_with_codes,
    slice_of,
    work_on,
)
from tests.links.qr.pictures import modules_of_svg, scanned

pytestmark = pytest.mark.usefixtures("site")


def qr_codes(link: Link) -> list[Code]:
    return list(link.codes.filter(kind="qr").select_related("domain").order_by("pk"))


def test_a_thousand_codes(workspace: Workspace) -> None:
    link = link_with_codes(workspace, 1000)
    batch = ask(link)
    assert (batch.state, batch.percent, batch.codes_total) == ("waiting", 0, 1000)
    job.work_off(60)
    batch.refresh_from_db()
    assert (batch.state, batch.percent, batch.codes_drawn, batch.codes_total) == ("done", 100, 1000, 1000)
    codes, found = qr_codes(link), files_in(batch)
    assert set(found) == {f"{code.path}-{code.placement.replace(' ', '-')}.svg" for code in codes} | {"index.csv"}
    index = index_in(batch)
    assert [(row["file"], row["code"], row["address"]) for row in index] == [
        (filename_of(code, "svg"), code.path, f"https://q.example.com/{code.path}") for code in codes
    ]
    assert [(row["placement"], row["code_id"]) for row in index] == [(code.placement, str(code.pk)) for code in codes]
    assert {(row["title"], row["destination"], row["link_id"]) for row in index} == {
        ("Menu", "https://example.com/menu", str(link.pk))
    }
    for code in codes[::97]:
        assert code.picture is not None
        assert modules_of_svg(found[filename_of(code, "svg")]) == Symbol.from_json(code.picture).modules()
    assert batch.size == stored.path_of(batch).stat().st_size
    assert stored.path_of(batch).stat().st_mode & 0o077 == 0
    assert not stored.index_of(batch).exists()


def test_what_a_scanner_reads_in_each_format(workspace: Workspace) -> None:
    link = link_with_codes(workspace, 12)
    for extension in CONTENT_TYPES:
        batch = ask(link, extension)
        job.work_off(60)
        found = files_in(batch)
        for code in qr_codes(link):
            drawn = Drawer.of(workspace.pk).draw(code, Output(extension, scale=4))
            assert found[filename_of(code, extension)][:2000] == drawn[:2000]
    png = ask(link, "png")
    job.work_off(60)
    found = files_in(png)
    for row in index_in(png)[::5]:
        assert scanned(found[row["file"]]).text == f"https://Q.EXAMPLE.COM/{row['code']}"


def test_of_a_campaign_and_of_a_tag(workspace: Workspace) -> None:
    campaign = Campaign.objects.create(workspace=workspace, name="Spring")
    made = [
        create_link(workspace, "https://example.com/", actor=actions.NOBODY, campaign=campaign, tags=["door"])
        for _ in range(3)
    ]
    link_with_codes(workspace, 2)
    actions.delete_link(made[0], actor=actions.NOBODY)
    expected = [str(code.pk) for link in made[1:] for code in qr_codes(link)]
    for thing in (campaign, Tag.objects.get()):
        batch = ask(thing)
        job.work_off(60)
        assert [row["code_id"] for row in index_in(batch)] == expected


def test_it_goes_on_where_it_stopped_and_says_how_far_it_is(
    workspace: Workspace, clock: time_machine.Traveller
) -> None:
    link = link_with_codes(workspace, 4)
    batch = ask(link)
    seen = []
    while not batch.is_over:
        slice_of(batch)
        clock.shift(2)
        batch.refresh_from_db()
        seen.append((batch.state, batch.percent))
    assert seen == [("running", 25), ("running", 50), ("running", 75), ("running", 99), ("done", 100)]
    assert [row["code"] for row in index_in(batch)] == [code.path for code in qr_codes(link)]
    assert batch.starts == 0


@pytest.mark.parametrize("slices", [0, 1, 5])
@pytest.mark.parametrize("moment", ["while drawing", "before the row says so"])
def test_a_killed_worker_costs_no_code_and_doubles_none(
    workspace: Workspace,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    slices: int,
    moment: str,
) -> None:
    link = link_with_codes(workspace, 12)
    batch = ask(link)
    for _ in range(slices):
        slice_of(batch)
        clock.shift(2)
    left: dict[Path, bytes] = {}

    def die(*_: Any) -> Any:
        """Leave the files as they are now: whatever is still written is not there for a process that is gone."""
        left.update({path: path.read_bytes() for path in Batch.folder().iterdir()})
        raise Killed

    kept, draw, drawn = archives.Archive.kept, Drawer.draw, 0

    def draw_three(*arguments: Any) -> bytes:
        nonlocal drawn
        drawn += 1
        return die() if drawn == 4 else draw(*arguments)

    def keep_and_die(archive: archives.Archive) -> Any:
        kept(archive)
        die()

    if moment == "while drawing":
        monkeypatch.setattr(Drawer, "draw", draw_three)
    else:
        monkeypatch.setattr(archives.Archive, "kept", keep_and_die)
    with pytest.raises(Killed):
        job.work_off(60)
    monkeypatch.undo()
    for path, content in left.items():
        path.write_bytes(content)
    batch.refresh_from_db()
    assert batch.codes_drawn == slices
    clock.shift(2)
    work_on(batch, clock)
    assert [row["code"] for row in index_in(batch)] == [code.path for code in qr_codes(link)]
    assert len(files_in(batch)) == 13


def test_two_workers_at_once_make_one_file(workspace: Workspace, clock: time_machine.Traveller) -> None:
    batch = ask(link_with_codes(workspace, 3))
    slice_of(batch)
    with jobs.held(stored.path_of(batch)):  # another process writes
        clock.shift(5)
        slice_of(batch)
        batch.refresh_from_db()
        assert batch.codes_drawn == 1
        with pytest.raises(jobs.Busy), jobs.held(stored.path_of(batch)):
            pass
    clock.shift(5)
    work_on(batch, clock)
    assert len(files_in(batch)) == 4


def test_who_claimed_it_first_has_it(workspace: Workspace) -> None:
    batch = ask(link_with_codes(workspace, 1))
    one, other = Batch.objects.get(pk=batch.pk), Batch.objects.get(pk=batch.pk)
    assert one.claim()
    assert not other.claim()


def test_another_host_leaves_it_alone_until_the_first_is_gone(
    workspace: Workspace, clock: time_machine.Traveller, settings: Settings, tmp_path: Path
) -> None:
    batch = ask(link_with_codes(workspace, 3))
    slice_of(batch)
    settings.BATCHES_DIR = tmp_path / "another-host"
    clock.shift(30)
    job.work_off(60)
    assert not stored.path_of(batch).exists()
    clock.shift(60)
    work_on(batch, clock)
    assert batch.starts == 1
    assert len(files_in(batch)) == 4


def test_cancelled_while_it_is_drawn(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    ask(link_with_codes(workspace, 3))
    draw = Drawer.draw

    def cancel_meanwhile(*arguments: Any) -> bytes:
        for batch in Batch.objects.all():
            remove_batch(batch)
        return draw(*arguments)

    monkeypatch.setattr(Drawer, "draw", cancel_meanwhile)
    job.work_off(60)
    assert not Batch.objects.exists()
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_said(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    batch = ask(link_with_codes(workspace, 2))

    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archives.Archive, "kept", full)
    job.work_off(60)
    batch.refresh_from_db()
    assert "no room left on the server's disk" in batch.failed
    assert list(folder.iterdir()) == []


def test_a_bug_is_said_and_stops_only_this_one(workspace: Workspace) -> None:
    link = link_with_codes(workspace, 2)
    broken, sound = ask(link), ask(link)
    Batch.objects.filter(pk=broken.pk).update(format="nonsense")
    job.work_off(60)
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert "Something went wrong" in broken.failed
    assert sound.state == "done"


def test_a_database_that_is_away_is_waited_for(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    batch = ask(link_with_codes(workspace, 3))

    def away(*_: Any) -> Any:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(Batch, "mine", away)
    with pytest.raises(OperationalError):
        job.work_off(60)
    monkeypatch.undo()
    clock.shift(2)
    work_on(batch, clock)
    assert batch.state == "done"


def test_codes_that_are_gone_fail_with_words(workspace: Workspace) -> None:
    link = link_with_codes(workspace, 2)
    batch = ask(link)
    actions.delete_link(link, actor=actions.NOBODY)
    job.work_off(60)
    batch.refresh_from_db()
    assert (batch.state, batch.failed) == ("failed", job.NOTHING_LEFT)


def test_a_first_drawing_by_somebody_else_is_kept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = qr_codes(link_with_codes(workspace, 2))
    drawn, other = Symbol.of, Symbol.of("https://q.example.com/OTHER")

    def draw_meanwhile(text: str, **options: Any) -> Symbol:
        Code.objects.filter(pk=codes[0].pk).update(picture=other.to_json())
        return drawn(text, **options)

    monkeypatch.setattr(Symbol, "of", draw_meanwhile)
    Drawer.of(workspace.pk).put_symbols(codes)
    assert [symbol_of(code).text[-5:] == "OTHER" for code in codes] == [True, False]
    codes[1].refresh_from_db()
    assert codes[1].picture is not None


def test_a_name_that_is_taken_gets_a_number(workspace: Workspace, site: Domain) -> None:
    link = link_with_codes(workspace, 1)
    second = Domain.objects.create(host="s.example.com", scheme="https")
    path = qr_codes(link)[0].path
    Code.objects.create(link=link, domain=second, path=path.lower(), canonical=path, placement="Door 0")
    batch = ask(link)
    job.work_off(60)
    assert set(files_in(batch)) == {f"{path}-door-0.svg", f"{path.lower()}-door-0-2.svg", "index.csv"}


def test_nothing_in_the_index_is_a_formula(workspace: Workspace) -> None:
    title, placement = '=HYPERLINK("http://evil.example/")', "@SUM(1+1)*cmd|' /C calc'!A0"
    link = create_link(workspace, "https://example.com/", actor=actions.NOBODY, title=title, placement=placement)
    batch = ask(link)
    job.work_off(60)
    (row,) = index_in(batch)
    assert (row["title"], row["placement"]) == ("'" + title, "'" + placement)


def test_queries_grow_by_the_hundred_codes(workspace: Workspace) -> None:
    counts = []
    for n, count in enumerate((10, 90, 190)):
        batch = ask(link_with_codes(workspace, count, f"link-{n}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            job.work_off(60)
        batch.refresh_from_db()
        assert batch.state == "done"
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[2] - counts[1] < 10


def test_only_so_many_at_once(workspace: Workspace) -> None:
    link = link_with_codes(workspace, 1)
    for _ in range(MOST_UNFINISHED):
        ask(link)
    with pytest.raises(BatchRefused, match="Wait for one"):
        ask(link)
    remove_batch(Batch.objects.all()[0])
    ask(link)


def test_too_many_codes_and_none_are_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("links.batches.actions.MOST_CODES", 3)
    with pytest.raises(BatchRefused, match="These are 4 codes; a batch holds at most 3"):
        ask(link_with_codes(workspace, 4))
    with pytest.raises(BatchRefused, match="no QR code"):
        ask(Campaign.objects.create(workspace=workspace, name="Empty"))


def test_files_go_when_their_time_is_over(
    workspace: Workspace, clock: time_machine.Traveller, folder: Path, settings: Settings
) -> None:
    link = link_with_codes(workspace, 1)
    old = ask(link)
    make_batches()
    clock.shift(timedelta(days=settings.BATCH_DAYS) - timedelta(minutes=1))
    young = ask(link)
    make_batches()
    (folder / "999999.zip").write_text("of a batch whose row is gone")
    (folder / "keep.txt").write_text("not ours")
    clock.shift(timedelta(minutes=2))
    forget_task()
    forget_old_batches()
    assert list(Batch.objects.all()) == [young]
    assert {path.name for path in folder.iterdir()} == {f"{young.pk}.zip", "keep.txt"}
    assert not stored.path_of(old).exists()


@given(st.integers(0, 10**4), st.integers(0, 10**4), st.integers(0, 10**4), st.integers(0, 10**4))
def test_a_hundred_percent_is_only_all_of_it(made: int, links: int, drawn: int, codes: int) -> None:
    batch = Batch(links_made=made, links_total=links, codes_drawn=drawn, codes_total=codes)
    assert 0 <= batch.percent <= 99
    batch.done_at = NOW
    assert batch.percent == 100
