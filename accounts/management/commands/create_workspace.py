"""Makes a workspace and its owner, and the owner's account where there is none yet."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Membership, User, Workspace


class Command(BaseCommand):
    help = "Create a workspace. An owner without an account gets one, and its password is printed once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--slug", required=True, help="Its name in addresses: letters, digits, - and _.")
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--timezone", default="UTC", help="The reporting time zone, as Europe/Berlin.")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace(name=options["name"], slug=options["slug"], timezone=options["timezone"])
        owner = User(email=options["owner"].strip().lower())
        try:
            workspace.full_clean()
            owner.clean_fields(exclude=["password"])
        except ValidationError as error:
            raise CommandError("; ".join(_sentences(error))) from error
        password = create_with_owner(workspace, owner.email)
        self.stdout.write(f"Workspace “{workspace.slug}”, owned by {owner.email}.")
        if password:
            self.stdout.write(f"Password of {owner.email}, not shown again: {password}")


@transaction.atomic
def create_with_owner(workspace: Workspace, email: str) -> str:
    """Save all of it; returns the password of an account made for this, else an empty string."""
    workspace.save()
    owner, password = User.objects.filter(email=email).first(), ""
    if owner is None:
        password = secrets.token_urlsafe(12)
        owner = User.objects.create_user(email, password)
    Membership.objects.create(user=owner, workspace=workspace, role=Membership.Role.OWNER)
    return password


def _sentences(error: ValidationError) -> list[str]:
    return [f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()]
