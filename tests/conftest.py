"""The cast: alice owns the workspace, bob is a member, charlie is a stranger with a workspace of his own."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import redis
from django.db import connection
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import ApiKey, Membership, User, Workspace
from analytics import partitions
from analytics.rollups import words
from links.models import Domain
from links.stream import ScanStream, connect
from qrplatform.front import resolver
from qrplatform.stack.embedded_redis import find_server
from tests.machine import missing, postgresql_programs, redis_server
from tests.products import ByProduct
from tests.services import private_postgresql, private_redis

# A busy machine is no error of an example.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests scan at all times: on PostgreSQL two more partitions hold what no day's partition does.

    Those about partitions themselves begin without: see tests/analytics/test_partitions.py.
    """
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        days = sorted(partitions.attached(cursor))
        first, last = (partitions.first_id(partitions.midnight(day)) for day in (days[0], days[-1] + timedelta(days=1)))
        attach = "CREATE TABLE {} PARTITION OF analytics_scan FOR VALUES FROM ({}) TO ({})"
        cursor.execute(attach.format("any_earlier_scan", "MINVALUE", f"'{first}'"))
        cursor.execute(attach.format("any_later_scan", f"'{last}'", "MAXVALUE"))


@pytest.fixture(autouse=True)
def _forget_the_test_before() -> None:
    """This process's resolver knows its hosts, and ingestion the ids of its words."""
    resolver.cache_clear()
    words.forget()


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice@example.org", "alice-password")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob@example.org", "bob-password")


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user("charlie@example.org", "charlie-password")


@pytest.fixture
def workspace(alice: User, bob: User) -> Workspace:
    workspace = Workspace.objects.create(name="Acme", slug="acme", timezone="Europe/Berlin")
    Membership.objects.create(user=alice, workspace=workspace, role=Membership.Role.OWNER)
    Membership.objects.create(user=bob, workspace=workspace, role=Membership.Role.MEMBER)
    return workspace


@pytest.fixture
def other_workspace(charlie: User) -> Workspace:
    workspace = Workspace.objects.create(name="Other", slug="other")
    Membership.objects.create(user=charlie, workspace=workspace, role=Membership.Role.OWNER)
    return workspace


@pytest.fixture
def site(db: None) -> Domain:
    domain = Domain.objects.create(host="q.example.com", scheme="https", is_site=True)
    # As the change poll does it in a running process; a test's count of queries begins after that.
    resolver().load_domains()
    return domain


def client_of(user: User) -> Client:
    """A logged-in browser at the site's host."""
    client = Client(headers={"host": "q.example.com"})
    client.force_login(user)
    return client


@pytest.fixture
def alice_client(alice: User, workspace: Workspace, site: Domain) -> Client:
    return client_of(alice)


@pytest.fixture
def charlie_client(charlie: User, other_workspace: Workspace, site: Domain) -> Client:
    return client_of(charlie)


@pytest.fixture
def api(workspace: Workspace, site: Domain) -> Client:
    """A REST client with a key of alice's workspace."""
    _, secret = ApiKey.issue(workspace, "test")
    return Client(headers={"host": "q.example.com", "authorization": f"Bearer {secret}"})


@pytest.fixture
def charlie_api(other_workspace: Workspace, site: Domain) -> Client:
    """A REST client with a key of charlie's workspace."""
    _, secret = ApiKey.issue(other_workspace, "test")
    return Client(headers={"host": "q.example.com", "authorization": f"Bearer {secret}"})


# Who asks for one of these depends on the configured database or Redis.
STATE = {"db", "transactional_db", "redis_url"}
SLOW = ("browser", "journey", "fault")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what test-postgresql is for; those with a PostgreSQL of their own do the same in every stage."""
    assert isinstance(item, pytest.Function)
    wanted = set(item.fixturenames)
    if (wanted & STATE or item.get_closest_marker("django_db")) and "postgresql_url" not in wanted:
        item.add_marker("state")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByProduct | None:
    return ByProduct(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(trylast=True)  # after pytest-randomly
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes so long that it has a timeout of its own, so that no process is left with it; then what is quick.

    Page tests and what breaks things last: they share one product, which anything between them would start twice.
    """
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    kinds = [SLOW.index(mark.name) + 2 for mark in item.iter_markers() if mark.name in SLOW]
    return max(kinds, default=0 if item.get_closest_marker("timeout") else 1)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL of the tests' own, with one empty database."""
    programs = postgresql_programs()
    if programs is None:
        missing("postgresql", "neither PATH nor /usr/lib/postgresql has initdb; apt install postgresql")
    with private_postgresql(programs) as url:
        yield url


@pytest.fixture(scope="module")
def real_redis_url(real_redis: str) -> str:
    """The machine's Redis, empty: what the stack before left in its stream would be counted in the next database."""
    with redis.Redis.from_url(real_redis, socket_timeout=10) as client:
        client.flushall()
    return real_redis


@pytest.fixture(scope="session")
def real_redis() -> Iterator[str]:
    """The machine's Redis as a server of the tests' own, on a TCP port."""
    server = redis_server()
    if server is None:
        missing("redis", "there is no redis-server and no valkey-server; apt install redis-server")
    with private_redis(server) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis for unit tests: the configured one, else whichever `make run` would start."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    with private_redis(find_server()) as url:
        yield url


@pytest.fixture
def scan_stream(redis_url: str) -> Iterator[ScanStream]:
    """An empty stream of this test's own, with a reader called "tester"."""
    key = f"test:{uuid4().hex}"
    with connect(redis_url) as connection:
        yield ScanStream(connection, key, "tester")
        connection.delete(key)
