"""An empty folder for files, links with many codes, and helpers that work on a batch and open what it made."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from pytest_django.fixtures import Settings

from accounts.models import Workspace
from links import codes
from links.actions import NOBODY, create_link
from links.batches import job, stored
from links.batches.actions import request_batch
from links.batches.captions import of_file
from links.batches.models import Batch
from links.batches.outputs import Labels
from links.batches.rows import read_rows
from links.batches.sources import Source, find_thing
from links.models import Code, Domain, Link
from links.studio.files import Output

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


class Killed(BaseException):
    """As if the process were gone: no handler of the product sees it."""


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.BATCHES_DIR = tmp_path / "batches"
    return tmp_path / "batches"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def link_with_codes(workspace: Workspace, count: int, title: str = "Menu") -> Link:
    """A link with so many QR codes, each with a placement of its own, and an alias."""
    link = create_link(
        workspace,
        "https://example.com/menu",
        actor=NOBODY,
        title=title,
        placement="door 0",
        alias=f"alias-{codes.generate()}",
    )
    paths: set[str] = set()
    while len(paths) < count - 1:
        paths.add(codes.generate())
    domain = Domain.objects.get()
    Code.objects.bulk_create(
        Code(link=link, domain=domain, path=path, canonical=codes.canonical(path), placement=f"door {n}")
        for n, path in enumerate(sorted(paths), start=1)
    )
    return link


def ask(thing: Any, extension: Any = "svg", scale: int = 4, labels: Labels | None = None) -> Batch:
    """A batch of a link, a campaign or a tag: pictures, or labels where these are given."""
    kind = Batch.Source(type(thing).__name__.lower())
    source = find_thing([thing.workspace], kind, thing.pk)
    assert source is not None
    return request_batch(source, labels or Output(extension, scale=scale), actor=NOBODY)


def ask_for_rows(workspace: Workspace, text: str, labels: Labels | None = None) -> Batch:
    """A batch of a CSV file."""
    source = Source(workspace, Batch.Source.FILE, "shops.csv")
    rows = read_rows(workspace, text.encode(), of_file(labels.captions if labels else ()))
    return request_batch(source, labels or Output("svg", scale=4), actor=NOBODY, rows=rows)


def work_on(batch: Batch, clock: time_machine.Traveller) -> int:
    """Message after message until it is over; returns how many that took."""
    for count in range(1, 200):
        slice_of(batch)
        clock.shift(2)
        batch.refresh_from_db()
        if batch.is_over:
            return count
    raise AssertionError("it is never over")


def slice_of(batch: Batch) -> None:
    """One message with so little time that it does the least it can and stops."""
    fresh = Batch.objects.select_related("workspace").get(pk=batch.pk)
    if fresh.claim():
        job._work_on(fresh, 0.0)


def files_in(batch: Batch) -> dict[str, bytes]:
    """Every file of the ZIP by name, each name there once."""
    with ZipFile(stored.path_of(batch)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len({name.casefold() for name in names}) == len(names)
        return {name: archive.read(name) for name in names}


def index_in(batch: Batch) -> list[dict[str, str]]:
    with ZipFile(stored.path_of(batch)) as archive:
        text = archive.read("index.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert text.startswith("file,code,address,")
    assert set(files_in(batch)) == {row["file"] for row in rows} | {"index.csv"}
    return rows
