"""Erased scans are in no export: not in earlier files, not in those in the making, not in those asked for meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Workspace
from analytics.erasure import job as erasing
from analytics.erasure.requests import Days, request_erasure
from analytics.exports import files, job, scans
from analytics.exports.actions import request_export
from analytics.exports.erased import take_away_exports
from analytics.exports.formats import Format
from analytics.exports.models import Export
from analytics.exports.wanted import ALL_CLASSES, Wanted, What
from analytics.models import Erasure, Scan
from analytics.periods import Interval, Period
from analytics.reports import Subject
from links.actions import NOBODY
from links.models import Campaign, Link, Tag
from tests.analytics.exports.conftest import NOW, Make
from tests.links.factories import a_code

TODAY = NOW.date()

pytestmark = pytest.mark.usefixtures("clock", "small_pages")


def ask(thing: Any, what: What = What.SCANS, days: int = 30, ago: int = 0) -> Export:
    subject = Subject.of(thing)
    period = Period.last_days(subject.zone, NOW - timedelta(days=ago), days, Interval.MONTH)
    return request_export(Wanted(what, subject, period, ALL_CLASSES), Format.CSV, bom=False, actor=NOBODY)


def made(thing: Any, **asked: Any) -> Export:
    export = ask(thing, **asked)
    job.work_off(60)
    export.refresh_from_db()
    assert export.state == "done"
    return export


def erase(workspace: Workspace, link: Link | None = None, ago: int = 0) -> Erasure:
    day = TODAY - timedelta(days=ago)
    return request_erasure(workspace, link, Days.parse(workspace, day, day))


def page_of(export: Export) -> None:
    """One message with so little time that it writes a page and stops."""
    export.refresh_from_db()
    assert export.claim()
    job._work_on(export, 0.0)


def ids_in(export: Export) -> list[str]:
    return [line.split(",")[0].strip('"') for line in files.path_of(export).read_text().splitlines()[1:]]


def test_a_file_that_may_hold_erased_scans_goes_at_once(link: Link, make_scans: Make, folder: Path) -> None:
    make_scans(5)
    made(link.workspace)
    erasure = erase(link.workspace, link)
    assert (erasure.exports_removed, erasure.exports_restarted) == (1, 0)
    assert not Export.objects.exists()
    assert list(folder.iterdir()) == []


def test_which_files_go(link: Link, make_scans: Make, site: Any) -> None:
    workspace = link.workspace
    campaign, tag = (kind.objects.create(workspace=workspace, name="Spring") for kind in (Campaign, Tag))
    other = a_code(workspace)
    code = link.codes.select_related("link__workspace").get()
    make_scans(5)
    going = [made(thing) for thing in (workspace, campaign, tag, link, code)]
    staying = [made(thing) for thing in (other.link, other)]
    staying += [made(workspace, what=what) for what in What if what is not What.SCANS]
    staying += [made(workspace, days=5, ago=2), made(workspace, days=1, ago=1)]
    erasure = erase(workspace, link)
    assert list(Export.objects.order_by("pk")) == staying
    assert erasure.exports_removed == len(going)
    assert [files.path_of(export).exists() for export in going + staying] == [False] * 5 + [True] * len(staying)


def test_of_the_whole_workspace_every_link_goes_and_nobody_elses(
    link: Link, other_workspace: Workspace, make_scans: Make, site: Any
) -> None:
    make_scans(2)
    made(link)
    theirs = made(other_workspace)
    assert erase(link.workspace).exports_removed == 1
    assert list(Export.objects.all()) == [theirs]


@pytest.mark.parametrize("pages", [1, 2])
def test_one_in_the_making_begins_anew_without_them(
    link: Link, make_scans: Make, clock: time_machine.Traveller, pages: int
) -> None:
    make_scans(25)
    kept = {str(scan.pk) for scan in make_scans(3, link_id=a_code(link.workspace).link_id)}
    export = ask(link.workspace)
    for _ in range(pages):
        page_of(export)
        clock.shift(2)
    erasure = erase(link.workspace, link)
    assert (erasure.exports_removed, erasure.exports_restarted) == (0, 1)
    assert not files.path_of(export).exists()
    clock.shift(2)
    job.work_off(60)
    export.refresh_from_db()
    assert (export.state, export.rows, export.total) == ("done", 3, 3)
    assert set(ids_in(export)) == kept
    assert Scan.objects.filter(link_id=link.pk).count() == 25, "the job of the erasure has not begun"


def _erased_before(name: str, link: Link, monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    """The erasure comes just before the worker's first call of a function, while its page is in memory."""
    function: Callable[..., Any] = getattr(module, name)

    def erase_first(*args: Any, **options: Any) -> Any:
        if not Erasure.objects.exists():
            erase(link.workspace, link)
        return function(*args, **options)

    monkeypatch.setattr(module, name, erase_first)


@pytest.mark.parametrize(("module", "name"), [(files, "kept"), (job, "_keep"), (scans, "_rows")])
def test_a_worker_with_erased_scans_in_its_hands_writes_nothing_down(
    link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller, module: Any, name: str
) -> None:
    make_scans(5)
    export = ask(link)
    _erased_before(name, link, monkeypatch, module)
    job.work_off(60)
    export.refresh_from_db()
    assert (export.state, export.rows, export.size, export.starts) == ("running", 0, 0, 1)
    clock.shift(2)
    job.work_off(60)
    export.refresh_from_db()
    assert (export.state, ids_in(export)) == ("done", [])


def test_a_worker_that_fails_meanwhile_leaves_the_new_beginning_alone(
    link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    make_scans(5)
    export = ask(link)

    def fail(*_: Any) -> Any:
        erase(link.workspace, link)
        files.path_of(export).write_text("of another worker")
        raise ValueError

    monkeypatch.setattr(files, "kept", fail)
    job.work_off(60)
    export.refresh_from_db()
    assert export.failed == ""
    assert files.path_of(export).exists()


def test_what_is_asked_for_before_the_erasure_is_done_leaves_them_out(
    link: Link, make_scans: Make, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_scans(5)
    make_scans(2, link_id=link.pk + 1)
    erasure = erase(link.workspace, link)
    export = made(link.workspace)
    assert len(ids_in(export)) == 2
    now = api.get("/api/v1/exports/now?what=scans")
    assert len(b"".join(now.streaming_content).splitlines()) == 3  # type: ignore[attr-defined]
    erasing.work_off(60)
    erasure.refresh_from_db()
    assert (erasure.exports_removed, erasure.exports_restarted) == (0, 0), "it left them out, so it stays"
    assert Export.objects.get() == export


def test_the_job_sees_to_files_that_were_left_by_a_killed_process(link: Link, make_scans: Make) -> None:
    make_scans(5)
    made(link)
    erasure = erase(link.workspace)
    made(link)
    Erasure.objects.update(exports_removed=None)
    erasing.work_off(60)
    assert not Export.objects.exists()
    take_away_exports(erasure)
    erasure.refresh_from_db()
    assert erasure.exports_removed == 1


def test_the_answer_and_the_page_say_how_many(
    link: Link, make_scans: Make, api: Client, alice_client: Client, clock: time_machine.Traveller
) -> None:
    make_scans(25)
    made(link)
    page_of(running := ask(link))
    confirm = alice_client.post("/w/acme/erase", {"link": "", "first": str(TODAY), "last": str(TODAY)})
    assert "1 export file that may hold some of them goes, too" in " ".join(confirm.content.decode().split())
    days = {"from": str(TODAY), "to": str(TODAY)}
    answer = api.post("/api/v1/erasures", days, content_type="application/json").json()
    assert (answer["exports_removed"], answer["exports_restarted"]) == (1, 1)
    assert "were removed: 1." in answer["explanation"]
    assert "began anew without them: 1." in answer["explanation"]
    assert "were removed: 1." in alice_client.get("/w/acme/erase").content.decode()
    assert api.get(f"/api/v1/exports/{running.pk}").json()["rows"] == 0
