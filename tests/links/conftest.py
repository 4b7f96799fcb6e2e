"""Links of alice's workspace, and requests that fill forms."""

import pytest

from accounts.models import User, Workspace
from links import actions
from links.models import Domain, Link


@pytest.fixture
def link(workspace: Workspace, site: Domain, alice: User) -> Link:
    return actions.create_link(
        workspace,
        "https://example.com/menu",
        actor=actions.Actor(user=alice),
        title="Menu",
        placement="poster",
        alias="lunch",
    )


def many_links(workspace: Workspace, count: int) -> list[Link]:
    """Links with a code and an alias each."""
    return [
        actions.create_link(workspace, f"https://example.com/{n}", actor=actions.NOBODY, alias=f"row-{n}")
        for n in range(count)
    ]
