"""A whole page of statistics: what its template shows, and the marker that says whether anything of it has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Sum
from django.utils import timezone

from analytics import reports
from analytics.models import LocalDay, Scan, ScanClass
from analytics.pages.cards import Card, cards
from analytics.pages.hours import HoursCard
from analytics.pages.names import country_name
from analytics.pages.questions import Question
from analytics.pages.series import OverTime
from analytics.periods import Period
from analytics.reports import FirstAndLast, Kind, Refused, Subject
from analytics.words import CLASSES, DEVICES, Words
from links.lag import Behind, watch
from links.models import Code

RECENT_SCANS = 6


@dataclass(frozen=True)
class Recent:
    """A scan of the live feed: with what, from where, and who it was if it was no person."""

    scan: Scan
    code: Code | None

    @property
    def words(self) -> str:
        scan = self.scan
        place = scan.city or (country_name(scan.country) if scan.country else "")
        return " · ".join(filter(None, (scan.os or DEVICES.get(scan.device, ""), scan.browser, place)))

    @property
    def is_of_today(self) -> bool:
        return timezone.localdate(self.scan.at) == timezone.localdate()

    @property
    def class_name(self) -> str:
        return CLASSES[ScanClass(self.scan.scan_class)].name


@dataclass(frozen=True)
class Page:
    """Everything that a page of statistics shows; what cannot be answered says why in its place."""

    question: Question
    seen: str
    over_time: OverTime | None
    refused: str
    hours: HoursCard
    recent: Sequence[Recent]
    first_and_last: FirstAndLast
    cards: Mapping[str, Card]
    behind: Behind

    @property
    def is_of_workspace(self) -> bool:
        return self.question.subject.kind is Kind.WORKSPACE

    @property
    def has_scans(self) -> bool:
        """Whether anything was ever scanned here, whatever the period and the class."""
        return bool(self.recent or self.question.words) or self.first_and_last.first is not None

    @property
    def refreshed(self) -> str:
        """The parts that a look for news brings anew; what is counted from raw scans stays until it is asked for."""
        parts = ["seen", "numbers", "over-time-data", "over-time-table", "recent"]
        parts += [] if self.hours.is_deferred else ["hours", "hours-table"]
        for each in self.cards.values():
            parts += [] if each.is_deferred else [f"card-{each.id}-body"]
            parts += ["world-scans", "world-legend", "all-countries"] if each.world else []
        return ",".join(f"#{part}" for part in parts)

    @property
    def newest(self) -> int:
        """Among so many scans the feed looks for the word that a page is narrowed down to."""
        return reports.NEWEST

    @property
    def part_of_losses(self) -> str:
        return self.question.chosen.address(part="losses")

    @property
    def shows_links(self) -> bool:
        """Whether a scan has to say which link it was of."""
        return self.question.subject.kind not in (Kind.LINK, Kind.CODE)

    @property
    def class_words(self) -> Sequence[Words]:
        return list(CLASSES.values())


def build(question: Question, seen: str) -> Page:
    """`seen` is the marker, read before, so that a scan counted meanwhile shows at the next look."""
    over_time, refused = _over_time(question)
    found = reports.recent_scans(question.smaller, RECENT_SCANS, question.words)
    return Page(
        question=question,
        seen=seen,
        over_time=over_time,
        refused=refused,
        hours=HoursCard.of(question),
        recent=[Recent(each.scan, each.code) for each in found],
        first_and_last=reports.first_and_last(question.smaller, question.chosen.scan_classes),
        cards=cards(question),
        behind=watch.look(),
    )


def marker(subject: Subject, period: Period) -> str:
    """Differs when a scan was counted, the period moved on or counting fell behind. Reads the last two days alone."""
    newest = timezone.now().astimezone(subject.zone).date()
    days = LocalDay.objects.filter(
        scope=subject.scope, scope_id__in=subject.ids, date__range=(newest - timedelta(days=1), newest)
    )
    scans = days.aggregate(scans=Sum(sum((F(name) for name in ScanClass.values[1:]), F(ScanClass.HUMAN))))["scans"]
    return f"{scans or 0}-{period.end:%Y%m%d%H%M}-{watch.look().words}"


def _over_time(question: Question) -> tuple[OverTime | None, str]:
    try:
        series = question.series()
        return OverTime(question.chosen, series, question.series_before(), question.wording.who), ""
    except Refused as refusal:
        return None, refusal.message
