"""With Redis frozen people go on working: creating and editing answer promptly, are kept, and are checked later."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client
from django.utils import timezone

from links import tasks
from links.models import Link
from links.safety.verdicts import LOST_AFTER
from qrplatform.stack.embedded_redis import find_server
from tests.services import frozen, private_redis

pytestmark = pytest.mark.django_db(transaction=True)

JSON = "application/json"
DESTINATION = "https://example.com/"


@pytest.fixture(autouse=True)
def _frozen_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Messages are really sent, to a Redis that does not answer."""
    with private_redis(find_server()) as url, frozen(url):
        monkeypatch.setattr(tasks, "broker", tasks.Broker())
        monkeypatch.setitem(current_app.conf, "task_always_eager", False)
        monkeypatch.setitem(current_app.conf, "broker_url", url)
        monkeypatch.setitem(current_app.conf, "broker_write_url", url)
        yield


@pytest.fixture
def waits(caplog: pytest.LogCaptureFixture) -> Callable[[], int]:
    """How often the frozen Redis was waited for until now: half a second each, by setting."""
    caplog.set_level(logging.INFO, "links.tasks")
    return lambda: sum("the broker does not answer" in message for message in caplog.messages)


@contextmanager
def without_retrying() -> Iterator[None]:
    """Celery, left alone, would try for twenty seconds and more."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 10 * settings.PATIENCE_SECONDS


def made_by_rest(client: Client) -> int:
    return client.post("/api/v1/links", {"destination": DESTINATION}, content_type=JSON).status_code


def made_by_hand(client: Client) -> int:
    return client.post("/w/acme/links/new", {"destination": DESTINATION}).status_code


@pytest.mark.parametrize(("who", "make", "status"), [("api", made_by_rest, 201), ("alice_client", made_by_hand, 302)])
def test_links_are_made(
    request: pytest.FixtureRequest, who: str, make: Callable[[Client], int], status: int, waits: Callable[[], int]
) -> None:
    client: Client = request.getfixturevalue(who)
    with without_retrying():
        assert [make(client) for _ in range(4)] == [status] * 4
    assert waits() == 1, "those after the first need not find out anew"
    assert set(Link.objects.values_list("destination", "verdict")) == {(DESTINATION, Link.Verdict.UNCHECKED)}


def test_edits_are_kept_and_checked_once_it_is_back(
    api: Client, alice_client: Client, waits: Callable[[], int]
) -> None:
    made_by_rest(api)
    link = Link.objects.get()
    tasks.broker = tasks.Broker()
    before = waits()
    with without_retrying():
        answer = api.patch(f"/api/v1/links/{link.pk}", {"destination": "https://127.0.0.1/"}, content_type=JSON)
    assert answer.status_code == 200
    edited = {"destination": "https://127.0.0.1/", "title": "By hand", "revision": "2"}
    assert alice_client.post(f"/w/acme/links/{link.pk}/edit", edited).status_code == 302
    assert waits() == before + 1
    link.refresh_from_db()
    assert (link.destination, link.title, link.verdict) == ("https://127.0.0.1/", "By hand", Link.Verdict.UNCHECKED)
    Link.objects.update(updated_at=timezone.now() - LOST_AFTER)
    tasks.recheck_destinations()
    link.refresh_from_db()
    assert link.verdict == Link.Verdict.SUSPICIOUS
