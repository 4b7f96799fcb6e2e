"""Makes an API key for a workspace; stdout carries the secret and nothing else, so that scripts can catch it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.forms import ApiKeyForm
from accounts.models import ApiKey, Workspace


class Command(BaseCommand):
    help = "Create an API key and print its secret, which is never shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True, help="What will use the key.")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['workspace']}”. {_existing_slugs()}")
        form = ApiKeyForm({"name": options["name"]})
        if not form.is_valid():
            raise CommandError(f"--name: {form.errors['name'].as_text()}")
        key, secret = ApiKey.issue(workspace, form.cleaned_data["name"])
        self.stdout.write(secret)
        self.stderr.write(f"Key “{key.name}” of workspace “{workspace.slug}”. Keep it: it is not shown again.")


def _existing_slugs() -> str:
    slugs = ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True))
    return f"There are: {slugs}." if slugs else "There is none yet: make one with create_workspace."
