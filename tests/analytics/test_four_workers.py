"""Four ingesters at once on a real PostgreSQL: none waits for another for ever, and every scan is counted once."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.analytics.four_workers import SCANS
from tests.services import new_database

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(postgresql_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": new_database(postgresql_url),
        "REDIS_URL": redis_url,
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }


def start(command: str, environment: dict[str, str]) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-m", "tests.analytics.four_workers", command, "test:four-workers"]
    return subprocess.Popen(
        arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def answer_of(process: "subprocess.Popen[str]") -> Any:
    told, complaints = process.communicate(timeout=100)
    assert process.returncode == 0, complaints
    assert "deadlock" not in complaints
    return json.loads(told.splitlines()[-1]) if told else None


@pytest.mark.timeout(300)  # six processes in turn and at once
def test_four_workers_count_exactly(environment: dict[str, str]) -> None:
    answer_of(start("prepare", environment))
    workers = [start("drain", environment) for _ in range(4)]
    for worker in workers:
        answer = answer_of(worker)
        assert answer["refused"] == 0
        assert answer["drains"], "every worker had something to do"
    assert answer_of(start("compare", environment)) == {"scans": SCANS, "accounted": SCANS, "differing": []}
