"""Which lines of the logs reach the console."""

from pathlib import Path

import pytest

from qrplatform.stack.console import LogWatch


def append(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def test_only_what_is_new_and_whole_is_read(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    append(log, "ERROR of yesterday\n")
    watch = LogWatch(tmp_path)
    append(log, "[ERROR] first\n[ERROR] sec")
    assert list(watch.new_warnings()) == ["[web] [ERROR] first"]
    append(log, "ond\n")
    assert list(watch.new_warnings()) == ["[web] [ERROR] second"]
    assert list(watch.new_warnings()) == []


def test_a_rotated_log_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    append(log, "something long that was here before\n")
    watch = LogWatch(tmp_path)
    log.write_text("[ERROR] new file\n")
    assert list(watch.new_warnings()) == ["[web] [ERROR] new file"]


def test_what_repeats_is_shown_once(tmp_path: Path) -> None:
    watch = LogWatch(tmp_path)
    append(tmp_path / "ingest.log", "[12:00:01] ERROR task 3fa8 failed\n[12:00:02] ERROR task 91bc failed\n")
    assert len(list(watch.new_warnings())) == 1


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("web", "[INFO] Started worker-1"),
        ("web", "2026-01-01 12:00:00,000 WARNING django.request Not Found: /wp-login.php"),
        ("beat", "    . logfile -> [stderr]@%WARNING"),
        ("redis", "1:M 01 Jan 2026 12:00:00.000 # WARNING Memory overcommit must be enabled!"),
        ("supervisord", "2026-01-01 12:00:00,000 WARN stopped: beat (terminated by SIGTERM)"),
    ],
)
def test_greetings_and_noise_stay_in_the_file(tmp_path: Path, log: str, line: str) -> None:
    watch = LogWatch(tmp_path)
    append(tmp_path / f"{log}.log", line + "\n")
    assert list(watch.new_warnings()) == []


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("web", "2026-01-01 12:00:00,000 WARNING links.journal the disk is full"),
        ("worker", "django.db.utils.OperationalError: database is locked"),
        ("redis", "1:M 01 Jan 2026 12:00:00.000 # Bad file format reading the append only file"),
        ("supervisord", "2026-01-01 12:00:00,000 WARN exited: ship (exit status 1; not expected)"),
    ],
)
def test_trouble_is_shown(tmp_path: Path, log: str, line: str) -> None:
    watch = LogWatch(tmp_path)
    append(tmp_path / f"{log}.log", line + "\n")
    assert list(watch.new_warnings()) == [f"[{log}] {line}"]
