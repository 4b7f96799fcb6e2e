"""Links that show pages, one of each kind, and a phone that scans them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Workspace
from links.hosted.content import Content, HostedEvent, hosted
from links.models import Code, Domain
from links.qr.payloads import PostalAddress, Telephone, VCard, Wifi
from tests.links.factories import a_code
from tests.links.test_redirect import Phone

BERLIN = ZoneInfo("Europe/Berlin")
MADE = datetime(2026, 11, 1, 8, tzinfo=UTC)
CONTENTS: dict[str, Content] = {
    "vcard": VCard(
        given_name="Ada",
        family_name="Lovelace",
        organisation="Engines & Co",
        title="Analyst",
        telephones=(Telephone("+44 20 7946 0018", ("work",)), Telephone("+49 30 1234567")),
        emails=("ada@example.org",),
        addresses=(PostalAddress("1 Dorset Street", "London", "", "W1U", "United Kingdom"),),
        url="https://example.com/ada",
        note="Ask about\nthe engine",
    ),
    "event": HostedEvent(
        "Opening night",
        datetime(2027, 5, 1, 19, tzinfo=BERLIN),
        datetime(2027, 5, 2, 1, 30, tzinfo=BERLIN),
        uid="first",
        made=MADE,
        location="Old town hall",
        description="Bring a friend",
        url="https://example.com/opening",
        timezone="Europe/Berlin",
    ),
    "wifi": Wifi("Café guests", password="espresso; doppio "),
}


def changed(kind: str, **fields: Any) -> dict[str, Any]:
    """What is kept of one of the contents with other fields."""
    return hosted(replace(CONTENTS[kind], **fields))


@pytest.fixture
def phone(site: Domain, tmp_path: Path) -> Phone:
    return Phone(tmp_path)


@pytest.fixture
def contact(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace, destination="", hosted=hosted(CONTENTS["vcard"]))


@pytest.fixture
def event(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace, destination="", hosted=hosted(CONTENTS["event"]))


@pytest.fixture
def network(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace, destination="", hosted=hosted(CONTENTS["wifi"]))
