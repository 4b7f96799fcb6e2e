"""The operator's commands: what they print where, and what they say when they refuse."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, Membership, User, Workspace


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_key_is_all_that_stdout_carries(workspace: Workspace) -> None:
    out, err = run("create_api_key", "--workspace", "acme", "--name", "Webshop")
    key = ApiKey.objects.get()
    assert key.digest == ApiKey.digest_of(out.strip())
    assert (key.workspace, key.name) == (workspace, "Webshop")
    assert out.strip() not in err


def test_an_unknown_workspace_names_the_known_ones(workspace: Workspace, other_workspace: Workspace) -> None:
    with pytest.raises(CommandError, match=r"no workspace “acem”. There are: acme, other\."):
        run("create_api_key", "--workspace", "acem", "--name", "Webshop")


@pytest.mark.parametrize("name", [" ", "x" * 101, "a\0b"])
def test_a_key_needs_a_proper_name(workspace: Workspace, name: str) -> None:
    with pytest.raises(CommandError, match="--name"):
        run("create_api_key", "--workspace", "acme", "--name", name)
    assert not ApiKey.objects.exists()


def test_a_workspace_comes_with_an_owner_who_can_log_in(db: None) -> None:
    out, _ = run("create_workspace", "--name", "Acme", "--slug", "acme", "--owner", "Alice@Example.org")
    owner = User.objects.get(email="alice@example.org")
    assert owner.check_password(out.split()[-1])
    assert Membership.objects.get(user=owner).role == Membership.Role.OWNER


def test_an_existing_account_keeps_its_password(alice: User) -> None:
    out, _ = run("create_workspace", "--name", "Two", "--slug", "two", "--owner", "alice@example.org")
    alice.refresh_from_db()
    assert "Password" not in out
    assert alice.check_password("alice-password")
    assert alice.workspaces.get().slug == "two"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--slug", "acme"), "slug: Workspace with this Slug already exists"),
        (("--slug", "a b"), "slug: "),
        (("--owner", "not-an-address"), "email: "),
        (("--timezone", "Mars/Olympus"), "timezone: “Mars/Olympus” is not a time zone"),
        (("--name", ""), "name: "),
    ],
)
def test_wrong_values_make_nothing(workspace: Workspace, arguments: tuple[str, str], says: str) -> None:
    proper = {"--name": "Two", "--slug": "two", "--owner": "new@example.org"} | {arguments[0]: arguments[1]}
    users = User.objects.count()
    with pytest.raises(CommandError, match=says):
        run("create_workspace", *(part for pair in proper.items() for part in pair))
    assert (Workspace.objects.count(), User.objects.count()) == (1, users)
