"""Only processes that carry this data folder's mark are ended, whatever a pid file says."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qrplatform.stack.leftovers import MARK, end_leftovers, recorded_pid

SLEEP = [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


@contextmanager
def recorded(data_dir: Path, name: str, command: list[str], mark: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, with a pid file, that is running by the time we go on."""
    environment = os.environ | {MARK: str(mark)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (data_dir / "run" / f"{name}.pid").write_text(str(process.pid))
        try:
            yield process
        finally:
            process.kill()


def test_a_recorded_process_of_ours_is_ended(data_dir: Path) -> None:
    with recorded(data_dir, "web", SLEEP, data_dir) as process:
        assert end_leftovers(data_dir) == ["web"]
        assert process.wait(5) == -signal.SIGTERM


def test_one_that_does_not_listen_is_killed(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qrplatform.stack.leftovers.GRACE_SECONDS", 0.3)
    with recorded(data_dir, "web", DEAF, data_dir) as process:
        end_leftovers(data_dir)
        assert process.wait(5) == -signal.SIGKILL


@pytest.mark.parametrize("mark", ["/another/data/folder", ""])
def test_a_number_that_is_somebody_elses_now_is_left_alone(data_dir: Path, mark: str) -> None:
    with recorded(data_dir, "web", SLEEP, mark) as process:
        assert end_leftovers(data_dir) == []
        assert process.poll() is None


def test_a_pid_file_with_nonsense_is_nobody(data_dir: Path) -> None:
    (data_dir / "run" / "web.pid").write_text("")
    assert recorded_pid(data_dir / "run" / "web.pid") == 0
    assert end_leftovers(data_dir) == []
