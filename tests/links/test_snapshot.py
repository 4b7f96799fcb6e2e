"""The snapshot holds what the database holds, follows it, and is as good as none when it is not sound."""

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from links import snapshot_writer
from links.actions import NOBODY, add_code, change_link, delete_link
from links.models import Change, Code, Domain, Link, VisitorSalt
from links.routing import Target
from links.snapshot import FILE_NAME, Snapshot
from links.snapshot_writer import SnapshotWriter
from links.targets import load_target
from links.visitors import load_salts
from tests.links.factories import a_code, a_link


@pytest.fixture
def folder(tmp_path: Path, site: Domain) -> Path:
    return tmp_path / "snapshot"


@pytest.fixture
def writer(folder: Path) -> Iterator[SnapshotWriter]:
    with closing(SnapshotWriter(folder, chunk=3)) as writer:
        yield writer


@pytest.fixture
def snapshot(folder: Path) -> Snapshot:
    return Snapshot(folder)


def catch_up(writer: SnapshotWriter) -> None:
    while writer.turn():
        pass


def found(snapshot: Snapshot, code: Code) -> Target | None:
    return snapshot.target(code.domain_id, code.canonical)


def is_true(snapshot: Snapshot) -> bool:
    """Whether every code of the database is in it as the database has it."""
    codes = list(Code.objects.all())
    return bool(codes) and all(found(snapshot, code) == load_target(code.domain_id, code.canonical) for code in codes)


class TestContents:
    """What is in it."""

    def test_targets_in_every_state_domains_and_salts(
        self, writer: SnapshotWriter, snapshot: Snapshot, workspace: Workspace, site: Domain
    ) -> None:
        codes = [a_code(workspace, title="Menü “x”") for _ in range(7)]
        change_link(codes[0].link, {"is_paused": True}, actor=NOBODY)
        change_link(codes[1].link, {"expires_at": timezone.now() - timedelta(days=1)}, actor=NOBODY)
        delete_link(codes[2].link, actor=NOBODY)
        Link.objects.filter(pk=codes[3].link_id).update(verdict=Link.Verdict.MALICIOUS)
        before = time.time()
        catch_up(writer)
        assert is_true(snapshot)
        assert snapshot.target(site.pk, "NOPE99") is None
        assert snapshot.target(site.pk + 1, codes[0].canonical) is None
        assert [tuple(row) for row in snapshot.domains()] == [(site.pk, "q.example.com", True)]
        assert snapshot.salts() == load_salts(timezone.now())
        as_of = snapshot.as_of()
        assert as_of
        assert before <= as_of <= time.time()

    def test_only_its_owner_can_read_it(self, writer: SnapshotWriter, folder: Path, snapshot: Snapshot) -> None:
        catch_up(writer)
        assert snapshot.salts()
        files = [path for path in folder.iterdir() if path.name.startswith(FILE_NAME)]
        assert len(files) == 3
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_a_forgotten_salt_leaves_no_trace(
        self, writer: SnapshotWriter, folder: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = (datetime.now(UTC) - timedelta(days=1)).date()
        VisitorSalt.objects.create(date=old, salt=b"a salt of old which is forgotten")
        catch_up(writer)
        assert any(b"a salt of old" in path.read_bytes() for path in folder.iterdir()), "else this shows nothing"
        VisitorSalt.objects.filter(date=old).delete()
        VisitorSalt.objects.create(date=old, salt=b"0" * 32)
        later = time.monotonic() + 61
        monkeypatch.setattr(time, "monotonic", lambda: later)
        writer.turn()
        assert snapshot.salts()[old.isoformat()] == b"0" * 32
        assert not any(b"a salt of old" in path.read_bytes() for path in folder.iterdir())


class TestFollowing:
    """Changes arrive with the next turn."""

    @pytest.fixture
    def code(self, writer: SnapshotWriter, workspace: Workspace, folder: Path) -> Code:
        code = a_code(workspace)
        catch_up(writer)
        return code

    @pytest.mark.parametrize(
        "change",
        [
            lambda code: change_link(code.link, {"destination": "https://example.com/new"}, actor=NOBODY),
            lambda code: delete_link(code.link, actor=NOBODY),
            lambda code: add_code(code.link, alias="another"),
            lambda code: [a_link(code.link.workspace) for _ in range(10)],
        ],
    )
    def test_edits_and_new_codes(
        self, writer: SnapshotWriter, snapshot: Snapshot, code: Code, change: Callable[[Code], object]
    ) -> None:
        change(code)
        assert not is_true(snapshot)
        catch_up(writer)
        assert is_true(snapshot)

    def test_a_new_zone_of_a_workspace_and_a_new_domain(
        self, writer: SnapshotWriter, snapshot: Snapshot, code: Code, workspace: Workspace
    ) -> None:
        Workspace.objects.filter(pk=workspace.pk).update(timezone="Asia/Tokyo")
        Domain.objects.create(host="go.example.net")
        Change.of_everything()
        catch_up(writer)
        target = found(snapshot, code)
        assert target
        assert target.timezone == "Asia/Tokyo"
        assert [host for _, host, _ in snapshot.domains()] == ["q.example.com", "go.example.net"]

    def test_changes_of_everything_do_not_keep_a_rebuild_from_ending(
        self, writer: SnapshotWriter, snapshot: Snapshot, code: Code, workspace: Workspace
    ) -> None:
        for _ in range(12):
            a_link(workspace)
        rebuilt_at = fact(snapshot, "rebuilt_at")
        for _ in range(12):
            Change.of_everything()
            writer.turn()
        assert fact(snapshot, "rebuilt_at") > rebuilt_at

    def test_a_code_that_is_gone_is_removed_by_the_next_rebuild(
        self, writer: SnapshotWriter, snapshot: Snapshot, code: Code, workspace: Workspace
    ) -> None:
        others = [a_code(workspace) for _ in range(8)]
        catch_up(writer)
        for gone in (code, others[4], others[7]):
            Code.objects.filter(pk=gone.pk).delete()
        Change.of_everything()
        catch_up(writer)
        assert [found(snapshot, gone) for gone in (code, others[4], others[7])] == [None] * 3
        assert is_true(snapshot)

    def test_an_idle_turn_is_two_queries(
        self, writer: SnapshotWriter, code: Code, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(2):
            assert writer.turn() is False

    def test_as_of_moves_on_when_nothing_changes(
        self, writer: SnapshotWriter, snapshot: Snapshot, code: Code, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = snapshot.as_of()
        assert before
        later = time.monotonic() + 6
        monkeypatch.setattr(time, "monotonic", lambda: later)
        writer.turn()
        assert (snapshot.as_of() or 0) > before

    def test_as_of_stands_still_while_the_database_is_away(
        self, writer: SnapshotWriter, snapshot: Snapshot, code: Code, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: object) -> None:
            raise OperationalError("the database is away")

        before = snapshot.as_of()
        monkeypatch.setattr(snapshot_writer, "targets_of", away)
        with pytest.raises(OperationalError):
            writer.turn()
        assert snapshot.as_of() == before
        assert is_true(snapshot)


class TestTakingUp:
    """A new writer goes on where the last one was, where it can."""

    def test_it_goes_on(
        self, folder: Path, snapshot: Snapshot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = a_code(workspace)
        with closing(SnapshotWriter(folder)) as first:
            catch_up(first)
        change_link(code.link, {"title": "Meanwhile"}, actor=NOBODY)
        a_link(workspace)
        monkeypatch.setattr(snapshot_writer, "targets_after", None)  # a rebuild would fail
        with closing(SnapshotWriter(folder)) as second:
            catch_up(second)
        assert is_true(snapshot)

    def test_after_a_day_everything_is_read_anew(
        self, folder: Path, snapshot: Snapshot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = a_code(workspace)
        with closing(SnapshotWriter(folder)) as first:
            catch_up(first)
        Link.objects.filter(pk=code.link_id).update(title="By hand")  # no row tells of it
        tomorrow = time.time() + 86_400
        monkeypatch.setattr(time, "time", lambda: tomorrow)
        with closing(SnapshotWriter(folder)) as second:
            catch_up(second)
        assert is_true(snapshot)

    @pytest.mark.parametrize(("name", "value"), [("source", "another database"), ("codes_floor", 10**9)])
    def test_another_databases_snapshot_is_not_taken(
        self, folder: Path, snapshot: Snapshot, workspace: Workspace, name: str, value: object
    ) -> None:
        a_code(workspace)
        with closing(SnapshotWriter(folder)) as first:
            catch_up(first)
        write(folder, "UPDATE facts SET value = ? WHERE name = ?", value, name)
        write(folder, "UPDATE targets SET target = '[]'")
        with closing(SnapshotWriter(folder)) as second:
            catch_up(second)
        assert is_true(snapshot)

    def test_two_do_not_write_at_once(self, writer: SnapshotWriter, folder: Path, workspace: Workspace) -> None:
        a_code(workspace)
        catch_up(writer)
        with closing(SnapshotWriter(folder)) as second:
            assert second.turn() is False
            assert second._file is None
            writer.close()
            second.turn()
            assert second._file is not None


class TestDamage:
    """A snapshot that is not sound is none, and the writer makes another; a scan never fails of it."""

    @pytest.fixture
    def code(self, writer: SnapshotWriter, workspace: Workspace) -> Code:
        codes = [a_code(workspace) for _ in range(40)]
        catch_up(writer)
        return codes[20]

    def test_without_a_file_there_is_nothing_and_it_is_said_once(
        self, snapshot: Snapshot, site: Domain, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(3):
            assert snapshot.target(site.pk, "CODE") is None
        assert (snapshot.domains(), snapshot.salts(), snapshot.as_of()) == ([], {}, None)
        assert len(caplog.records) == 1

    def test_an_unfinished_one_is_none(self, writer: SnapshotWriter, snapshot: Snapshot, workspace: Workspace) -> None:
        codes = [a_code(workspace) for _ in range(9)]
        writer.turn()
        assert found(snapshot, codes[0]) is None
        catch_up(writer)
        assert is_true(snapshot)

    def test_readers_never_fail_whatever_bytes_are_wrong(
        self, writer: SnapshotWriter, snapshot: Snapshot, folder: Path, code: Code
    ) -> None:
        expected = found(snapshot, code)
        writer.close()
        sound = (folder / FILE_NAME).read_bytes()
        for at in range(0, len(sound), 509):
            (folder / FILE_NAME).write_bytes(sound[:at] + bytes([sound[at] ^ 0xFF]) * 64 + sound[at + 64 :])
            assert found(Snapshot(folder), code) in (expected, None), "never a wrong destination"
            Snapshot(folder).salts()
            Snapshot(folder).domains()

    @pytest.mark.parametrize("damage", [b"", b"nonsense" * 1000])
    def test_a_new_writer_makes_it_anew(
        self, writer: SnapshotWriter, snapshot: Snapshot, folder: Path, code: Code, damage: bytes
    ) -> None:
        writer.close()
        (folder / FILE_NAME).write_bytes(damage)
        assert found(snapshot, code) is None
        with closing(SnapshotWriter(folder)) as second:
            catch_up(second)
        assert is_true(snapshot)

    def test_a_running_writer_makes_it_anew(
        self, writer: SnapshotWriter, snapshot: Snapshot, folder: Path, code: Code
    ) -> None:
        write(folder, "DROP TABLE targets")
        change_link(code.link, {"title": "Changed"}, actor=NOBODY)
        with pytest.raises(sqlite3.Error):
            writer.turn()
        catch_up(writer)
        assert is_true(snapshot)

    def test_a_removed_file_is_made_anew_and_found_by_readers(
        self, writer: SnapshotWriter, snapshot: Snapshot, folder: Path, code: Code
    ) -> None:
        assert found(snapshot, code)
        for path in folder.glob(f"{FILE_NAME}*"):
            path.unlink()
        catch_up(writer)
        change_link(code.link, {"title": "Changed"}, actor=NOBODY)
        catch_up(writer)
        assert is_true(snapshot)

    def test_somebody_elses_lock_is_no_damage(
        self, writer: SnapshotWriter, snapshot: Snapshot, folder: Path, code: Code
    ) -> None:
        change_link(code.link, {"title": "Changed"}, actor=NOBODY)
        assert writer._file
        writer._file.execute("PRAGMA busy_timeout = 10")
        with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                writer.turn()
            assert found(snapshot, code), "readers read on"
        catch_up(writer)
        assert is_true(snapshot)

    def test_every_thread_reads(self, writer: SnapshotWriter, snapshot: Snapshot, code: Code) -> None:
        targets: list[Target | None] = []
        threads = [threading.Thread(target=lambda: targets.append(found(snapshot, code))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert targets == [found(snapshot, code)] * 8
        assert targets[0]

    def test_a_writer_that_died_leaves_it_readable(self, folder: Path, workspace: Workspace, site: Domain) -> None:
        code = a_code(workspace)
        writer = SnapshotWriter(folder)
        catch_up(writer)
        saved = {path.name: path.read_bytes() for path in folder.iterdir()}
        writer.close()
        # As SIGKILL leaves it: the log is not written back.
        for name, content in saved.items():
            (folder / name).write_bytes(content)
        os.unlink(folder / f"{FILE_NAME}-shm")
        assert found(Snapshot(folder), code)


def write(folder: Path, sql: str, *parameters: object) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as file:
        file.execute(sql, parameters)


def fact(snapshot: Snapshot, name: str) -> float:
    value: float = snapshot._rows("SELECT value FROM facts WHERE name = ?", (name,))[0][0]
    return value
