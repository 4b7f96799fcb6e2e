"""Finds the public test data beside the project, or skips the test that needs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"


def lines(name: str) -> list[str]:
    return _text(name).splitlines()


def entries(name: str) -> Any:
    return json.loads(_text(name))


def naughty(strings: list[str]) -> list[str]:
    """What is typed into pages that ask the database: all of it on PostgreSQL, which minds more of it.

    On SQLite every fifth of what holds markup, for pages are the same there.
    """
    if connection.vendor == "postgresql":
        return strings
    markup = [text for text in strings if "<" in text]
    return [text for text in strings if "<" not in text] + markup[::5]


def _text(name: str) -> str:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the test corpus {name} is not beside the project")
    return path.read_text(encoding="utf-8")
