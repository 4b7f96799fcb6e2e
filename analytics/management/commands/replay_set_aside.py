"""manage.py replay_set_aside: counts records that were set aside and can be counted by now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from analytics.models import SetAsideRecord
from analytics.replay import replay_set_aside


class Command(BaseCommand):
    """May be run at any time and as often as one likes."""

    help = "Look again at records that were set aside: those that can be counted by now are, the others stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", default="", help="only those whose reason contains this text")

    def handle(self, *args: Any, reason: str, **options: Any) -> None:
        ingested = sum(counted.ingested for counted in replay_set_aside(reason))
        left = SetAsideRecord.objects.filter(reason__icontains=reason).count()
        self.stdout.write(f"{ingested:,} records were counted, {left:,} stay set aside.")
