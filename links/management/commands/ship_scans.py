"""The ship_scans process: one per host, from the journal's segments into the stream.

Beside that it keeps the host's snapshot: something that runs once per host has to.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from links.counters import StageCounters
from links.lookups import GuardedLookups
from links.shipper import Shipper, ship_for_ever
from links.snapshot_writer import start_keeping
from links.stream import ScanStream, connect

# Deleting a row of an accounted-for segment may wait for ingestion, on SQLite.
SETTLE_SECONDS = 5.0


class Command(BaseCommand):
    """Runs until it is stopped; it may be killed at any moment."""

    help = "Ship scan events from this host's journal to Redis and keep this host's snapshot of targets, for ever."

    def handle(self, *args: Any, **options: Any) -> None:
        start_keeping(settings.SNAPSHOT_DIR, settings.SNAPSHOT_SECONDS)
        stream = ScanStream(connect(settings.REDIS_URL), settings.STREAM_KEY)
        # Shipping goes on while the database does not answer.
        lookups = GuardedLookups(1, SETTLE_SECONDS)
        shipper = Shipper(
            settings.JOURNAL_DIR,
            stream,
            StageCounters(settings.COUNTERS_DIR),
            reship_seconds=settings.RESHIP_SECONDS,
            lookups=lookups,
        )
        ship_for_ever(shipper)
