"""A REST client's key: who it makes of a request, when it is refused, and what is noted of its use."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.authentication import ApiKeyAuthentication, KeyHolder
from accounts.models import ApiKey, User, Workspace


def authenticate(header: str) -> tuple[Any, ApiKey] | None:
    request = RequestFactory().get("/api/v1/links", headers={"authorization": header})
    request.user = AnonymousUser()
    return ApiKeyAuthentication().authenticate(Request(request))


def accepted(header: str) -> tuple[Any, ApiKey]:
    found = authenticate(header)
    assert found is not None
    return found


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_key_acts_for_whoever_made_it(alice: User, workspace: Workspace, scheme: str) -> None:
    key, secret = ApiKey.issue(workspace, "Webshop", alice)
    assert accepted(f"{scheme} {secret}") == (alice, key)


def test_a_key_nobody_made_acts_for_itself(workspace: Workspace) -> None:
    key, secret = ApiKey.issue(workspace, "Webshop")
    holder, used = accepted(f"Bearer {secret}")
    assert isinstance(holder, KeyHolder)
    assert holder.is_authenticated
    assert used == key


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Token abc"])
def test_other_schemes_are_left_to_others(workspace: Workspace, header: str) -> None:
    assert authenticate(header) is None


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Bearer", "Write the header as"),
        ("Bearer two words", "Write the header as"),
        ("Bearer qrp_nobodys", "does not exist"),
        ("Bearer \xff\xfe", "does not exist"),
        ("Bearer " + "x" * 10_000, "does not exist"),
    ],
)
def test_wrong_headers_say_what_to_change(workspace: Workspace, header: str, says: str) -> None:
    with pytest.raises(AuthenticationFailed, match=says):
        authenticate(header)


def test_a_digest_is_no_key(workspace: Workspace) -> None:
    key, _ = ApiKey.issue(workspace, "Webshop")
    with pytest.raises(AuthenticationFailed):
        authenticate(f"Bearer {key.digest}")


@pytest.mark.parametrize(("column", "says"), [("revoked_at", "is revoked"), ("expires_at", "has expired")])
def test_an_ended_key_says_how_it_ended(workspace: Workspace, column: str, says: str) -> None:
    key, secret = ApiKey.issue(workspace, "Webshop")
    ApiKey.objects.filter(pk=key.pk).update(**{column: timezone.now()})
    with pytest.raises(AuthenticationFailed, match=says):
        authenticate(f"Bearer {secret}")


def test_a_key_works_until_its_end(workspace: Workspace) -> None:
    key, secret = ApiKey.issue(workspace, "Webshop")
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() + timedelta(minutes=1))
    assert accepted(f"Bearer {secret}")[1] == key


def test_use_is_noted_at_most_once_a_minute(workspace: Workspace) -> None:
    key, secret = ApiKey.issue(workspace, "Webshop")
    accepted(f"Bearer {secret}")
    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    accepted(f"Bearer {secret}")
    key.refresh_from_db()
    assert key.last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    accepted(f"Bearer {secret}")
    key.refresh_from_db()
    assert key.last_used_at >= first
