"""Random questions about scans: what is asked, whichever way it is asked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from analytics.models import Dimension, ScanClass
from analytics.pages.chosen import TABS, interval_of
from analytics.periods import Interval
from analytics.reports import Filter, Kind, Subject
from tests.analytics.agreement.world import BERLIN, NOW, World, some_day

ZONES = [ZoneInfo(name) for name in ("America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "UTC")]
# What a page breaks down by, in its cards; with as many rows as they show.
CARDS = {dimension: name for name, dimensions in TABS.items() for dimension in dimensions}
SHOWN = {"top": 8, "places": 8}
WORDS = {
    Dimension.COUNTRY: ["DE", "US", "JP", "XX"],
    Dimension.DEVICE: ["phone", "desktop"],
    Dimension.OS: ["iOS", "Android"],
    Dimension.LANGUAGE: ["de", "fr"],
    Dimension.OUTCOME: ["expired", "redirected"],
}


class Part(StrEnum):
    """Which part of an answer is looked at."""

    SERIES = "series"
    BREAKDOWN = "breakdown"
    HOURS = "hours"
    OVER = "over"


@dataclass(frozen=True)
class Question:
    """One question; `interval` is how long a point is."""

    subject: Subject
    part: Part
    first: date
    last: date
    zone: ZoneInfo
    interval: Interval
    classes: tuple[ScanClass, ...]
    only: Filter | None
    breakdown: Dimension | None
    compares: bool
    tabs: tuple[Dimension, ...] = ()  # what the page of this question shows in three of its cards

    @property
    def is_on_a_page(self) -> bool:
        """Pages know the workspace's own zone only."""
        return self.zone == BERLIN

    @property
    def page_interval(self) -> Interval:
        """A page chooses how long its points are; narrowed down to one value it has none below a day."""
        interval = interval_of(self.first, self.last) if self.first <= self.last else self.interval
        is_narrowed = self.only is not None or self.subject.kind is Kind.CODE
        return Interval.DAY if is_narrowed and interval is Interval.HOUR else interval

    @property
    def limit(self) -> int:
        return SHOWN.get(CARDS[self.breakdown], 6) if self.breakdown else 10


def questions(world: World, random: Random, views: int) -> Iterator[Question]:
    """Five of each view: a page answers them together."""
    for _ in range(views):
        view = _view(world, random)
        yield view
        for dimension in view.tabs:
            only = view.only if view.only and view.only.dimension is not dimension else None
            yield replace(view, part=Part.BREAKDOWN, breakdown=dimension, only=only)
        yield _another(view, random)


def _view(world: World, random: Random) -> Question:
    """Most can be answered; a few ask for what nobody can say."""
    subject, (first, last) = random.choice(world.subjects), _dates(random)
    only = _only(world, subject, random)
    usual = Interval.DAY if only and last - first < timedelta(days=2) else interval_of(first, max(first, last))
    interval = usual if random.random() < 0.8 else random.choice(list(Interval))
    cards = random.sample(list(TABS), 3)
    tabs = tuple(random.choice(TABS[card]) for card in cards)
    compares = random.random() < 0.4
    return Question(
        subject, Part.SERIES, first, last, BERLIN, interval, _classes(random), only, None, compares=compares, tabs=tabs
    )


def _another(view: Question, random: Random) -> Question:
    """In another zone; or of hours, or of what is over."""
    if random.random() < 0.5:
        return replace(view, zone=random.choice(ZONES), only=None, interval=random.choice(list(Interval)))
    part, zone = random.choice([(Part.HOURS, BERLIN), (Part.HOURS, random.choice(ZONES)), (Part.OVER, BERLIN)])
    is_of_the_choice = part is Part.OVER and view.only and view.only.dimension is Dimension.OUTCOME
    return replace(view, part=part, zone=zone, only=None if is_of_the_choice else view.only)


def _dates(random: Random) -> tuple[date, date]:
    first = some_day(random)
    length = random.choice([0, 1, random.randint(2, 6), random.randint(7, 30), random.randint(31, 130)])
    if random.random() < 0.02:
        return first, first - timedelta(days=1)
    return first, max(first, min(first + timedelta(days=length), NOW.date()))


def _classes(random: Random) -> tuple[ScanClass, ...]:
    if random.random() < 0.5:
        return (ScanClass.HUMAN,)
    some = set(random.sample(list(ScanClass), random.randint(1, len(ScanClass))))
    return tuple(each for each in ScanClass if each in some)


def _only(world: World, subject: Subject, random: Random) -> Filter | None:
    """A word, or a campaign, link or code: that of the subject, of another, or a stranger's."""
    chance = random.random()
    if chance < 0.45 or subject.kind is Kind.CODE:
        return None
    if chance < 0.7:
        dimension = random.choice(list(WORDS))
        return Filter(dimension, random.choice(WORDS[dimension]))
    dimension = random.choice([Dimension.CAMPAIGN, Dimension.LINK, Dimension.CODE])
    known = {Dimension.CAMPAIGN: world.campaigns, Dimension.LINK: world.links, Dimension.CODE: world.codes}
    ids = [thing.pk for thing in known[dimension]]  # type: ignore[attr-defined]  # lists of several models
    return Filter(dimension, str(world.strangers.pk if chance > 0.97 else random.choice(ids)))
