"""The three ways to ask a question, each giving what it says in one form; None where it cannot be asked that way."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from analytics.models import Dimension, ScanClass
from analytics.reports import OVER, Filter, Kind, Refused, Subject
from analytics.reports.filters import ID_DIMENSIONS, narrowed
from analytics.words import OUTCOMES
from tests.analytics.agreement.questions import CARDS, Part, Question

COLUMN = {Dimension.LINK: "link_id", Dimension.CODE: "code_id", Dimension.CAMPAIGN: "campaign_id"}
PAGES = {Kind.LINK: "links/{}/statistics", Kind.CAMPAIGN: "campaigns/{}/statistics", Kind.TAG: "tags/{}/statistics"}


@dataclass
class Answer:
    """What was said. Of a breakdown, "rows" are values with their scans, the most first."""

    refused: str = ""
    said: dict[str, Any] = field(default_factory=dict)


class Ways:
    """A member's browser, asking; questions of one view share their answers: the world stands still."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._known: dict[str, Any] = {}

    def forget(self) -> None:
        """Answers hold all that they were made from: Python would look for garbage among a thousand of them."""
        self._known.clear()

    def _get(self, address: str) -> Any:
        if address not in self._known:
            self._known[address] = self.client.get(address, headers={"HX-Request": "true"})
        return self._known[address]

    # --- GET /api/v1/stats -------------------------------------------------------------------------

    def api(self, question: Question) -> Answer:
        asked = _parameters(question, question.subject) | {"class": ",".join(question.classes)}
        asked["metrics"] = {Part.HOURS: "heat_map", Part.OVER: "after_expiry"}.get(question.part, "scans")
        if question.part is Part.SERIES:
            asked["interval"] = question.interval
            asked["metrics"] = "scans,unique_visitors" if question.is_on_a_page else "scans"
        if question.only:
            asked["filter"] = f"{question.only.dimension.name.lower()}:{question.only.value}"
        if question.breakdown:
            asked |= {"breakdown": question.breakdown.name.lower(), "limit": question.limit}
        if question.compares:
            asked["compare"] = "previous"
        response = self._get("/api/v1/stats?" + urlencode(asked))
        if response.status_code != 200:
            return Answer(refused=response.content.decode())
        return Answer(said=_READ[question.part](response.json()))

    # --- The dashboard -----------------------------------------------------------------------------

    def page(self, question: Question) -> Answer | None:
        subject, only = question.subject, question.only
        if not question.is_on_a_page or (subject.kind is Kind.CODE and question.breakdown is Dimension.CODE):
            return None
        if subject.kind is Kind.CODE:  # a code is its link's page, narrowed down; that goes on showing all codes
            only = Filter(Dimension.CODE, str(subject.id))
        pairs = [("from", question.first), ("to", question.last), *(("class", each) for each in question.classes)]
        pairs += [] if question.compares else [("compare", "none")]
        pairs += [("filter", f"{only.dimension.name.lower()}:{only.value}")] if only else []
        pairs += [(CARDS[tab], tab.name.lower()) for tab in question.tabs]
        if question.part is Part.OVER:
            pairs += [("part", "losses")]
        number = subject.link_ids[0] if subject.kind is Kind.CODE else subject.id
        path = PAGES.get(Kind.LINK if subject.kind is Kind.CODE else subject.kind, "overview").format(number)
        address = f"/w/{subject.workspace.slug}/{path}?{urlencode(pairs)}"
        response = self._get(address)
        assert response.status_code == 200, response
        if refused := response.context["form"].errors.as_text() or response.context["question"].refused:
            return Answer(refused=refused)
        if question.breakdown and response.context["page"].cards[CARDS[question.breakdown]].is_deferred:
            response = self._get(f"{address}&part={CARDS[question.breakdown]}")
        if question.part is Part.HOURS and response.context["page"].hours.is_deferred:
            response = self._get(f"{address}&part=hours")
        return _SHOWN[question.part](question, response)

    # --- CSV ---------------------------------------------------------------------------------------

    def csv(self, question: Question) -> Answer | None:
        """A file has no filters: a smaller thing is asked for instead, and a word is looked for in raw scans."""
        try:
            subject, words = narrowed(question.subject, [question.only] if question.only else [])
        except Refused as refusal:
            return Answer(refused=str(refusal)) if question.only and question.only.dimension in ID_DIMENSIONS else None
        if words:
            return self._from_raw_scans(question, subject, words[0])
        rows = self._file(question, subject)
        if isinstance(rows, str):
            return Answer(refused=rows)
        said = _TABLES[question.part](question, rows)
        if question.compares and question.part in (Part.SERIES, Part.BREAKDOWN):
            earlier = self._file(question, subject, before=True)
            if isinstance(earlier, str):
                return Answer(refused=earlier)
            of_then = _TABLES[question.part](question, earlier)
            said |= {f"{name} before": of_then[name] for name in ("scans", "points") if name in of_then}
        return Answer(said=said)

    def _file(self, question: Question, subject: Subject, *, before: bool = False) -> list[dict[str, str]] | str:
        what = "after-expiry" if question.part is Part.OVER else str(question.part)
        asked = _parameters(question, subject, before=before) | {"what": what, "interval": question.interval}
        asked |= {"class": list(question.classes), "limit": question.limit}
        if question.breakdown:
            asked["breakdown"] = question.breakdown.name.lower()
        return self._rows(asked)

    def _from_raw_scans(self, question: Question, subject: Subject, word: Filter) -> Answer:
        """Breakdowns of a campaign are those of its links: these are looked for in the file of the workspace."""
        asked = _parameters(question, subject) | {"what": "scans", "class": list(question.classes)}
        if subject.kind is Kind.CAMPAIGN:
            asked |= {"scope": "workspace", "workspace": subject.workspace.slug}
        rows = self._rows(asked)
        if isinstance(rows, str):
            return Answer(refused=rows)
        links = set(map(str, subject.link_ids))
        found = [row for row in rows if row[word.dimension.name.lower()] == word.value and row["link_id"] in links]
        said: dict[str, Any] = {"scans": len(found)}
        if question.part is Part.HOURS:
            moments = Counter(datetime.fromisoformat(row["local_time"]).strftime("%u %H") for row in found)
            said["hours"] = [[moments[f"{day} {hour:02}"] for hour in range(24)] for day in range(1, 8)]
        if question.part is Part.OVER:
            said["over"] = dict(Counter(row["outcome"] for row in found if row["outcome"] in OVER))
        if question.breakdown:
            column = COLUMN.get(question.breakdown, question.breakdown.name.lower())
            said["values"] = Counter(row[column] for row in found)
        return Answer(said=said)

    def _rows(self, asked: dict[str, Any]) -> list[dict[str, str]] | str:
        address = "/api/v1/exports/now?" + urlencode(asked, doseq=True)
        if address not in self._known:
            response = self.client.get(address)
            text = (response.getvalue() if response.streaming else response.content).decode()
            self._known[address] = text if response.status_code != 200 else list(csv.DictReader(text.splitlines()))
        rows: list[dict[str, str]] | str = self._known[address]
        return rows


def _parameters(question: Question, subject: Subject, *, before: bool = False) -> dict[str, Any]:
    first, last = question.first, question.last
    if before:
        first, last = first - (last - first) - timedelta(days=1), first - timedelta(days=1)
    asked: dict[str, Any] = {"scope": subject.kind.value, "from": first, "to": last, "timezone": question.zone.key}
    return asked if subject.kind is Kind.WORKSPACE else asked | {"id": subject.id}


def _of_series(answer: Any) -> dict[str, Any]:
    said = _points("", answer["totals"], answer["series"])
    if other := answer["comparison"]:
        said |= _points(" before", other["totals"], other["series"])
        said.pop("visitors by point before", None)
    return said


def _points(suffix: str, totals: Any, points: Any) -> dict[str, Any]:
    said = {"scans": totals["scans"], "points": [point["scans"] for point in points]}
    if not suffix:
        said["starts"] = [datetime.fromisoformat(point["start"]) for point in points]
    if totals.get("unique_visitors") is not None:
        said["visitors"] = totals["unique_visitors"]
        said["visitors by point"] = [point["unique_visitors"] for point in points]
    return {f"{name}{suffix}": value for name, value in said.items()}


def _of_breakdown(answer: Any) -> dict[str, Any]:
    found = answer["breakdown"]
    rest, unknown = found["rest"] or {"scans": 0}, found["unknown"] or {"scans": 0}
    said = {"scans": found["scans"], "rows": [(row["value"], row["scans"]) for row in found["rows"]]}
    if found["compared_scans"]:
        said |= {"scans before": found["compared_scans"], "rows before": [row["compared"] for row in found["rows"]]}
    return said | {"rest": rest["scans"], "unknown": unknown["scans"]}


_READ: dict[Part, Callable[[Any], dict[str, Any]]] = {
    Part.SERIES: _of_series,
    Part.BREAKDOWN: _of_breakdown,
    Part.HOURS: lambda answer: {"hours": answer["heat_map"]},
    Part.OVER: lambda answer: {"over": {name: n for name, n in answer["after_expiry"]["outcomes"].items() if n}},
}


def _shown_series(question: Question, response: Any) -> Answer:
    """Headline numbers as they stand on the page, and what its chart is drawn from."""
    page, html = response.context["page"], response.content.decode()
    if page.refused:
        return Answer(refused=page.refused)
    said: dict[str, Any] = {"scans": _number("figure-scans", html)}
    if 'id="figure-visitors"' in html:
        said["visitors"] = _number("figure-visitors", html)
    change = page.over_time.figures[0].change
    said |= {"scans before": change.before} if change else {}
    sets = json.loads(re.search(r'id="scan-series"[^>]*>(.*?)</script>', html)[1])["sets"]  # type: ignore[index]  # it is there
    if question.page_interval == question.interval:
        counted = [each["data"] for each in sets if "isBefore" not in each]
        said["points"] = [sum(numbers) for numbers in zip(*counted, strict=True)]
        before = next((each["data"] for each in sets if "isBefore" in each), None)
        said |= {"points beside": before} if before else {}
        if page.over_time.shows_visitors:
            said["visitors by point"] = [row.unique_visitors for row in page.over_time.rows]
    return Answer(said=said)


def _number(name: str, html: str) -> int:
    found = re.search(rf'id="{name}"[^>]*>([\d,]+)<', html)
    assert found, name
    return int(found[1].replace(",", ""))


def _shown_breakdown(question: Question, response: Any) -> Answer:
    assert question.breakdown
    id_, name = CARDS[question.breakdown], question.breakdown.name.lower()
    card = response.context["page"].cards[id_] if "page" in response.context else response.context["card"]
    if not any(tab.is_chosen and tab.id.endswith(f"-{name}") for tab in card.tabs) and card.tabs:
        return Answer(refused="There is no such card.")
    if not card.tabs and question.breakdown is not Dimension.CODE:
        return Answer(refused="There is no such card.")
    if card.refused and not card.refused.startswith("Not known of any"):
        return Answer(refused=card.refused)
    html = response.content.decode()
    rows = [bar for bar in card.bars if not bar.is_quiet]
    sums = {bar.id.rpartition("-")[2]: bar.scans for bar in card.bars if bar.is_quiet}
    for bar in () if card.refused else card.bars:  # of places nobody knows a page says why instead
        assert re.search(rf'id="bar-{bar.id}".*?<td>{bar.scans:,}</td>', html, re.DOTALL), bar
    said: dict[str, Any] = {"scans": card.scans, "rows": [(bar.value, bar.scans) for bar in rows]}
    if rows and rows[0].change:
        said["rows before"] = [bar.change.before for bar in rows if bar.change]
    return Answer(said=said | {"rest": sums.get("rest", 0), "unknown": sums.get("unknown", 0)})


def _shown_hours(question: Question, response: Any) -> Answer:
    card = response.context["page"].hours if "page" in response.context else response.context["hours"]
    if card.heat is None:
        return Answer(refused=card.refused)
    return Answer(said={"hours": [[hour.scans for hour in day.hours] for day in card.heat.days]})


def _shown_losses(question: Question, response: Any) -> Answer:
    found = response.context["losses"]
    names = {words.name: outcome for outcome, words in OUTCOMES.items()}
    over = {names[lost.words.name]: lost.scans for lost in found.over}
    return Answer(refused=found.refused, said={"over": over})


_SHOWN: dict[Part, Callable[[Question, Any], Answer]] = {
    Part.SERIES: _shown_series,
    Part.BREAKDOWN: _shown_breakdown,
    Part.HOURS: _shown_hours,
    Part.OVER: _shown_losses,
}


def _series_table(question: Question, rows: Sequence[dict[str, str]]) -> dict[str, Any]:
    points = [sum(int(row[name]) for name in question.classes) for row in rows]
    said: dict[str, Any] = {"scans": sum(points), "points": points}
    if question.is_on_a_page and ScanClass.HUMAN in question.classes and question.interval not in ("hour", "15min"):
        said["visitors by point"] = [int(row["unique_visitors"]) for row in rows]
        said["visitors"] = sum(said["visitors by point"])
    return said


def _breakdown_table(question: Question, rows: Sequence[dict[str, str]]) -> dict[str, Any]:
    by_kind = Counter[str]()
    for row in rows:
        by_kind[row["kind"]] += int(row["scans"])
    shown = [(row["value"], int(row["scans"])) for row in rows if row["kind"] == "value"]
    return {"scans": by_kind.total(), "rows": shown, "rest": by_kind["rest"], "unknown": by_kind["unknown"]}


def _hours_table(question: Question, rows: Sequence[dict[str, str]]) -> dict[str, Any]:
    hours = [[0] * 24 for _ in range(7)]
    for row in rows:
        hours[int(row["weekday"]) - 1][int(row["hour"])] = int(row["scans"])
    return {"hours": hours}


_TABLES: dict[Part, Callable[[Question, Sequence[dict[str, str]]], dict[str, Any]]] = {
    Part.SERIES: _series_table,
    Part.BREAKDOWN: _breakdown_table,
    Part.HOURS: _hours_table,
    Part.OVER: lambda question, rows: {
        "over": {row["outcome"]: int(row["scans"]) for row in rows if row["scans"] != "0"}
    },
}
