"""ROLE: what a web server is for decides how many threads its workers have."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("environment", "threads"),
    [
        ({}, 4),
        ({"ROLE": "all"}, 4),
        ({"ROLE": "redirect"}, 2),
        ({"ROLE": "dashboard"}, 4),
        ({"ROLE": "redirect", "BLOCKING_THREADS": "3"}, 3),
    ],
)
def test_a_redirect_host_has_two_threads_unless_told_otherwise(
    tmp_path: Path, environment: dict[str, str], threads: int
) -> None:
    ours = {name: value for name, value in os.environ.items() if name not in ("ROLE", "BLOCKING_THREADS")}
    finished = subprocess.run(
        [sys.executable, "-c", "from qrplatform import settings; print(settings.BLOCKING_THREADS)"],
        env=ours | environment | {"DATA_DIR": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(finished.stdout) == threads
