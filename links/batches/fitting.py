"""Whether codes and captions fit on their labels, found out before anything is drawn."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import TypeVar

from django.db.models import QuerySet

from accounts.models import Workspace
from links import codes
from links.batches.captions import lines_of
from links.batches.models import BatchRow
from links.batches.outputs import Labels
from links.batches.rows import MOST_MISTAKES
from links.models import Code, Domain, Link
from links.pictures import Drawer, caption_of, shown_symbol
from links.qr.art import Art
from links.qr.label_layout import lay_out
from links.qr.payloads.fields import FieldRefused
from links.studio.files import composed, typeface

_AT_ONCE = 500
# Somebody waits for the answer. Of codes that are not looked at by then it is told when they are drawn.
SECONDS = 2.0
# Of those with the same mistake.
NAMED = 10
# As wide as the address of a code that is not made yet can be.
_WIDEST = "W" * codes.LENGTH
Looked = TypeVar("Looked")
_Size = tuple[int | None, int, int, int]  # style, domain, letters of the path, version


class _Fitting:
    """One picture of each size is made for all codes that are as large: thousands are looked at in a request."""

    def __init__(self, workspace_id: int, labels: Labels) -> None:
        self._labels, self._drawer = labels, Drawer.of(workspace_id)
        self._samples: dict[_Size, Art | None] = {}

    def advice(self, code: Code, cells: Mapping[str, str]) -> str:
        """What to change; nothing where all fits. `domain`, `link` and `style` are loaded."""
        sample = self._sample(code)
        if sample is None:
            return ""
        try:
            lay_out(sample, lines_of(code, self._labels.captions, cells), self._labels.sheet, typeface())
        except FieldRefused as refused:
            return refused.advice
        return ""

    def _sample(self, code: Code) -> Art | None:
        """A picture as large as the code's; None where its style does not fit it, which drawing it will say."""
        style, version = self._drawer.style_of(code), code.picture["version"] if code.picture else 0
        key = (style.pk if style else None, code.domain_id, len(code.path), version)
        if key not in self._samples:
            try:
                look = self._drawer.look_of_style(style)
                self._samples[key] = composed(shown_symbol(code, style), look, caption_of(code))
            except FieldRefused:
                self._samples[key] = None
        return self._samples[key]


def of_codes(workspace_id: int, labels: Labels, found: QuerySet[Code]) -> list[str]:
    """A sentence for each reason why codes do not fit, which names them."""
    return _sentences("The code", _codes(workspace_id, labels, found))


def of_rows(workspace: Workspace, labels: Labels, rows: Sequence[BatchRow]) -> list[str]:
    """The same of rows whose codes will not fit. Their addresses are taken to be as wide as can be."""
    return _sentences("Line", _rows(workspace, labels, rows))


def _sentences(what: str, mistakes: Iterable[tuple[str, str]]) -> list[str]:
    named: dict[str, list[str]] = {}
    for name, advice in mistakes:
        named.setdefault(advice, []).append(name)
    return [f"{_called(what, names)}: {advice}" for advice, names in islice(named.items(), MOST_MISTAKES)]


def _called(what: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{what} {names[0]}"
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{what}s {', '.join(names[:NAMED])}{more}"


def _codes(workspace_id: int, labels: Labels, found: QuerySet[Code]) -> Iterator[tuple[str, str]]:
    fitting = _Fitting(workspace_id, labels)
    parts = found.select_related("domain", "link").prefetch_related("style")
    for code in _in_time(parts.iterator(chunk_size=_AT_ONCE)):
        if advice := fitting.advice(code, {}):
            yield code.path, advice


def _rows(workspace: Workspace, labels: Labels, rows: Sequence[BatchRow]) -> Iterator[tuple[str, str]]:
    fitting, domain = _Fitting(workspace.pk, labels), Domain.objects.filter(is_site=True).first()
    for row in _in_time(rows):
        link = Link(workspace=workspace, title=row.wanted["title"], destination=row.wanted["destination"])
        code = Code(link=link, domain=domain, path=_WIDEST, placement=row.wanted["placement"])
        if advice := fitting.advice(code, row.captions):
            yield str(row.line), advice


def _in_time(each: Iterable[Looked]) -> Iterator[Looked]:
    """As many as can be looked at while somebody waits."""
    until = time.monotonic() + SECONDS
    return takewhile(lambda _: time.monotonic() < until, each)
