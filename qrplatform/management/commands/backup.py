"""manage.py backup: the database in one file, without salts and visitors; docs/operations.md says how to restore it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qrplatform.backup import BackupFailed, back_up


class Command(BaseCommand):
    help = "Write a consistent copy of the database while the product runs: an SQLite file, or pg_dump's custom format."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a file that does not exist yet")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            back_up(path)
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(f"{path}: {path.stat().st_size:,} bytes. Salts and visitors of days are not in it.")
