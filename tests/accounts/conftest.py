"""What tests of accounts share: counters of rate limits start at nothing, and bob's browser."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User, Workspace
from links.models import Domain
from tests.conftest import client_of


@pytest.fixture(autouse=True)
def _fresh_rate_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def browser(site: Domain) -> Client:
    """Nobody yet."""
    return Client(headers={"host": "q.example.com"})


@pytest.fixture
def bob_client(bob: User, workspace: Workspace, site: Domain) -> Client:
    return client_of(bob)
