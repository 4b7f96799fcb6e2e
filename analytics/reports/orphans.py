"""Orphan scans of a workspace: paths that are one slip away from one of its own codes.

A path that is no code belongs to nobody, and may be somebody else's mistyped code; so only these are shown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Workspace
from analytics.models import OrphanScan, ScanClass
from analytics.periods import Period
from analytics.reports.numbers import HUMANS, as_of
from links.codes import canonical
from links.models import Code

# So many orphan scans, newest first, and so many codes are looked at: guessing strangers cannot make this slow.
MAX_SCANS = 5_000
MAX_CODES = 20_000
Place = tuple[str, str]  # host and canonical path


@dataclass(frozen=True)
class Orphan:
    """A path that was scanned in vain, and the code that was probably meant."""

    host: str
    path: str
    meant: Code
    scans: int
    last_at: datetime


@dataclass(frozen=True)
class Orphans:
    """Paths scanned in vain, the most frequent first. Not complete when there were more scans than are looked at."""

    period: Period
    rows: list[Orphan]
    is_complete: bool
    as_of: datetime


def orphan_scans(
    workspace: Workspace, period: Period, *, classes: Iterable[ScanClass] = HUMANS, limit: int = 10
) -> Orphans:
    """Orphan scans one substitution, insertion, deletion or swap from a code of the workspace; three queries."""
    answered_at = as_of()
    scans = OrphanScan.objects.filter(at__gte=period.start, at__lt=period.end, scan_class__in=sorted(classes))
    newest = list(scans.order_by("-at").values_list("host", "path", "at")[: MAX_SCANS + 1])
    paths, last_at = Counter[Place](), dict[Place, datetime]()
    for host, path, at in newest[:MAX_SCANS]:
        place = (host, canonical(path.strip("/")))
        paths[place] += 1
        last_at.setdefault(place, at)
    codes = _codes_of(workspace) if paths else []
    meant = _meant(paths, codes[:MAX_CODES])
    chosen = sorted(meant, key=lambda place: (-paths[place], place))[:limit]
    found = Code.objects.select_related("link", "domain").in_bulk({meant[place] for place in chosen})
    rows = [Orphan(*place, found[meant[place]], paths[place], last_at[place]) for place in chosen]
    return Orphans(period, rows, len(newest) <= MAX_SCANS and len(codes) <= MAX_CODES, answered_at)


def _codes_of(workspace: Workspace) -> list[tuple[int, str, str]]:
    codes = Code.objects.filter(link__workspace=workspace).order_by("-pk")
    return list(codes.values_list("pk", "domain__host", "canonical")[: MAX_CODES + 1])


def _meant(paths: Iterable[Place], codes: Iterable[tuple[int, str, str]]) -> dict[Place, int]:
    """The code one slip away from each path that has one; two texts are only compared where they share a part."""
    by_part: dict[Place, list[Place]] = {}
    for host, path in paths:
        for part in {path, *_shortened(path)}:
            by_part.setdefault((host, part), []).append((host, path))
    meant: dict[Place, int] = {}
    for pk, host, code in codes:
        for part in {code, *_shortened(code)}:
            for place in by_part.get((host, part), ()):
                if is_one_slip(place[1], code):
                    meant.setdefault(place, pk)
    return meant


def _shortened(text: str) -> Iterator[str]:
    """The text without each of its characters: texts one slip apart have one of these in common, or are one."""
    return (text[:at] + text[at + 1 :] for at in range(len(text)))


def is_one_slip(one: str, other: str) -> bool:
    """Whether one substitution, insertion, deletion or swap of neighbours makes one text the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) != len(other):
        shorter, longer = sorted((one, other), key=len)
        return shorter[at:] == longer[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped
