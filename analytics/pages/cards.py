"""The cards of a page: one breakdown at a time, in bars; that of places with the map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from analytics.models import Dimension
from analytics.pages.chosen import TABS
from analytics.pages.pictures import WorldMap, world_map
from analytics.pages.questions import Question
from analytics.pages.rankings import CHOOSE_IT, Bar, bars_of
from analytics.reports import BreakdownReport, BreakdownRow, Kind, Refused, Source
from analytics.words import DIMENSIONS, Words
from links.models import Code

# Rows of a card; what stands beside the map and on top has more room.
SHOWN, SHOWN_MORE = 6, 8
ONLY_COUNTRIES = (
    "Not known of any of these scans. Regions and cities come with a geo file that has them: its place is GEOIP_PATH."
)
# More countries than there are.
EVERY = 300
_PAGES_OF = {Dimension.LINK: "analytics:link-statistics", Dimension.CAMPAIGN: "analytics:campaign-statistics"}
_TOP = {
    Kind.WORKSPACE: (Dimension.LINK, Dimension.CODE, Dimension.CAMPAIGN),
    Kind.CAMPAIGN: (Dimension.LINK, Dimension.CODE),
    Kind.TAG: (Dimension.LINK, Dimension.CODE),
    Kind.LINK: (Dimension.CODE,),
}
CARDS = tuple(TABS)


@dataclass(frozen=True)
class Tab:
    """One of the breakdowns that a card can show."""

    id: str
    name: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Card:
    """A breakdown as it is shown. Deferred: it has to be counted from raw scans, and comes when the page is there."""

    id: str
    words: Words
    tabs: Sequence[Tab]
    bars: Sequence[Bar] = ()
    scans: int = 0
    world: WorldMap | None = None
    counted_from_raw: str = ""
    refused: str = ""
    is_deferred: bool = False
    address: str = ""
    compares: bool = False

    @property
    def size(self) -> str:
        """How much of the page's width it takes."""
        return {"top": "takes-more", "places": "takes-all", "clients": "takes-less"}.get(self.id, "takes-half")


def cards(question: Question, names: Iterable[str] = CARDS, *, may_wait: bool = True) -> dict[str, Card]:
    """Cards by name; with `may_wait` those that need raw scans are empty, and their addresses bring them."""
    shown = {name: question.chosen.tab(name, _among(question, name)) for name in names}
    deferred = {name for name, dimension in shown.items() if may_wait and _needs_raw_scans(question, name, dimension)}
    limits: dict[Dimension, int] = {}
    for name in shown.keys() - deferred:
        limits |= _limits(name, shown[name])
    answers = question.breakdowns(limits)
    return {
        name: replace(_empty(question, name, dimension), is_deferred=True)
        if name in deferred
        else _filled(_empty(question, name, dimension), question, dimension, answers)
        for name, dimension in shown.items()
    }


def _empty(question: Question, name: str, dimension: Dimension) -> Card:
    return Card(
        id=name,
        words=DIMENSIONS[dimension],
        tabs=_tabs(question, name),
        address=question.chosen.address(part=name),
        compares=question.before is not None,
    )


def _limits(name: str, dimension: Dimension) -> dict[Dimension, int]:
    """What a card asks for: the map shows all countries, whatever is listed beside it."""
    countries = {Dimension.COUNTRY: EVERY} if name == "places" else {}
    return {dimension: _rows_of(name)} | countries


def _rows_of(name: str) -> int:
    return SHOWN_MORE if name in ("top", "places") else SHOWN


def _filled(
    empty: Card, question: Question, dimension: Dimension, answers: Mapping[Dimension, BreakdownReport | Refused]
) -> Card:
    report = answers[dimension]
    countries = answers[Dimension.COUNTRY] if empty.id == "places" else None
    if isinstance(report, Refused):
        return replace(empty, refused=report.message)
    if isinstance(countries, Refused):
        return replace(empty, refused=countries.message)
    if not report.rows and dimension in (Dimension.REGION, Dimension.CITY):
        empty = replace(empty, refused=ONLY_COUNTRIES)
    bars = bars_of(shortened(report, _rows_of(empty.id)), dimension, question.wording)
    at = report.as_of.astimezone(question.period.zone)
    return replace(
        empty,
        bars=_named(bars, dimension, question),
        scans=report.scans,
        world=world_map(countries, question.wording) if countries else None,
        counted_from_raw=f"Counted from raw scans at {at:%H:%M}." if report.source is Source.RAW else "",
    )


def shortened(report: BreakdownReport, limit: int) -> BreakdownReport:
    """The same with fewer rows: the others go into the rest."""
    more = report.rows[limit:]
    if not more:
        return report
    parts = [*more, *([report.rest] if report.rest else [])]
    compared = None if more[0].compared is None else sum(row.compared or 0 for row in parts)
    rest = BreakdownRow("", "rest", sum(row.scans for row in parts), sum(row.share for row in parts), compared)
    return replace(report, rows=report.rows[:limit], rest=rest, rest_values=report.rest_values + len(more))


def _named(bars: Sequence[Bar], dimension: Dimension, question: Question) -> list[Bar]:
    """Codes with the link they lead to; links and campaigns lead to pages of their own."""
    if dimension is Dimension.CODE:
        codes = Code.objects.select_related("link").in_bulk([int(bar.value) for bar in bars if bar.value])
        return [replace(bar, note=_note(codes.get(int(bar.value)), question)) if bar.value else bar for bar in bars]
    if dimension in _PAGES_OF:
        return [_with_page(bar, dimension, question) if bar.value else bar for bar in bars]
    return list(bars)


def _note(code: Code | None, question: Question) -> str:
    if code is None:
        return ""
    return code.path if question.subject.kind is Kind.LINK else str(code.link)


def _with_page(bar: Bar, dimension: Dimension, question: Question) -> Bar:
    page = reverse(_PAGES_OF[dimension], args=[question.subject.workspace.slug, bar.value])
    words = bar.explanation.removesuffix(CHOOSE_IT) + "Choose it to open its statistics."
    address = page + question.chosen.address(only=None, tabs={})
    return replace(bar, address=address, explanation=words, opens_a_page=True)


def _among(question: Question, name: str) -> Sequence[Dimension]:
    return _TOP[question.subject.kind] if name == "top" else TABS[name]


def _tabs(question: Question, name: str) -> list[Tab]:
    among, chosen = _among(question, name), question.chosen
    if len(among) < 2:
        return []
    return [
        Tab(
            f"{name}-{each.name.lower()}",
            DIMENSIONS[each].name,
            chosen.address(tabs={**chosen.tabs, name: each}),
            each is chosen.tab(name, among),
        )
        for each in among
    ]


def _needs_raw_scans(question: Question, name: str, dimension: Dimension) -> bool:
    shown = {dimension, Dimension.COUNTRY} if name == "places" else {dimension}
    return any(question.needs_raw_scans(each) for each in shown)
