"""The answer to a question about scans, as JSON has it; what was not asked for is null."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response

from analytics import reports
from analytics.api.questions import Metric, Question
from analytics.periods import Period
from analytics.reports import BreakdownReport, BreakdownRow, Orphans, Series
from analytics.reports.grammar import written

Json = dict[str, Any]


def answer_to(question: Question) -> Json:
    """Every part that was asked for. Raises reports.Refused."""
    series = _series(question, question.period)
    other = question.period.compared(question.comparison) if question.comparison else None
    return {
        **_echo(question),
        "source": series.source,
        "totals": _reader(question)(series),
        "unique_visitors_definition": series.unique_visitors_definition,
        "series": _points(question, series),
        "comparison": _comparison(question, series, _series(question, other)) if other else None,
        "breakdown": _breakdown(question, other),
        **_more(question),
        "as_of": _local(series.as_of, question.period),
    }


def tagged(request: Request, body: Json) -> HttpResponseBase:
    """The body with its ETag, or 304 when the client has it already.

    The moment of answering is no part of the tag: the same tag says that all numbers are still the same.
    """
    content = {name: value for name, value in body.items() if name != "as_of"}
    digest = blake2b(json.dumps(content, default=str).encode(), digest_size=16).hexdigest()
    response = Response(body, headers={"ETag": f'"{digest}"', "Cache-Control": "private, no-cache"})
    return get_conditional_response(request._request, etag=f'"{digest}"', response=response) or response


def _series(question: Question, period: Period) -> Series:
    return reports.scan_series(question.subject, period, question.filters, question.classes)


def _echo(question: Question) -> Json:
    subject, period = question.subject, question.period
    return {
        "scope": subject.kind,
        "id": subject.workspace.slug if subject.kind is reports.Kind.WORKSPACE else subject.id,
        "name": subject.name,
        "from": _local(period.start, period),
        "to": _local(period.end, period),
        "timezone": period.zone.key,
        "interval": question.interval,
        "metrics": question.metrics,
        "classes": question.classes,
        "filters": written(question.filters),
    }


def _points(question: Question, series: Series) -> list[Json] | None:
    if question.interval is None:
        return None
    zone, read = series.period.zone, _reader(question)
    return [{"start": point.start.astimezone(zone).isoformat(), **read(point)} for point in series.points]


def _reader(question: Question) -> Callable[[Series | reports.Point], Json]:
    """What takes the numbers that were asked for from a whole series, or from one of its thousands of points."""
    scans = reports.adder(frozenset(question.classes))
    has_uniques, has_classes = (each in question.metrics for each in (Metric.UNIQUE_VISITORS, Metric.CLASSES))
    has_people = bool(reports.HUMANS & set(question.classes))

    def read(at: Series | reports.Point) -> Json:
        numbers: Json = {"scans": scans(at.counts)}
        if has_uniques:
            numbers["unique_visitors"] = at.unique_visitors if has_people else None
        if has_classes:
            numbers["by_class"] = at.counts._asdict()
        return numbers

    return read


def _comparison(question: Question, now: Series, before: Series) -> Json:
    read = _reader(question)
    numbers, earlier = read(now), read(before)
    counted = [name for name in ("scans", "unique_visitors") if numbers.get(name) is not None]
    return {
        "with": question.comparison,
        "from": _local(before.period.start, before.period),
        "to": _local(before.period.end, before.period),
        "totals": earlier,
        "change": {name: reports.change(numbers[name], earlier[name]) for name in counted},
        "series": _points(question, before),
    }


def _breakdown(question: Question, other: Period | None) -> Json | None:
    if question.breakdown is None:
        return None
    report = reports.breakdown(
        question.subject,
        question.breakdown,
        question.period,
        classes=question.classes,
        limit=question.limit,
        compared=other,
        filters=question.filters,
    )
    return _breakdown_json(report)


def _breakdown_json(report: BreakdownReport) -> Json:
    return {
        "dimension": report.dimension,
        "source": report.source,
        "scans": report.scans,
        "compared_scans": report.compared_scans,
        "rows": [{"value": row.value, "label": row.label, **_row(row)} for row in report.rows],
        "rest": {"values": report.rest_values, **_row(report.rest)} if report.rest else None,
        "unknown": _row(report.unknown) if report.unknown else None,
    }


def _row(row: BreakdownRow) -> Json:
    change = None if row.compared is None else reports.change(row.scans, row.compared)
    return {"scans": row.scans, "share": round(row.share, 6), "compared": row.compared, "change": change}


def _more(question: Question) -> Json:
    subject, period, classes, asked = question.subject, question.period, question.classes, question.metrics
    filters = question.filters
    edges = reports.first_and_last(subject, classes, filters) if Metric.FIRST_AND_LAST in asked else None
    over = reports.scans_after_expiry(subject, period, classes, filters) if Metric.AFTER_EXPIRY in asked else None
    orphans = None
    if Metric.ORPHANS in asked:
        orphans = reports.orphan_scans(subject.workspace, period, classes=classes, limit=question.limit)
    hours = reports.heat_map(subject, period, classes, filters) if Metric.HEAT_MAP in asked else None
    return {
        "heat_map": hours.rows if hours else None,
        "first_scan": _local(edges.first, period) if edges else None,
        "last_scan": _local(edges.last, period) if edges else None,
        "after_expiry": {"scans": over.scans, "outcomes": over.outcomes} if over else None,
        "orphans": _orphans(orphans, period) if orphans else None,
    }


def _orphans(orphans: Orphans, period: Period) -> Json:
    rows: Sequence[Json] = [
        {
            "address": f"{row.host}/{row.path}",
            "meant_code": row.meant.pk,
            "meant_path": row.meant.path,
            "link": row.meant.link_id,
            "scans": row.scans,
            "last_at": _local(row.last_at, period),
        }
        for row in orphans.rows
    ]
    return {"rows": rows, "is_complete": orphans.is_complete}


def _local(moment: datetime | None, period: Period) -> str | None:
    return moment.astimezone(period.zone).isoformat() if moment else None
