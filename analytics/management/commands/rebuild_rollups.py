"""manage.py rebuild_rollups: every number of some days anew, from raw scans."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.rebuild import NotInRawScans, rebuild


class Command(BaseCommand):
    """Says how far it is while it works."""

    help = (
        "Fill the numbers of some days anew from raw scans. Counting waits while a day of a workspace is filled, and "
        "goes on between them. It may be interrupted and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="since", type=date.fromisoformat, required=True, help="first day")
        parser.add_argument("--to", dest="until", type=date.fromisoformat, required=True, help="last day")

    def handle(self, *args: Any, since: date, until: date, **options: Any) -> None:
        if until < since:
            raise CommandError("--from must not be after --to.")
        scans = 0
        try:
            for done in rebuild(since, until):
                scans += done.scans
                self.stdout.write(f"{done.workspace.slug}, {done.day}: {done.scans:,} scans")
        except NotInRawScans as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Done: the numbers of {scans:,} scans were filled anew.")
