"""Asking for a batch, and taking one away: what API and dashboard have in common."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from links.actions import AT_ONCE, Actor
from links.batches import fitting, stored
from links.batches.models import Batch, BatchRow
from links.batches.outputs import Labels, Made, columns_of
from links.batches.sources import Source, codes_of
from links.jobs import remove_nobodys_files

MOST_CODES = 10_000
# So many batches of one workspace may be in the making at once.
MOST_UNFINISHED = 5


class BatchRefused(Exception):
    """There is nothing to draw, or too much, or it does not fit; each sentence says what to change."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def request_batch(source: Source, made: Made, *, actor: Actor, rows: Sequence[BatchRow] = ()) -> Batch:
    """Write the row of a batch: a worker finds it within two seconds. Raises BatchRefused.

    `rows` are those of a CSV file, as links.batches.rows.read_rows gives them.
    """
    unfinished = Batch.objects.unfinished().filter(workspace=source.workspace).count()
    if unfinished >= MOST_UNFINISHED:
        raise BatchRefused(f"{MOST_UNFINISHED} batches are in the making. Wait for one of them, or remove it.")
    batch = planned(source, made)
    batch.created_by, batch.api_key, batch.links_total = actor.user, actor.api_key, len(rows)
    batch.codes_total = len(rows) or _counted(batch)
    if isinstance(made, Labels):
        _check_fit(batch, made, rows)
    with transaction.atomic():
        batch.save()
        BatchRow.objects.bulk_create([_of(batch, row) for row in rows], batch_size=AT_ONCE)
    return batch


def planned(source: Source, made: Made) -> Batch:
    """A batch as it would be, of which nothing is written."""
    file_name = (
        source.file_name("codes", f"{made.format}.zip")
        if not isinstance(made, Labels)
        else (source.file_name("labels", f"{made.sheet_name or 'own'}.pdf"))
    )
    return Batch(
        workspace=source.workspace,
        title=source.title,
        file_name=file_name,
        source=source.kind,
        source_id=source.id,
        code_ids=list(source.code_ids),
        **columns_of(made),
    )


def _check_fit(batch: Batch, labels: Labels, rows: Sequence[BatchRow]) -> None:
    """What is known by now not to fit is refused, before links are made or a minute's work is done."""
    if rows:
        told = fitting.of_rows(batch.workspace, labels, rows)
    else:
        told = fitting.of_codes(batch.workspace_id, labels, codes_of(batch))
    if told:
        raise BatchRefused(*told)


def _counted(batch: Batch) -> int:
    count = codes_of(batch).count()
    if count == 0:
        raise BatchRefused("There is no QR code to draw here. Deleted links and aliases have none.")
    if count > MOST_CODES:
        raise BatchRefused(f"These are {count:,} codes; a batch holds at most {MOST_CODES:,}. Ask for parts of it.")
    return count


def _of(batch: Batch, row: BatchRow) -> BatchRow:
    row.batch = batch
    return row


def remove_batch(batch: Batch) -> None:
    """Cancel what is in the making, take away what is made. A worker at it notices when its slice ends."""
    of_files = Batch(pk=batch.pk, output=batch.output)
    batch.delete()
    stored.remove_files(of_files)


def kept_until(batch: Batch) -> datetime:
    """When a batch goes by itself."""
    return (batch.done_at or batch.created_at) + timedelta(days=settings.BATCH_DAYS)


def forget_old_batches() -> None:
    """Take away batches past their time, done or not, and files whose row has gone."""
    horizon = timezone.now() - timedelta(days=settings.BATCH_DAYS)
    Batch.objects.filter(done_at__lt=horizon).delete()
    Batch.objects.filter(done_at=None, created_at__lt=horizon).delete()
    remove_nobodys_files(Batch)
