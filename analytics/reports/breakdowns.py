"""Which values of a dimension had how many scans: the most frequent ones, the rest, and what is not known.

Read from breakdowns and, for links and codes, from local days: rows grow with days and values, never with scans.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.models import Dimension, ScanClass
from analytics.periods import Period
from analytics.reports.filters import Filter, narrowed
from analytics.reports.labels import Key, labels_of
from analytics.reports.numbers import HUMANS, BreakdownReport, BreakdownRow, Refused, Source, as_of
from analytics.reports.raw import raw_sums
from analytics.reports.series import is_by_day
from analytics.reports.subjects import Kind, Subject
from analytics.reports.tops import Found, found_in_rollups, pick

DEFAULT_LIMIT, MAX_LIMIT = 10, 1000
# Dimensions that say nothing new about a subject.
_POINTLESS = {
    Kind.WORKSPACE: frozenset[Dimension](),
    Kind.CAMPAIGN: frozenset({Dimension.CAMPAIGN}),
    Kind.TAG: frozenset({Dimension.CAMPAIGN}),
    Kind.LINK: frozenset({Dimension.CAMPAIGN, Dimension.LINK}),
    Kind.CODE: frozenset({Dimension.CAMPAIGN, Dimension.LINK, Dimension.CODE}),
}


@dataclass(frozen=True)
class _Asked:
    """What is summed up, of whichever period; of each dimension so many values."""

    subject: Subject
    limits: Mapping[Dimension, int]
    classes: frozenset[ScanClass]
    words: Sequence[Filter]

    @property
    def source(self) -> Source:
        from_raw = self.words or self.subject.kind is Kind.CODE
        return Source.RAW if from_raw else Source.ROLLUPS

    def found(
        self, period: Period, keys: Mapping[Dimension, Collection[Key]] | None = None
    ) -> Mapping[Dimension, Found]:
        """Of each dimension the values with the most scans, or those of `keys`."""
        if self.source is Source.ROLLUPS:
            return found_in_rollups(self.subject, self.limits, period, self.classes, keys)
        return {each: self._counted(each, period, keys[each] if keys else None) for each in self.limits}

    def _counted(self, dimension: Dimension, period: Period, keys: Collection[Key] | None) -> Found:
        sums = raw_sums(self.subject, dimension, period, self.words, self.classes)
        with_value = {key: n for key, n in sums.items() if key not in ("", 0)}
        return pick(with_value, sum(sums.values()), self.limits[dimension], keys)


def breakdown(
    subject: Subject,
    dimension: Dimension,
    period: Period,
    *,
    classes: Iterable[ScanClass] = HUMANS,
    limit: int = DEFAULT_LIMIT,
    compared: Period | None = None,
    filters: Sequence[Filter] = (),
) -> BreakdownReport:
    """The values of a dimension with the most scans, as `breakdowns` finds them. Raises Refused."""
    found = breakdowns(subject, {dimension: limit}, period, classes=classes, compared=compared, filters=filters)
    return found[dimension]


def breakdowns(
    subject: Subject,
    limits: Mapping[Dimension, int],
    period: Period,
    *,
    classes: Iterable[ScanClass] = HUMANS,
    compared: Period | None = None,
    filters: Sequence[Filter] = (),
) -> dict[Dimension, BreakdownReport]:
    """Of each dimension the values with the most scans, over whole local days of the workspace's own zone.

    Of a campaign or tag: of the links that are in it now. With filters by word, and of one of many codes of a link:
    from raw scans. From rollups, many dimensions take as many queries as one. Raises Refused.
    """
    answered_at = as_of()
    smaller, words = narrowed(subject, filters)
    asked = _Asked(smaller.with_breakdowns(), limits, frozenset(classes), words)
    _refuse(asked, period)
    found = asked.found(period)
    keys = {dimension: [key for key, _ in one.top] for dimension, one in found.items()}
    before = asked.found(compared, keys) if compared else {}
    labels = labels_of(keys)
    return {
        dimension: _report(
            dimension, period, found[dimension], before.get(dimension), labels[dimension], answered_at, asked.source
        )
        for dimension in limits
    }


def _refuse(asked: _Asked, period: Period) -> None:
    for dimension in asked.limits:
        if dimension in _POINTLESS[asked.subject.kind]:
            name = dimension.name.lower()
            raise Refused("breakdown", f"A {asked.subject.kind} cannot be broken down by {name}.")
    if asked.source is Source.ROLLUPS and period.zone.key != asked.subject.workspace.current_timezone:
        raise Refused(
            "timezone",
            f"Breakdowns are kept by the days of the workspace's own zone: leave “timezone” out, or ask for "
            f"{asked.subject.workspace.current_timezone}.",
        )
    if asked.source is Source.ROLLUPS and not is_by_day(asked.subject, period):
        raise Refused("from", "Breakdowns are kept by local day: write “from” and “to” as dates.")


def _report(
    dimension: Dimension,
    period: Period,
    found: Found,
    before: Found | None,
    labels: Mapping[Key, tuple[str, str]],
    answered_at: datetime,
    source: Source,
) -> BreakdownReport:
    earlier = dict(before.top) if before else {}
    rows = [
        BreakdownRow(*labels[key], n, _share(n, found.scans), earlier[key] if before else None) for key, n in found.top
    ]
    return BreakdownReport(
        dimension=dimension.name.lower(),
        period=period,
        rows=rows,
        rest=_rest(found, before),
        rest_values=found.values - len(rows),
        unknown=_unknown(found, before),
        scans=found.scans,
        compared_scans=before.scans if before else None,
        as_of=answered_at,
        source=source,
    )


def _rest(found: Found, before: Found | None) -> BreakdownRow | None:
    return _remainder("rest", found, _left(found), _left(before) if before else None)


def _unknown(found: Found, before: Found | None) -> BreakdownRow | None:
    return _remainder("unknown", found, _valueless(found), _valueless(before) if before else None)


def _remainder(name: str, found: Found, scans: int, compared: int | None) -> BreakdownRow | None:
    return BreakdownRow("", name, scans, _share(scans, found.scans), compared) if scans or compared else None


def _left(found: Found) -> int:
    return found.with_value - sum(n for _, n in found.top)


def _valueless(found: Found) -> int:
    return found.scans - found.with_value


def _share(scans: int, of: int) -> float:
    return scans / of if of else 0.0
