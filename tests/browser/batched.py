"""What the page of batches shows: one ZIP of each state, and rows of a file that became no link."""

from datetime import timedelta

from django.utils import timezone

from links.actions import NOBODY
from links.batches import job
from links.batches.actions import request_batch
from links.batches.models import Batch
from links.batches.sources import find_thing
from links.models import Link
from links.studio.files import Output


def set_up(busy: Link, long: Link) -> None:
    done, running, failed, waiting = [_asked(link) for link in (busy, long, long, busy)]
    # So far ahead that no worker takes them for forgotten ones.
    now = timezone.now()
    elsewhere = {"worked_at": now + timedelta(days=1), "holder": "elsewhere"}
    refused = [{"line": 7, "message": "“" + "x" * 64 + "” is taken, or was once printed for something else."}]
    Batch.objects.filter(pk=done.pk).update(
        done_at=now, codes_drawn=1_234, codes_total=1_234, size=345_678, refused=refused
    )
    Batch.objects.filter(pk=running.pk).update(codes_drawn=1_234, codes_total=9_876, **elsewhere)
    Batch.objects.filter(pk=failed.pk).update(failed=job.NO_ROOM)
    Batch.objects.filter(pk=waiting.pk).update(links_total=10_000, links_made=20, codes_total=10_000, **elsewhere)


def _asked(link: Link) -> Batch:
    source = find_thing([link.workspace], Batch.Source.LINK, link.pk)
    if source is None:
        raise RuntimeError(f"{link} is gone")
    return request_batch(source, Output("svg"), actor=NOBODY)
