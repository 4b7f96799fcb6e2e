"""manage.py erase_scans: remove the scans of a workspace or a link over a period, for good."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Workspace
from analytics.erasure.job import steps
from analytics.erasure.requests import Consequence, Days, ErasureRefused, request_erasure
from analytics.erasure.telling import told
from links.models import Link


class Command(BaseCommand):
    """Does the work itself, beside a worker that may do it, too."""

    help = "Erase scans for good, from raw scans and numbers. It may be interrupted: a worker goes on with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--link", type=int, metavar="ID", help="only this link of the workspace")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, help="first local day")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True, help="last local day")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(
        self, *args: Any, workspace: str, link: int | None, first: date, last: date, dry_run: bool, **options: Any
    ) -> None:
        where = Workspace.objects.filter(slug=workspace).first()
        if where is None:
            raise CommandError(f"There is no workspace “{workspace}”.")
        what = Link.objects.filter(workspace=where, pk=link).first() if link is not None else None
        if link is not None and what is None:
            raise CommandError(f"The workspace “{workspace}” has no link {link}.")
        try:
            days = Days.parse(where, first, last)
        except ErasureRefused as refusal:
            raise CommandError(f"--{refusal.field}: {refusal}") from refusal
        goes = Consequence.of(where, what, days)
        self.stdout.write(f"{goes.raw_scans:,} raw scans go, and {goes.counted_scans:,} from the numbers.")
        if goes.export_files:
            self.stdout.write(f"Export files that may hold some of them go, too: {goes.export_files:,}.")
        if not dry_run:
            self._erase(where, what, days)

    def _erase(self, workspace: Workspace, link: Link | None, days: Days) -> None:
        erasure = request_erasure(workspace, link, days)
        for _ in steps(erasure):
            erasure.refresh_from_db()
            self.stdout.write(f"{erasure.erased:,} of {erasure.total or 0:,} raw scans erased")
        erasure.refresh_from_db()
        self.stdout.write(f"Done. {told(erasure)}")
