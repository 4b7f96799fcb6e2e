"""Looks again at records that were set aside: what can be counted by now is counted, and leaves them."""

from collections.abc import Iterator

from analytics.ingest import Counted, batch_of, stored
from analytics.models import SetAsideRecord

AT_ONCE = 500


def replay_set_aside(reason: str = "") -> Iterator[Counted]:
    """Go through those whose reason contains the text; each chunk is a transaction of its own.

    A record is taken out in the transaction that stores its scan, so that it is accounted for once, whoever else
    replays or ingests it at the same time.
    """
    records = SetAsideRecord.objects.filter(reason__icontains=reason).order_by("digest")
    remaining = records
    while chunk := list(remaining[:AT_ONCE]):
        readable = batch_of((aside.segment, bytes(aside.record)) for aside in chunk)
        readable.set_aside.clear()
        yield stored(readable)
        remaining = records.filter(digest__gt=chunk[-1].digest)
