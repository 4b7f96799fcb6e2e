"""What the first `make run` makes, so that a newcomer finds something to log in to and to scan."""

import secrets
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Membership, User, Workspace
from links.actions import Actor, create_link
from links.models import Link

OWNER_EMAIL = "owner@example.com"
LINKS = (
    ("What is a QR code?", "https://en.wikipedia.org/wiki/QR_code", "Poster, Main Street"),
    ("Find us on the map", "https://www.openstreetmap.org/", "Business card"),
    ("Our web site", "https://example.com/", "Flyer"),
)


@dataclass(frozen=True)
class Demo:
    """A workspace, its owner, and the owner's password, which is kept nowhere else."""

    workspace: Workspace
    owner: User
    password: str

    def create_links(self) -> list[Link]:
        return [
            create_link(self.workspace, destination, actor=Actor(user=self.owner), title=title, placement=placement)
            for title, destination, placement in LINKS
        ]


@transaction.atomic
def create_demo() -> Demo | None:
    """A workspace `demo` with an owner; None when anybody is here already, so that later runs change nothing."""
    if User.objects.exists() or Workspace.objects.exists():
        return None
    password = secrets.token_urlsafe(12)
    workspace = Workspace.objects.create(name="Demo", slug="demo")
    owner = User.objects.create_superuser(OWNER_EMAIL, password, name="Demo owner")
    Membership.objects.create(user=owner, workspace=workspace, role=Membership.Role.OWNER)
    return Demo(workspace, owner, password)
