"""Workers of a batch that are really killed, at any moment: every row one link, every code once in the ZIP."""

import csv
import io
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.links.batches.worker import ROWS
from tests.stack import BASE_DIR

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]
MOST_KILLS = 12


def test_killed_again_and_again(tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "qrplatform.settings"}
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = inherited | settings | {"PUBLIC_URL": "https://q.example.com"}

    def started(what: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.links.batches.worker", what]
        return subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)

    def said(what: str) -> str:
        out, _ = started(what).communicate(timeout=120)
        return out.splitlines()[-1]

    path, dice, killed = Path(said("set_up")), random.Random(7), 0
    for _ in range(MOST_KILLS):
        with started("work") as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "at work\n"
            time.sleep(dice.uniform(0.2, 1.3))
            if worker.poll() is not None:  # it has nothing left to do
                break
            worker.kill()
            killed += 1
    assert killed >= 2
    said("work")
    state, made, drawn, _, destinations = json.loads(said("look"))
    assert (state, made, drawn) == ("done", ROWS, ROWS)
    assert destinations == [f"https://example.com/{n}" for n in range(ROWS)]
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"), newline="")))
    assert [row["destination"] for row in rows] == destinations
    assert sorted(names) == sorted([*(row["file"] for row in rows), "index.csv"])
    assert [each.name for each in path.parent.iterdir()] == [path.name]
