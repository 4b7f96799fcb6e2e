"""The work of exports: a slice of time for each, written down as it goes, so that whoever comes next goes on with it.

The row says how many bytes of the file hold how many rows and where the next one is. A worker that is killed leaves at
most some bytes more in the file, and they are cut off again: no row is lost and none is there twice.
"""

import errno
import logging
import time
from collections.abc import Iterator
from typing import BinaryIO

from django.db import InterfaceError, OperationalError
from django.db.models import F
from django.utils import timezone

from analytics.exports import files
from analytics.exports.columns import Table
from analytics.exports.formats import Format, written
from analytics.exports.models import Export
from analytics.exports.scans import COLUMNS, Place
from analytics.exports.wanted import Gone, Wanted, What
from analytics.reports import Refused
from links import jobs

logger = logging.getLogger(__name__)

NOT_OURS = "Something went wrong on this server; its log says what. Ask for the export again."
NO_ROOM = "There is no room left on the server's disk. Ask for a shorter period, or tell the operator."


def work_off(seconds: float) -> None:
    """Go on with the export that has waited longest, for about so many seconds, and with others if time is left."""
    jobs.work_off(Export.objects.select_related("workspace"), _work_on, seconds)


def _work_on(export: Export, until: float) -> None:
    """One slice; what cannot be helped by trying again is said on the row."""
    try:
        with files.going_on(export) as file:
            _write(export, file, until)
    except jobs.Busy:
        return
    except files.Damaged:
        export.mine().update(rows=0, size=0, place=None)
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
        export.mine().filter(total=None).update(total=export.total)
    for table, rows, place in _parts(export, wanted):
        file.writelines(written(table, Format(export.format), bom=export.bom, header=export.size == 0))
        if not _keep(export, files.kept(file), rows, place):
            return
        if time.monotonic() > until and place is not None:
            return
    export.mine().filter(rows=export.rows).update(done_at=timezone.now(), total=F("rows"))


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
    return bool(export.mine().filter(rows=before).update(**fields))


def _fail(export: Export, why: str) -> None:
    if export.mine().update(failed=why[:300]):
        files.remove_file(export)
