"""The work of exports: a slice of time for each, written down as it goes, so that whoever comes next goes on with it.

The row says how many bytes of the file hold how many rows and where the next one is. A worker that is killed leaves at
most some bytes more in the file, and they are cut off again: no row is lost and none is there twice.
"""

import errno
import logging
import os
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from analytics.exports import files
from analytics.exports.columns import Table
from analytics.exports.formats import Format, written
from analytics.exports.models import Export
from analytics.exports.scans import COLUMNS, Place
from analytics.exports.wanted import Gone, Wanted, What
from analytics.reports import Refused

logger = logging.getLogger(__name__)

# After a slice everybody else has a turn: messages that have piled up in the queue find nothing to do and are gone.
REST = timedelta(seconds=0.3)
# What a host has not touched for so long, another one begins anew on its own disk.
LEASE = timedelta(seconds=60)
NOT_OURS = "Something went wrong on this server; its log says what. Ask for the export again."
NO_ROOM = "There is no room left on the server's disk. Ask for a shorter period, or tell the operator."


def work_off(seconds: float) -> None:
    """Go on with the export that has waited longest, for about so many seconds, and with others if time is left."""
    until = time.monotonic() + seconds
    waiting = Export.objects.unfinished().order_by(F("worked_at").asc(nulls_first=True), "pk")
    for export in waiting.select_related("workspace")[:50]:
        if time.monotonic() > until:
            return
        if _claim(export):
            _work_on(export, until)


def _claim(export: Export) -> bool:
    """Whether this process is to go on with it: nobody else is at it, and the file is on this host or given up."""
    now, here = timezone.now(), _here()
    untouched = Q(worked_at=None) | Q(worked_at__lt=now - REST)
    ours = Q(holder__in=("", here)) | Q(worked_at__lt=now - LEASE)
    claimed = Export.objects.unfinished().filter(untouched, ours, pk=export.pk).update(worked_at=now, holder=here)
    if claimed:
        export.refresh_from_db(fields=["rows", "size", "place", "total", "starts"])
    return bool(claimed)


def _work_on(export: Export, until: float) -> None:
    """One slice; what cannot be helped by trying again is said on the row."""
    try:
        with files.going_on(export) as file:
            _write(export, file, until)
    except files.Busy:
        return
    except files.Damaged:
        _mine(export).update(rows=0, size=0, place=None)
    except (OperationalError, InterfaceError):
        raise  # the database is away or busy: the next message goes on
    except (Refused, Gone) as refusal:
        _fail(export, str(refusal))
    except OSError as error:
        logger.exception("Export %d", export.pk)
        _fail(export, NO_ROOM if error.errno in (errno.ENOSPC, errno.EDQUOT) else NOT_OURS)
    except Exception:
        logger.exception("Export %d", export.pk)
        _fail(export, NOT_OURS)
    if not Export.objects.filter(pk=export.pk).exists():  # cancelled meanwhile
        files.remove_file(export)


def _write(export: Export, file: BinaryIO, until: float) -> None:
    wanted = Wanted.loaded(export.workspace, export.wanted)
    if export.total is None:
        export.total = wanted.about() or 0
        _mine(export).filter(total=None).update(total=export.total)
    for table, rows, place in _parts(export, wanted):
        file.writelines(written(table, Format(export.format), bom=export.bom, header=export.size == 0))
        if not _keep(export, files.kept(file), rows, place):
            return
        if time.monotonic() > until and place is not None:
            return
    _mine(export).filter(rows=export.rows).update(done_at=timezone.now(), total=F("rows"))


def _parts(export: Export, wanted: Wanted) -> Iterator[tuple[Table, int, Place | None]]:
    """Tables that together are the export, how many rows each has, and the place after it."""
    if wanted.what is not What.SCANS:
        rows = list((table := wanted.table()).rows)
        yield Table(table.columns, rows), len(rows), None
        return
    if export.size == 0:
        yield Table(COLUMNS, ()), 0, None  # the header, also where there is no scan at all
    for page in wanted.pages(Place.loaded(export.place)):
        yield Table(COLUMNS, page.rows), len(page.rows), page.place


def _keep(export: Export, size: int, rows: int, place: Place | None) -> bool:
    """Write down how far it is; False when it was cancelled, begins anew or is somebody else's by now."""
    before = export.rows
    export.rows, export.size = before + rows, size
    export.place = place.dumped() if place else export.place
    fields = {"rows": export.rows, "size": size, "place": export.place, "worked_at": timezone.now()}
    return bool(_mine(export).filter(rows=before).update(**fields))


def _fail(export: Export, why: str) -> None:
    if _mine(export).update(failed=why[:300]):
        files.remove_file(export)


def _mine(export: Export) -> QuerySet[Export]:
    return Export.objects.unfinished().filter(pk=export.pk, holder=_here(), starts=export.starts)


def _here() -> str:
    return f"{socket.gethostname()}:{os.fspath(settings.EXPORTS_DIR)}"[:300]
