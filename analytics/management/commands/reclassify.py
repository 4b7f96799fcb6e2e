"""manage.py reclassify: what past scans are called, by today's rules."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.reclassify import Progress, reclassify
from links.classes import RULES_VERSION


class Command(BaseCommand):
    """Says how far it is while it works."""

    help = "Call past scans what today's rules call them, and correct the numbers. It may be interrupted and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="since", type=date.fromisoformat, required=True, help="first day (UTC)")
        parser.add_argument("--to", dest="until", type=date.fromisoformat, required=True, help="last day (UTC)")

    def handle(self, *args: Any, since: date, until: date, **options: Any) -> None:
        if until < since:
            raise CommandError("--from must not be after --to.")
        progress = Progress()
        for progress in reclassify(_midnight(since), _midnight(until + timedelta(days=1))):
            self.stdout.write(f"{progress.looked_at:,} scans looked at, {progress.changed:,} changed")
        self.stdout.write(f"Done by the rules of {RULES_VERSION}: {progress.changed:,} scans have another class.")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
