"""The one door: members and keys come in, strangers find nothing, and no id can break it."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from accounts.access import get_object, get_workspace, workspaces_of
from accounts.models import ApiKey, User, Workspace
from links.models import Code, Domain, Link


def request_of(user: Any, auth: ApiKey | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    if auth is not None:
        request.auth = auth  # type: ignore[attr-defined]  # as a DRF request carries it
    return request


def test_a_member_reaches_exactly_their_workspaces(bob: User, workspace: Workspace, other_workspace: Workspace) -> None:
    assert list(workspaces_of(request_of(bob))) == [workspace]


def test_a_key_reaches_its_own_workspace_even_where_its_maker_has_more(
    alice: User, workspace: Workspace, other_workspace: Workspace
) -> None:
    key, _ = ApiKey.issue(other_workspace, "script", alice)
    assert list(workspaces_of(request_of(alice, auth=key))) == [other_workspace]


def test_nobody_reaches_nothing(workspace: Workspace) -> None:
    assert not workspaces_of(request_of(AnonymousUser())).exists()


def test_a_stranger_finds_no_workspace(charlie: User, workspace: Workspace) -> None:
    with pytest.raises(Http404):
        get_workspace(request_of(charlie), workspace.slug)


def test_a_superuser_is_no_member(workspace: Workspace) -> None:
    root = User.objects.create_superuser("root@example.org", "root-password")
    with pytest.raises(Http404):
        get_workspace(request_of(root), workspace.slug)


def test_an_object_of_mine_is_found_and_of_a_stranger_is_not(alice: User, charlie: User, workspace: Workspace) -> None:
    link = Link.objects.create(workspace=workspace, destination="https://example.org/")
    assert get_object(request_of(alice), Link.objects.all(), pk=link.pk) == link
    with pytest.raises(Http404):
        get_object(request_of(charlie), Link.objects.all(), pk=link.pk)


def test_an_object_two_steps_from_its_workspace(alice: User, charlie: User, workspace: Workspace, site: Domain) -> None:
    link = Link.objects.create(workspace=workspace, destination="https://example.org/")
    code = Code.objects.create(link=link, domain=site, path="ABC123", canonical="ABC123")
    found = get_object(request_of(alice), Code.objects.all(), workspace_path="link__workspace", pk=code.pk)
    assert found == code
    with pytest.raises(Http404):
        get_object(request_of(charlie), Code.objects.all(), workspace_path="link__workspace", pk=code.pk)


@pytest.mark.parametrize("value", [2**64, -(2**70), "abc", "1\0", "", None, [], {}, "٣" * 40, 1.5])
def test_what_is_no_id_is_not_found(alice: User, workspace: Workspace, value: Any) -> None:
    with pytest.raises(Http404):
        get_object(request_of(alice), Link.objects.all(), pk=value)
    with pytest.raises(Http404):
        get_workspace(request_of(alice), value)
