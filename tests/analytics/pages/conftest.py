"""A month of a workspace: two links with three codes, people of three countries, a bot, and a link that has ended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Workspace
from analytics.models import OrphanScan
from links.models import Campaign, Code, Domain, Link, Tag
from tests.analytics.counting import make_scan, store

NOW = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


@pytest.fixture
def month(workspace: Workspace, site: Domain) -> Link:
    """Returns the link with two codes; everything happened within the last 30 days before NOW."""
    campaign = Campaign.objects.create(workspace=workspace, name="Spring")
    menu = Link.objects.create(
        workspace=workspace, title="Menu", destination="https://example.com/menu", campaign=campaign
    )
    menu.tags.add(Tag.objects.create(workspace=workspace, name="food"))
    ended = Link.objects.create(workspace=workspace, title="Easter", destination="https://example.com/easter")
    codes = [
        Code.objects.create(link=link, domain=site, path=path, canonical=path, placement=placement)
        for link, path, placement in ((menu, "ABC123", "door"), (menu, "DEF456", "table"), (ended, "GHJ789", "tram"))
    ]
    store(_scans(workspace, codes))
    OrphanScan.objects.create(
        event_id="0" * 32, at=NOW - timedelta(days=1), host=site.host, path="ABC12E", scan_class="human"
    )
    return menu


def _scans(workspace: Workspace, codes: list[Code]) -> Any:
    door, table, tram = codes
    people = [
        (door, "DE", "phone", 6),
        (table, "DE", "desktop", 2),
        (table, "FR", "phone", 1),
        (tram, "SG", "phone", 1),
    ]
    for code, country, device, times in people:
        for number in range(times):
            yield _scan(
                workspace, code, NOW - timedelta(days=number), country=country, device=device, visitor=f"v{number}"
            )
    yield _scan(workspace, door, NOW, scan_class="bot", country="US", class_reason="Googlebot")
    yield _scan(workspace, door, NOW - timedelta(days=31), country="DE", device="phone")


def _scan(workspace: Workspace, code: Code, at: datetime, **fields: Any) -> Any:
    return make_scan(
        at,
        workspace.timezone,
        workspace_id=workspace.pk,
        campaign_id=code.link.campaign_id or 0,
        link_id=code.link_id,
        code_id=code.pk,
        outcome="expired" if code.link.title == "Easter" else "redirected",
        **{"os": "iOS", "browser": "Mobile Safari", "language": "de", **fields},
    )


@pytest.fixture
def at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def page(alice_client: Any, at_noon: datetime) -> Callable[..., str]:
    """What alice sees at an address, in one line."""

    def look(address: str, **headers: str) -> str:
        answer = alice_client.get(address, headers=headers)
        assert answer.status_code == 200, address
        return " ".join(answer.content.decode().split())

    return look
