"""Two months of plausible scans, the last one busy, for pictures and page tests; counted by the real ingestion.

`fill` runs in a Django process of a started stack, whose web server then shows what it made.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Workspace
from analytics.ingest import ingest
from links.actions import Actor, add_code, create_link
from links.frames import framed
from links.labels import rename
from links.models import Campaign, Code, Link
from links.routing import REDIRECTED
from links.stream import MAX_RECORDS, Block
from tests.links.factories import IPHONE, an_event

DAYS = 60
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{}.0.0.0 Mobile Safari/537.36"
)
PEOPLE = (
    *[IPHONE] * 5,
    *[ANDROID.format(version) for version in (139, 140, 141, 141)],
    "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0",
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
)
# What else follows codes, each as (method, purpose, user agent).
OTHERS = (
    *[("GET", "", "WhatsApp/2.24.17.79 A")] * 5,
    ("GET", "", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
    ("GET", "prefetch;prerender", ANDROID.format(141)),
    ("GET", "", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    ("HEAD", "", "curl/8.14.1"),
)
# Where guests' phones are: a network that has long been that country's, the languages there, and how often that is.
PLACES = (
    ("53.0.0.0/24", ("de", "de", "de-de", "en", "tr"), 600),
    ("77.116.0.0/24", ("de-at", "de"), 55),
    ("85.0.0.0/24", ("de-ch", "fr-ch"), 40),
    ("145.96.0.0/24", ("nl", "en"), 38),
    ("83.0.0.0/24", ("pl",), 34),
    ("86.192.0.0/24", ("fr-fr",), 30),
    ("25.0.0.0/24", ("en-gb",), 28),
    ("28.0.0.0/24", ("en-us", "en-us", "es-us"), 26),
    ("79.0.0.0/24", ("it-it",), 22),
    ("83.32.0.0/24", ("es-es", "ca"), 20),
    ("83.88.0.0/24", ("da",), 16),
    ("78.64.0.0/24", ("sv",), 12),
    ("78.160.0.0/24", ("tr",), 11),
    ("37.52.0.0/24", ("uk",), 9),
    ("85.160.0.0/24", ("cs",), 9),
    ("133.0.0.0/24", ("ja",), 6),
    ("179.128.0.0/24", ("pt-br",), 5),
    ("117.192.0.0/24", ("en-in", "hi"), 5),
    ("1.128.0.0/24", ("en-au",), 4),
    ("9.64.0.0/24", ("en-ca", "fr-ca"), 4),
    ("121.128.0.0/24", ("ko",), 2),
    ("189.128.0.0/24", ("es-mx",), 2),
    ("41.0.0.0/24", ("en-za",), 1),
    ("13.212.0.0/24", ("en-sg",), 1),
    ("", ("de",), 12),
)
# Breakfast, lunch and dinner: when in the day, in hours, and how often that is.
MEALS = ((9.5, 1.5, 2), (12.7, 1.0, 5), (19.0, 1.6, 4))
WEEK = (0.7, 0.75, 0.85, 0.95, 1.4, 1.6, 1.1)


@dataclass(frozen=True)
class Printed:
    """One link of a café and how often its codes are scanned on an ordinary day."""

    title: str
    destination: str
    placements: Sequence[str]
    scans_a_day: float
    campaign: str = ""
    is_paused: bool = False
    ended_days_ago: int = 0


CAFE = (
    Printed("Gift cards", "https://cafe.example/gifts?utm_source=receipt", ["Receipt"], 3),
    Printed("Christmas market", "https://cafe.example/christmas-market", ["Flyer"], 2, is_paused=True),
    Printed("Easter brunch", "https://cafe.example/easter", ["Postcard", "Tram stop"], 6, ended_days_ago=9),
    Printed("Guest wifi", "https://cafe.example/wifi", ["Wall by the counter", "Garden door"], 31),
    Printed("Rate your visit", "https://reviews.example/cafe-linden/write", ["Bill", "Take-away bag"], 9),
    Printed("Book a table", "https://bookings.example/cafe-linden", ["Shop window", "Postcard"], 22, "Summer"),
    Printed(
        "Summer menu",
        "https://cafe.example/menu/summer",
        ["Table cards", "Shop window", "A-frame sign"],
        68,
        campaign="Summer",
    ),
)


def fill(share: float = 1.0) -> Link:
    """Make the café's links and `share` of the scans in the demo workspace; returns the busiest link."""
    chance = random.Random(7)
    workspace = Workspace.objects.get(slug="demo")
    actor = Actor(user=workspace.memberships.get().user)
    Link.objects.filter(workspace=workspace).update(created_at=timezone.now() - timedelta(days=DAYS + 2))
    for printed in CAFE:
        link = _made(printed, workspace, actor)
        codes = list(link.codes.select_related("link", "domain").order_by("pk"))
        _count(_scans(codes, printed, share, chance))
        _count(_slips(codes[0], round(printed.scans_a_day * share), chance))
    return link


def _made(printed: Printed, workspace: Workspace, actor: Actor) -> Link:
    first, *more = printed.placements
    link = create_link(workspace, printed.destination, actor=actor, title=printed.title, placement=first)
    for placement in more:
        add_code(link, placement=placement, actor=actor)
    Link.objects.filter(pk=link.pk).update(
        is_paused=printed.is_paused, expires_at=_end_of(printed), campaign=_campaign(workspace, printed.campaign)
    )
    # Printed before it was scanned.
    link.revisions.update(changed_at=timezone.now() - timedelta(days=DAYS + 1))
    Link.objects.filter(pk=link.pk).update(created_at=timezone.now() - timedelta(days=DAYS + 1, minutes=-link.pk))
    link.refresh_from_db()
    return link


def _campaign(workspace: Workspace, name: str) -> Campaign | None:
    if not name:
        return None
    return workspace.campaigns.filter(name=name).first() or rename(Campaign(workspace=workspace), name)


def _end_of(printed: Printed) -> datetime | None:
    return timezone.now() - timedelta(days=printed.ended_days_ago) if printed.ended_days_ago else None


def _slips(code: Code, scans: int, chance: random.Random) -> Iterator[bytes]:
    """A few scans of what somebody made of a code: a letter mistyped, two swapped."""
    swapped = code.path[1::-1] + code.path[2:]
    slips = [swapped, f"{code.path[:-1]}{'7' if code.path[-1] != '7' else '8'}"]
    for _ in range(scans // 12):
        at = timezone.now() - timedelta(hours=chance.uniform(1, 24 * DAYS))
        path = chance.choice(slips[:1] * 3 + slips[1:])
        yield an_event(at_ms=int(at.timestamp() * 1000), host=code.domain.host, path=path, local_date="").encode()


def _scans(codes: Sequence[Code], printed: Printed, share: float, chance: random.Random) -> Iterator[bytes]:
    """Encoded scan events, oldest first; the last ones sooner ago where there are many."""
    a_day, now = printed.scans_a_day * share, timezone.now()
    for days_ago in range(DAYS, -1, -1):
        midnight = (now - timedelta(days=days_ago)).replace(hour=0, minute=0, second=0, microsecond=0)
        growth = 1.25 - 0.5 * days_ago / DAYS
        wanted = a_day * WEEK[midnight.weekday()] * growth * chance.uniform(0.85, 1.15)
        moments = sorted(_moment(midnight, chance) for _ in range(round(wanted)))
        yield from (_scan(codes, at, chance) for at in moments if at < now)
    for number in (7, 5, 3, 1):
        yield _scan(codes, now - timedelta(minutes=number * 20 / max(a_day, 1)), chance)


def _moment(midnight: datetime, chance: random.Random) -> datetime:
    hour, spread, _ = chance.choices(MEALS, [weight for _, _, weight in MEALS])[0]
    return midnight + timedelta(hours=min(23.9, max(6.5, chance.gauss(hour, spread))))


def _scan(codes: Sequence[Code], at: datetime, chance: random.Random) -> bytes:
    method, purpose, agent = ("GET", "", chance.choice(PEOPLE))
    if chance.random() < 0.09:
        method, purpose, agent = chance.choice(OTHERS)
    code = chance.choices(codes, range(len(codes) + 2, 2, -1))[0]
    address, languages, _ = chance.choices(PLACES, [weight for _, _, weight in PLACES])[0]
    return an_event(
        code,
        at_ms=int(at.timestamp() * 1000),
        method=method,
        purpose=purpose,
        user_agent=agent,
        destination=code.link.destination,
        outcome=_outcome(code.link, at),
        address=address,
        language=chance.choice(languages),
        visitor=f"{chance.getrandbits(5) if chance.random() < 0.4 else chance.getrandbits(128):032x}",
    ).encode()


def _outcome(link: Link, at: datetime) -> str:
    state = link.state_at(at)
    return REDIRECTED if state is Link.State.ACTIVE else state.value


def _count(records: Iterator[bytes]) -> None:
    waiting = [framed(record) for record in records]
    for start in range(0, len(waiting), MAX_RECORDS):
        ingest([Block("a busy month", b"".join(waiting[start : start + MAX_RECORDS]))])
