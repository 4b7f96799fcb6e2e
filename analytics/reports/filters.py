"""Filters: which values of dimensions scans must have; those that name a link or code make a smaller subject."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.models import Dimension
from analytics.reports.numbers import Refused
from analytics.reports.subjects import Kind, Subject
from links.models import Campaign, Code

# The dimensions of which the value is an id, widest first.
ID_DIMENSIONS = (Dimension.CAMPAIGN, Dimension.LINK, Dimension.CODE)


@dataclass(frozen=True)
class Filter:
    """Only scans with this value of this dimension."""

    dimension: Dimension
    value: str


def narrowed(subject: Subject, filters: Sequence[Filter]) -> tuple[Subject, list[Filter]]:
    """The subject that is left after filters by campaign, link and code, and the filters that are words."""
    for each in sorted(filters, key=lambda one: _order(one.dimension)):
        if each.dimension in ID_DIMENSIONS:
            subject = _smaller(subject, each)
    words = [each for each in filters if each.dimension not in ID_DIMENSIONS]
    return (subject.with_breakdowns() if words else subject), words


def _order(dimension: Dimension) -> int:
    return ID_DIMENSIONS.index(dimension) if dimension in ID_DIMENSIONS else len(ID_DIMENSIONS)


def _smaller(subject: Subject, wanted: Filter) -> Subject:
    if not wanted.value.isascii() or not wanted.value.isdigit() or len(wanted.value) > 18:
        raise Refused("filter", f"The value of {wanted.dimension.label.lower()} is a number: its id.")
    found = _FIND[wanted.dimension](subject, int(wanted.value))
    if found is None:
        name = wanted.dimension.label.lower()
        raise Refused("filter", f"There is no {name} {wanted.value} in this {subject.kind}.")
    return Subject.of(found)


def _campaign(subject: Subject, pk: int) -> Any:
    if subject.kind is not Kind.WORKSPACE:
        return None
    return Campaign.objects.select_related("workspace").filter(workspace=subject.id, pk=pk).first()


def _link(subject: Subject, pk: int) -> Any:
    if subject.kind in (Kind.LINK, Kind.CODE):
        return None
    return subject.links().select_related("workspace").filter(pk=pk).first()


def _code(subject: Subject, pk: int) -> Any:
    if subject.kind is Kind.CODE:
        return None
    return Code.objects.select_related("link__workspace").filter(link__in=subject.links(), pk=pk).first()


_FIND: dict[Dimension, Callable[[Subject, int], Any]] = {
    Dimension.CAMPAIGN: _campaign,
    Dimension.LINK: _link,
    Dimension.CODE: _code,
}
