"""Finds the public test data beside the project, or skips the test that needs it."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"


def lines(name: str) -> list[str]:
    return _text(name).splitlines()


def entries(name: str) -> Any:
    return json.loads(_text(name))


def _text(name: str) -> str:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the test corpus {name} is not beside the project")
    return path.read_text(encoding="utf-8")
