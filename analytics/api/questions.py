"""What a REST client asks about scans: the query string read into one question, or refused with what to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from accounts.access import get_object, get_workspace, workspaces_of
from accounts.models import Workspace, known_timezones
from analytics.models import Dimension, ScanClass
from analytics.periods import Comparison, Interval, Period, PeriodError
from analytics.reports import DEFAULT_LIMIT, MAX_LIMIT, Filter, Kind, Refused, Subject
from analytics.reports.grammar import GrammarError, dimension_of, filters_of
from links.models import Campaign, Code, Link, Tag

EnumT = TypeVar("EnumT", bound=StrEnum)


class Metric(StrEnum):
    """What can be asked of scans."""

    SCANS = "scans"
    UNIQUE_VISITORS = "unique_visitors"
    CLASSES = "classes"
    HEAT_MAP = "heat_map"
    FIRST_AND_LAST = "first_and_last"
    AFTER_EXPIRY = "after_expiry"
    ORPHANS = "orphans"


DEFAULT_METRICS = (Metric.SCANS, Metric.UNIQUE_VISITORS)
PARAMETERS = (
    "scope", "id", "metrics", "interval", "breakdown", "filter", "class", "timezone", "compare", "from", "to", "limit",
)  # fmt: skip


class CannotAnswer(APIException):
    """The question is understood, but the numbers that are kept cannot answer it."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "This cannot be answered."
    default_code = "cannot_answer"

    @classmethod
    def because(cls, refused: Refused) -> "CannotAnswer":
        return cls({refused.parameter: [refused.message]})


@dataclass(frozen=True)
class Question:
    """Everything a client asked for. Without an interval no series is wanted, and the period's is a month."""

    subject: Subject
    period: Period
    interval: Interval | None
    metrics: tuple[Metric, ...]
    classes: tuple[ScanClass, ...]
    filters: tuple[Filter, ...]
    breakdown: Dimension | None
    comparison: Comparison | None
    limit: int

    @classmethod
    def of(cls, request: Request) -> "Question":
        """Raises Http404 for what is not the client's, ValidationError and CannotAnswer for the rest."""
        asked = request.query_params
        _refuse_unknown(asked)
        subject = _subject(request)
        zone = _zone(asked.get("timezone"), subject)
        interval = asked.get("interval")
        question = cls(
            subject=subject,
            period=period_of(asked, zone, interval or Interval.MONTH),
            interval=Interval(interval) if interval else None,
            metrics=_several("metrics", asked.get("metrics"), Metric) or DEFAULT_METRICS,
            classes=_classes(asked.get("class")),
            filters=_filters(asked.getlist("filter")),
            breakdown=_breakdown(asked.get("breakdown")),
            comparison=_one("compare", asked["compare"], Comparison) if asked.get("compare") else None,
            limit=_limit(asked.get("limit")),
        )
        question._refuse_what_is_not_kept(asked)
        return question

    def _refuse_what_is_not_kept(self, asked: Mapping[str, str]) -> None:
        own_zone = self.subject.workspace.current_timezone
        if asked.get("metrics") and Metric.UNIQUE_VISITORS in self.metrics and self.period.zone.key != own_zone:
            raise CannotAnswer({"timezone": [f"Unique visitors are told apart by the days of {own_zone} only."]})
        if Metric.ORPHANS in self.metrics and self.subject.kind is not Kind.WORKSPACE:
            raise CannotAnswer({"metrics": ["Orphan scans are a workspace's: ask with scope=workspace."]})


def period_of(asked: Mapping[str, str], zone: ZoneInfo, interval: str | None) -> Period:
    """The period of `from` and `to`; raises ValidationError."""
    try:
        return Period.parse(zone, timezone.now(), asked.get("from"), asked.get("to"), interval)
    except PeriodError as error:
        raise ValidationError({error.parameter: [error.message]}) from error


def _refuse_unknown(asked: Mapping[str, str]) -> None:
    if unknown := sorted(set(asked) - set(PARAMETERS)):
        known = ", ".join(PARAMETERS)
        raise ValidationError({unknown[0][:100]: [f"There is no such parameter. These are: {known}."]})


def _subject(request: Request) -> Subject:
    kind = _one("scope", request.query_params.get("scope") or Kind.WORKSPACE, Kind)
    asked = request.query_params.get("id", "")
    if kind is Kind.WORKSPACE:
        return Subject.of(_workspace(request, asked))
    if not asked:
        raise ValidationError({"id": [f"Say which {kind}: id=…"]})
    queryset, path = _ROWS[kind]
    return Subject.of(get_object(request, queryset, workspace_path=path, pk=asked))


def _workspace(request: Request, slug: str) -> Workspace:
    """By its slug; the key's own one, or a person's only one, needs no name."""
    if slug:
        return get_workspace(request, slug)
    match list(workspaces_of(request)[:2]):
        case [workspace]:
            return workspace
        case []:
            raise Http404("You are not a member of any workspace.")
    raise ValidationError({"id": ["You are in several workspaces: say which one, by its slug."]})


_ROWS: dict[Kind, tuple[QuerySet[Any], str]] = {
    Kind.CAMPAIGN: (Campaign.objects.select_related("workspace"), "workspace"),
    Kind.TAG: (Tag.objects.select_related("workspace"), "workspace"),
    Kind.LINK: (Link.objects.alive().select_related("workspace"), "workspace"),
    Kind.CODE: (Code.objects.filter(link__deleted_at=None).select_related("link__workspace"), "link__workspace"),
}


def _zone(name: str | None, subject: Subject) -> ZoneInfo:
    if not name:
        return subject.zone
    if name not in known_timezones():
        raise ValidationError({"timezone": ["Write an IANA time zone, such as Europe/Berlin."]})
    return ZoneInfo(name)


def _classes(text: str | None) -> tuple[ScanClass, ...]:
    if text == "all":
        return tuple(ScanClass)
    return _several("class", text, ScanClass, also="all") or (ScanClass.HUMAN,)


def _filters(texts: list[str]) -> tuple[Filter, ...]:
    try:
        return filters_of(texts)
    except GrammarError as error:
        raise ValidationError({"filter": [str(error)]}) from error


def _breakdown(name: str | None) -> Dimension | None:
    try:
        return dimension_of(name) if name else None
    except GrammarError as error:
        raise ValidationError({"breakdown": [str(error)]}) from error


def _limit(text: str | None) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_LIMIT:
        raise ValidationError({"limit": [f"Write a whole number from 1 to {MAX_LIMIT:,}."]})
    return int(text[:9])


def _several(parameter: str, text: str | None, kind: Any, also: str = "") -> tuple[Any, ...]:
    """Values separated by commas, each once, in the order of their kind."""
    found = {_one(parameter, part.strip(), kind, also) for part in text.split(",")} if text else set()
    return tuple(each for each in kind if each in found)


def _one(parameter: str, text: str, kind: Any, also: str = "") -> Any:
    try:
        return kind(text)
    except ValueError:
        choices = ", ".join([*(each.value for each in kind), *([also] if also else [])])
        raise ValidationError({parameter: [f"Choose of: {choices}."]}) from None
