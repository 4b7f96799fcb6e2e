"""Brings the database up to date before anything is served: tables, the site's domain, a demo the first time."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from kombu.exceptions import OperationalError

from analytics.retention import prepare_days
from links.demo import Demo, create_demo
from links.domains import sync_site_domain


class Command(BaseCommand):
    help = "Migrate, make the coming days' partitions, keep PUBLIC_URL as the site's domain. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="in an empty database, make a workspace with links")

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        prepare_days()
        sync_site_domain(settings.PUBLIC_URL)
        made = create_demo() if demo else None
        if made:
            self.show_login(made)
            self.make_links(made)

    def show_login(self, demo: Demo) -> None:
        self.stdout.write(
            f"\nFirst run: made the workspace “{demo.workspace.slug}” and its owner. The password is shown only now.\n"
            f"    Address   {settings.PUBLIC_URL}{settings.LOGIN_REDIRECT_URL}\n"
            f"    E-mail    {demo.owner.email}\n"
            f"    Password  {demo.password}\n"
        )

    def make_links(self, demo: Demo) -> None:
        """Demo links are a courtesy: without Redis nothing can be queued, and the product starts without them."""
        try:
            links = demo.create_links()
        except OperationalError:
            self.stderr.write("No demo links were made: Redis does not answer, see REDIS_URL.")
            return
        for link in links:
            self.stdout.write(f"    {link.codes.get().url}  →  {link.destination}\n")
        self.stdout.write("\n")
