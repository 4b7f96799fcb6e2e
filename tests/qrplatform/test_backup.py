"""A backup holds no salt and nobody who was seen, and the product runs on what is restored from it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Workspace
from analytics.ingest import ingest
from analytics.models import DayVisitor
from links.models import Domain, VisitorSalt
from links.visitors import load_salts
from qrplatform.backup import LEFT_OUT
from tests.links.factories import IPHONE, a_block, a_code, an_event
from tests.services import new_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def salts(workspace: Workspace, site: Domain) -> list[bytes]:
    """Those of a product that has counted a hundred visitors."""
    made = load_salts(timezone.now())
    code = a_code(workspace)
    ingest([a_block(*(an_event(code, visitor=f"{n:032x}") for n in range(100)))])
    assert DayVisitor.objects.count() == 100
    return list(made.values())


def forms_of(secret: bytes) -> list[bytes]:
    return [secret, secret.hex().encode(), secret.hex().upper().encode()]


def restored(path: Path, folder: Path) -> str:
    """The DATABASE_URL of what is restored as docs/operations.md says."""
    if connection.vendor == "sqlite":
        shutil.copy(path, folder / "restored.sqlite3")
        return f"sqlite:///{folder / 'restored.sqlite3'}"
    settings_dict = connection.settings_dict
    url = f"postgresql://{settings_dict['USER']}@{settings_dict['HOST']}:{settings_dict['PORT']}/postgres"
    database = new_database(url)
    subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", "-d", database, str(path)], check=True)
    return database


def manage(database: str, folder: Path, *arguments: str) -> str:
    environment = dict(os.environ) | {"DATABASE_URL": database, "DATA_DIR": str(folder)}
    environment["DJANGO_SETTINGS_MODULE"] = "qrplatform.settings"
    command = [sys.executable, "manage.py", *arguments]
    finished = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_a_backup_holds_no_salt_and_can_be_restored(salts: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "backup"
    call_command("backup", str(path))
    assert path.stat().st_mode & 0o077 == 0, "for its owner only"
    content = path.read_bytes()
    if connection.vendor == "postgresql":  # compressed: what it holds is what it says in plain
        plain = subprocess.run(["pg_restore", "-f", "-", str(path)], check=True, capture_output=True)
        content += plain.stdout
    assert all(form not in content for salt in salts for form in forms_of(salt))
    assert IPHONE.encode() in content, "the scans themselves are in it"
    database = restored(path, tmp_path)
    assert manage(database, tmp_path, "audit_counts").strip() == "Every number is what a recount says."
    manage(database, tmp_path, "prepare")
    counted = "from {0} import {1}; print({1}.objects.count())"
    counts = {
        name: int(manage(database, tmp_path, "shell", "-v", "0", "-c", counted.format(module, name)))
        for module, name in (
            ("analytics.models", "Scan"),
            ("analytics.models", "DayVisitor"),
            ("links.models", "VisitorSalt"),
        )
    }
    assert counts == {"Scan": 100, "DayVisitor": 0, "VisitorSalt": 0}


def test_the_search_would_find_a_salt(salts: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with nothing left out they are there."""
    monkeypatch.setattr("qrplatform.backup.LEFT_OUT", ())
    path = tmp_path / "backup"
    call_command("backup", str(path))
    content = path.read_bytes()
    if connection.vendor == "postgresql":
        content = subprocess.run(["pg_restore", "-f", "-", str(path)], check=True, capture_output=True).stdout
    assert all(any(form in content for form in forms_of(salt)) for salt in salts)


def test_the_database_itself_is_left_alone(salts: list[bytes], tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path / "data"  # its own: another process of these tests may be at a backup of its own
    settings.DATA_DIR.mkdir()
    call_command("backup", str(tmp_path / "backup"))
    assert VisitorSalt.objects.count() == len(salts)
    assert DayVisitor.objects.count() == 100
    assert not list(settings.DATA_DIR.iterdir()), "no copy is left behind"
    assert LEFT_OUT == ("links_visitorsalt", "analytics_dayvisitor")


@pytest.mark.parametrize("name", ["there", "no-folder/backup"])
def test_a_backup_that_cannot_be_made_is_refused_and_leaves_nothing(
    workspace: Workspace, tmp_path: Path, name: str
) -> None:
    (tmp_path / "there").write_text("something else")
    with pytest.raises(CommandError):
        call_command("backup", str(tmp_path / name))
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert (tmp_path / "there").read_text() == "something else"
