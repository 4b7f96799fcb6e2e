"""The job of an export: in slices, killed, by several workers at once, cancelled, refused, on a full disk."""

import csv
import errno
import fcntl
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import time_machine
from django.db import OperationalError
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from analytics.exports import files, job, scans
from analytics.exports.actions import MOST_UNFINISHED, TooMany, forget_old_exports, remove_export, request_export
from analytics.exports.formats import Format
from analytics.exports.models import Export
from analytics.exports.wanted import ALL_CLASSES, Wanted, What
from analytics.models import Scan
from analytics.periods import Interval, Period
from analytics.reports import Subject
from analytics.tasks import make_exports
from links import jobs
from links.actions import NOBODY
from links.models import Link
from tests.analytics.exports.conftest import NOW, Make


class Killed(BaseException):
    """As if the process were gone: no handler of the product sees it."""


pytestmark = pytest.mark.usefixtures("clock", "small_pages")


def ask(thing: Any, what: What = What.SCANS, format: Format = Format.CSV) -> Export:
    subject = Subject.of(thing)
    period = Period.last_days(subject.zone, NOW, 30, Interval.MONTH)
    return request_export(Wanted(what, subject, period, ALL_CLASSES), format, bom=False, actor=NOBODY)


def work_on(export: Export, clock: time_machine.Traveller) -> int:
    """Message after message until it is over; returns how many that took."""
    for count in range(1, 100):
        slice_of_one_page()
        clock.shift(2)
        export.refresh_from_db()
        if export.is_over:
            return count
    raise AssertionError("it is never over")


def slice_of_one_page() -> None:
    """One message with so little time that it writes a page and stops."""
    export = Export.objects.unfinished().select_related("workspace").order_by("worked_at").first()
    assert export is not None
    if export.claim():
        job._work_on(export, 0.0)


def ids_in(export: Export) -> list[str]:
    return [row[0] for row in rows_in(export)[1:]]


def rows_in(export: Export) -> list[list[str]]:
    with files.path_of(export).open(newline="") as file:
        return list(csv.reader(file))


def all_ids() -> list[str]:
    return [str(pk) for pk in Scan.objects.order_by("at", "event_id").values_list("pk", flat=True)]


def test_a_message_makes_a_file(link: Link, make_scans: Make) -> None:
    make_scans(25)
    export = ask(link)
    assert (export.state, export.percent, export.total) == ("waiting", 0, 25)
    make_exports()
    export.refresh_from_db()
    assert (export.state, export.percent, export.rows, export.total) == ("done", 100, 25, 25)
    assert ids_in(export) == all_ids()
    assert export.size == files.path_of(export).stat().st_size
    assert files.path_of(export).stat().st_mode & 0o077 == 0


def test_it_goes_on_where_it_stopped_and_says_how_far_it_is(
    link: Link, make_scans: Make, clock: time_machine.Traveller
) -> None:
    make_scans(40)
    export = ask(link)
    seen = []
    while not export.is_over:
        slice_of_one_page()
        clock.shift(2)
        export.refresh_from_db()
        seen.append((export.state, export.percent))
    assert seen == [("running", 25), ("running", 50), ("running", 75), ("running", 99), ("done", 100)]
    assert ids_in(export) == all_ids()


@pytest.mark.parametrize("moment", ["after writing", "after keeping", "at the end"])
@pytest.mark.parametrize("format", list(Format))
def test_a_killed_worker_costs_no_row_and_doubles_none(
    link: Link,
    make_scans: Make,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    format: Format,
) -> None:
    make_scans(35)
    export = ask(link, format=format)
    kept, keep = files.kept, job._keep
    left = 3

    def die() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    def kept_and_die(file: BinaryIO) -> int:
        size = kept(file)
        if moment == "after writing":
            die()
        return size

    def keep_and_die(export: Export, *rest: Any) -> bool:
        answer = keep(export, *rest)
        if moment == "after keeping" or (moment == "at the end" and export.rows == 35):
            die()
        return answer

    monkeypatch.setattr(files, "kept", kept_and_die)
    monkeypatch.setattr(job, "_keep", keep_and_die)
    if moment == "at the end":
        left = 1
    with pytest.raises(Killed):
        job.work_off(60)
    with files.path_of(export).open("ab") as torn:
        torn.write(b"half a ro")
    monkeypatch.undo()
    clock.shift(2)
    monkeypatch.setattr(scans, "SCANS_AT_ONCE", 10)
    work_on(export, clock)
    lines = files.path_of(export).read_text().splitlines()
    found = ids_in(export) if format is Format.CSV else [json.loads(line)["id"] for line in lines]
    assert found == all_ids()


def test_two_workers_at_once_make_one_file(link: Link, make_scans: Make, clock: time_machine.Traveller) -> None:
    make_scans(25)
    export = ask(link)
    slice_of_one_page()
    with files.going_on(Export.objects.get(pk=export.pk)):  # another process writes
        clock.shift(5)
        before = files.path_of(export).stat().st_size
        slice_of_one_page()
        assert files.path_of(export).stat().st_size == before
    clock.shift(5)
    work_on(export, clock)
    assert ids_in(export) == all_ids()


def test_messages_that_have_piled_up_leave_room_for_others(link: Link, make_scans: Make) -> None:
    make_scans(25)
    export = ask(link)
    slice_of_one_page()
    export.refresh_from_db()
    rows = export.rows
    job.work_off(60)
    export.refresh_from_db()
    assert export.rows == rows == 10


def test_who_claimed_it_first_has_it(link: Link, make_scans: Make) -> None:
    make_scans(5)
    export = ask(link)
    one, other = Export.objects.get(pk=export.pk), Export.objects.get(pk=export.pk)
    assert one.claim()
    assert not other.claim()


def test_another_host_leaves_it_alone_until_the_first_is_gone(
    link: Link, make_scans: Make, clock: time_machine.Traveller, settings: Settings, tmp_path: Path
) -> None:
    make_scans(25)
    export = ask(link)
    slice_of_one_page()
    settings.EXPORTS_DIR = tmp_path / "another-host"
    clock.shift(30)
    job.work_off(60)
    assert not files.path_of(export).exists()
    clock.shift(60)
    job.work_off(60)  # finds that the rows it should go on with are not here, and begins anew
    clock.shift(2)
    work_on(export, clock)
    assert ids_in(export) == all_ids()


def test_cancelled_while_it_is_written(
    link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    make_scans(25)
    export = ask(link)
    kept = files.kept

    def cancel_meanwhile(file: BinaryIO) -> int:
        if Export.objects.exists():
            remove_export(Export.objects.get(pk=export.pk))
        return kept(file)

    monkeypatch.setattr(files, "kept", cancel_meanwhile)
    job.work_off(60)
    assert not Export.objects.exists()
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_said(link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make_scans(5)
    export = ask(link)

    def full(file: BinaryIO) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "kept", full)
    job.work_off(60)
    export.refresh_from_db()
    assert export.state == "failed"
    assert "no room left on the server's disk" in export.failed
    assert not files.path_of(export).exists()


def test_a_bug_is_said_and_stops_only_this_one(link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make_scans(5)
    broken, sound = ask(link), ask(link)
    Export.objects.filter(pk=broken.pk).update(wanted={"what": "nonsense"})
    job.work_off(60)
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert "Something went wrong" in broken.failed
    assert sound.state == "done"


def test_a_database_that_is_away_is_waited_for(
    link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    make_scans(5)
    export = ask(link)

    def away(*_: Any) -> Any:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(job, "_keep", away)
    with pytest.raises(OperationalError):
        job.work_off(60)
    monkeypatch.undo()
    clock.shift(2)
    work_on(export, clock)
    assert export.state == "done"


def test_what_is_gone_fails_with_words(link: Link) -> None:
    export = ask(link)
    Export.objects.filter(pk=export.pk).update(wanted=export.wanted | {"id": link.pk + 99})
    job.work_off(60)
    export.refresh_from_db()
    assert (export.state, export.failed) == ("failed", "The link is no longer there.")


def test_what_a_report_refuses_fails_with_its_words(link: Link) -> None:
    export = ask(link, What.ORPHANS)
    job.work_off(60)
    export.refresh_from_db()
    assert "ask for those of the whole workspace" in export.failed


def test_nothing_scanned_is_a_file_with_a_header(link: Link) -> None:
    export = ask(link)
    job.work_off(60)
    assert files.path_of(export).read_text().startswith("id,at,")
    assert ids_in(export) == []


@pytest.mark.parametrize("what", [What.SERIES, What.BREAKDOWN, What.HOURS, What.AFTER_EXPIRY])
def test_reports_are_made_too(link: Link, make_scans: Make, what: What) -> None:
    make_scans(5, country="DE")
    export = ask(link, what)
    job.work_off(60)
    export.refresh_from_db()
    assert export.state == "done"
    assert export.rows == len(rows_in(export)) - 1


def test_only_so_many_at_once(link: Link) -> None:
    for _ in range(MOST_UNFINISHED):
        ask(link)
    with pytest.raises(TooMany):
        ask(link)
    remove_export(Export.objects.all()[0])
    ask(link)


def test_files_go_when_their_time_is_over(
    link: Link, make_scans: Make, clock: time_machine.Traveller, folder: Path, settings: Settings
) -> None:
    make_scans(5)
    old = ask(link)
    job.work_off(60)
    clock.shift(timedelta(days=settings.EXPORT_DAYS) - timedelta(minutes=1))
    young = ask(link)
    job.work_off(60)
    (folder / "999999.csv").write_text("of an export whose row is gone")
    (folder / "keep.txt").write_text("not ours")
    clock.shift(timedelta(minutes=2))
    forget_old_exports()
    assert list(Export.objects.all()) == [young]
    assert {path.name for path in folder.iterdir()} == {f"{young.pk}.csv", "keep.txt"}
    assert not files.path_of(old).exists()


def test_a_lock_dies_with_its_process(link: Link, folder: Path) -> None:
    export = ask(link)
    with files.going_on(export), pytest.raises(jobs.Busy), files.going_on(export):
        pass
    with files.going_on(export) as file:
        assert fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB) is None  # type: ignore[func-returns-value]


@given(st.integers(0, 10**12), st.integers(0, 10**12) | st.none())
@hypothesis_settings(max_examples=50)
def test_a_hundred_percent_is_only_all_of_it(rows: int, total: int | None) -> None:
    assert 0 <= Export(rows=rows, total=total).percent <= 99
    assert Export(rows=rows, total=total, done_at=NOW).percent == 100
