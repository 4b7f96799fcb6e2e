"""Scans of alice's workspace with their numbers, and an empty folder for files."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from analytics.exports import scans
from analytics.models import Scan
from links.models import Campaign, Link
from tests.analytics.counting import make_scan, store
from tests.conftest import client_of

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
Make = Callable[..., list[Scan]]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EXPORTS_DIR = tmp_path / "exports"
    return tmp_path / "exports"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "SCANS_AT_ONCE", 10)


@pytest.fixture
def campaign(link: Link) -> Campaign:
    return Campaign.objects.create(workspace=link.workspace, name="Spring")


@pytest.fixture
def make_scans(link: Link) -> Make:
    """So many scans of the link, a minute apart and back from NOW, every third a bot's; fields may be set."""

    def make(count: int, **fields: Any) -> list[Scan]:
        code = link.codes.get()
        rest = {"workspace_id": link.workspace_id, "link_id": link.pk, "code_id": code.pk, "address": "203.0.113.0/24"}
        scans = [
            make_scan(
                NOW - timedelta(minutes=number + 1),
                "Europe/Berlin",
                **{"scan_class": "bot" if number % 3 == 2 else "human", "visitor": f"{number:032x}", **rest, **fields},
            )
            for number in range(count)
        ]
        store(scans)
        return scans

    return make


@pytest.fixture
def bobs_client(bob: Any, workspace: Any, site: Any) -> Client:
    return client_of(bob)
