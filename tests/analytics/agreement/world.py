"""A seeded world: four months of scans of everything that can be asked about, counted by real ingestion."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from accounts.models import Workspace
from analytics.ingest import ingest
from analytics.models import Scan
from analytics.reports import Subject
from links.models import Campaign, Code, Domain, Link, Tag
from links.scan_events import ScanEvent
from tests.links.factories import IPHONE, a_block, an_event

# Berlin puts its clocks forward in between, and raw scans are kept for the last 90 days of these 130.
FIRST = datetime(2026, 1, 10, tzinfo=UTC)
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
HALFWAY = datetime(2026, 3, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SCANS = 1500
AT_ONCE = 250

AGENTS = [
    IPHONE,
    IPHONE,
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Mobile "
    "Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:138.0) Gecko/20100101 Firefox/138.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "WhatsApp/2.24.1 A",
]
NETWORKS = ["5.9.0.0/24", "5.9.0.0/24", "8.8.8.0/24", "1.0.16.0/24", "200.160.0.0/24", "203.0.113.0/24", ""]
LANGUAGES = ["de", "de-CH", "fr", "en-US", ""]
REFERRERS = ["", "", "https://example.org", "https://news.example.net"]
OUTCOMES = ["redirected", "redirected", "redirected", "expired", "paused"]


@dataclass(frozen=True)
class World:
    """What can be asked about, and every scan that was counted."""

    workspace: Workspace
    subjects: list[Subject]
    links: list[Link]
    codes: list[Code]
    campaigns: list[Campaign]
    strangers: Link
    scans: list[Scan]


def make_world(workspace: Workspace, site: Domain, other: Workspace) -> World:
    campaigns = [Campaign.objects.create(workspace=workspace, name=name) for name in ("Spring", "Summer")]
    links = [
        Link.objects.create(workspace=workspace, title=f"Link {number}", destination=f"https://example.com/{number}",
                            campaign=[*campaigns, None][number % 3])
        for number in range(5)
    ]  # fmt: skip
    codes = list(_codes(links, site))
    tag = Tag.objects.create(workspace=workspace, name="outdoor")
    tag.links.set(links[:3])
    _scan(codes, Random(20260520))
    # From now on another campaign's: what was scanned before still counts for the first.
    Link.objects.filter(pk=links[0].pk).update(campaign=campaigns[1])
    strangers = Link.objects.create(workspace=other, title="Charlie's", destination="https://example.com/")
    things: list[Any] = [workspace, *campaigns, tag, *links, *codes]
    for thing in things:
        thing.refresh_from_db()
    subjects = [Subject.of(thing) for thing in things]
    return World(workspace, subjects, links, codes, campaigns, strangers, list(Scan.objects.order_by("at")))


def _codes(links: list[Link], site: Domain) -> Iterator[Code]:
    """The first link has three codes, the second two, the others one."""
    for number, link in enumerate(links):
        for placement in ("door", "window", "table")[: max(1, 3 - number)]:
            path = f"C0DE{number}{placement[0].upper()}"
            yield Code.objects.create(link=link, domain=site, path=path, canonical=path, placement=placement)


def _scan(codes: list[Code], random: Random) -> None:
    """Ingested twice: at half time what had happened by then, for late scans are set aside."""
    events = sorted((_event(codes, random) for _ in range(SCANS)), key=lambda event: event.at_ms)
    for now in (HALFWAY, NOW):
        ready = [event for event in events if event.at_ms <= now.timestamp() * 1000]
        events = events[len(ready) :]
        with time_machine.travel(now, tick=False):
            for start in range(0, len(ready), AT_ONCE):
                ingest([a_block(*ready[start : start + AT_ONCE], segment=f"{now.date()}-{start}")])


def _event(codes: list[Code], random: Random) -> ScanEvent:
    at = FIRST + random.random() * (NOW - FIRST)
    if random.random() < 0.2:  # around midnight
        at = datetime.combine(at.date(), datetime.min.time(), BERLIN) + timedelta(seconds=random.randint(-900, 900))
    return an_event(
        random.choice([*codes, *codes[:2]]),
        at_ms=int(at.timestamp() * 1000),
        local_date=at.astimezone(BERLIN).date().isoformat(),
        outcome=random.choice(OUTCOMES),
        method="HEAD" if random.random() < 0.03 else "GET",
        class_hint="internal" if random.random() < 0.05 else "",
        address=random.choice(NETWORKS),
        visitor=random.choice(["", *(f"{number:032x}" for number in range(9))]),
        user_agent=random.choice(AGENTS),
        language=random.choice(LANGUAGES),
        referrer=random.choice(REFERRERS),
        destination=f"https://example.com/{random.randint(0, 2)}",
    )


def some_day(random: Random) -> date:
    return (FIRST + random.randint(-5, (NOW - FIRST).days) * timedelta(days=1)).date()
