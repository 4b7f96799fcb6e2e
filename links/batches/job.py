"""The work of batches: a slice of time for each, written down at its end, so that whoever comes next goes on with it.

First the rows of a CSV file become links, each in the transaction that says so: no row makes two, whoever is killed.
Then codes are drawn. Of a PDF a killed worker costs its own slice. What it leaves of a ZIP is begun anew: symbols are
kept, so it is quick.
"""

import errno
import logging
import time
from collections.abc import Iterator
from typing import BinaryIO

from django.db import InterfaceError, OperationalError
from django.db.models import F, Prefetch
from django.utils import timezone

from links import jobs
from links.batches import new_links, stored
from links.batches.archives import Archive
from links.batches.models import Batch, BatchRow
from links.batches.outputs import Labels, Made, made_of
from links.batches.rows import MOST_MISTAKES
from links.batches.sheets import Sheets
from links.batches.sources import codes_of
from links.models import Code
from links.pictures import DoesNotScan
from links.qr.payloads.fields import FieldRefused

logger = logging.getLogger(__name__)

CODES_AT_ONCE = 100
NOT_OURS = "Something went wrong on this server; its log says what. Ask for the batch again."
NO_ROOM = "There is no room left on the server's disk. Ask for fewer codes, or tell the operator."
NOTHING_LEFT = "None of these codes is there any more."


def work_off(seconds: float) -> None:
    """Go on with the batch that has waited longest, for about so many seconds, and with others if time is left."""
    jobs.work_off(Batch.objects.select_related("workspace", "created_by", "api_key"), _work_on, seconds)


def _work_on(batch: Batch, until: float) -> None:
    """One slice; what cannot be helped by trying again is said on the row."""
    try:
        with jobs.held(stored.path_of(batch)) as file:
            if _make_links(batch, until):
                _draw(batch, file, until)
    except jobs.Busy:
        return
    except stored.Damaged:
        rows = [each for each in batch.refused if each["line"]]
        nothing = {"codes_drawn": 0, "last_code": 0, "size": 0, "index_size": 0, "refused": rows}
        batch.mine().update(starts=F("starts") + 1, **nothing)
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: the next message goes on
    except OSError as error:
        logger.exception("Batch %d", batch.pk)
        _fail(batch, NO_ROOM if error.errno in (errno.ENOSPC, errno.EDQUOT) else NOT_OURS)
    except Exception:
        logger.exception("Batch %d", batch.pk)
        _fail(batch, NOT_OURS)
    if not Batch.objects.filter(pk=batch.pk).exists():  # cancelled meanwhile
        stored.remove_files(batch)


def _make_links(batch: Batch, until: float) -> bool:
    """Whether all rows are links by now, or refused; how far it is, is written down once."""
    if not batch.is_making_links:
        return True
    while new_links.make_some(batch.mine()):
        if time.monotonic() > until:
            break
    batch.links_made, batch.refused = new_links.outcome(batch)
    written = batch.mine().update(links_made=batch.links_made, refused=batch.refused, worked_at=timezone.now())
    return bool(written) and not batch.is_making_links


def _draw(batch: Batch, file: BinaryIO, until: float) -> None:
    before, made = batch.last_code, made_of(batch)
    with jobs.opened(stored.index_of(batch)) as index, _going_on(batch, made, file, index) as target:
        is_finished = _draw_some(batch, made, target, until)
        if is_finished:
            target.finish()
        batch.size, batch.index_size = target.kept()
    if is_finished and batch.codes_drawn == 0:
        return _fail(batch, _why_nothing(batch))
    reached = {name: getattr(batch, name) for name in Batch.reached}
    end = {"done_at": timezone.now(), "codes_total": batch.codes_drawn} if is_finished else {}
    batch.mine().filter(last_code=before).update(worked_at=timezone.now(), **reached, **end)
    if is_finished:
        stored.remove_index(batch)
    return None


def _going_on(batch: Batch, made: Made, file: BinaryIO, index: BinaryIO) -> Archive | Sheets:
    """The file that is held, as far as it was written down. Raises Damaged."""
    return Sheets(batch, made, file, index) if isinstance(made, Labels) else Archive(batch, made, file, index)


def _draw_some(batch: Batch, made: Made, target: Archive | Sheets, until: float) -> bool:
    """Whether that was all; at least one code is looked at, however late it is."""
    for code in _codes(batch, made, target):
        _draw_one(batch, code, target)
        batch.last_code = code.pk
        if target.may_rest and time.monotonic() > until:
            return False
    return True


def _draw_one(batch: Batch, code: Code, target: Archive | Sheets) -> None:
    """Put one code in; one that would not scan or cannot be drawn is left out, and said on the row."""
    try:
        target.add(code)
    except (DoesNotScan, FieldRefused) as refusal:  # larger than pictures may be, or than its label, say
        advice = refusal.advice if isinstance(refusal, FieldRefused) else None
        message = f"The code {code.path}: {advice}" if advice else str(refusal)
        batch.refused = [*batch.refused, {"line": None, "message": message}][:MOST_MISTAKES]
    else:
        batch.codes_drawn += 1


def _codes(batch: Batch, made: Made, target: Archive | Sheets) -> Iterator[Code]:
    """What is left to draw, with symbols: a few queries for a hundred codes."""
    # Styles hold logos: each is read once, not with every code.
    left = codes_of(batch).select_related("domain", "link").prefetch_related("style")
    if isinstance(made, Labels) and made.takes_cells:
        left = left.prefetch_related(Prefetch("link__batch_rows", BatchRow.objects.filter(batch=batch)))
    while page := list(left.filter(pk__gt=batch.last_code)[:CODES_AT_ONCE]):
        target.put_symbols(page)
        yield from page


def _why_nothing(batch: Batch) -> str:
    if not batch.refused:
        return NOTHING_LEFT
    first = batch.refused[0]
    return f"No row became a link. Line {first['line']}: {first['message']}" if first["line"] else str(first["message"])


def _fail(batch: Batch, why: str) -> None:
    if batch.mine().update(failed=why[:300]):
        stored.remove_files(batch)
