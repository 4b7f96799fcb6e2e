"""manage.py audit_counts: whether the numbers shown are what a recount of raw scans says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.audit import Span, audit, repair, some_subjects


class Command(BaseCommand):
    """Exits with 1 where something differs and was not repaired."""

    help = "Recount workspaces, and links picked at random with their codes, from raw scans; tell where numbers differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--links", type=int, default=200, help="how many links to look at (200)")
        parser.add_argument("--days", type=int, default=35, help="how far to look back, as far as raw scans go (35)")
        parser.add_argument("--fix", action="store_true", help="set what differs to what the recount says")

    def handle(self, *args: Any, links: int, days: int, fix: bool, **options: Any) -> None:
        if links < 0 or days < 1:
            raise CommandError("--links is 0 or more, --days 1 or more.")
        found = []
        for drift in audit(some_subjects(links), Span.of_days(days)):
            self.stdout.write(str(drift))
            found.append(drift)
        if fix:
            repair(found)
        if not found:
            self.stdout.write("Every number is what a recount says.")
        elif fix:
            self.stdout.write(f"{len(found)} numbers put right.")
        else:
            raise CommandError(f"{len(found)} numbers differ. Run it with --fix to put them right.")
