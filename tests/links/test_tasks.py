"""A check is asked for once an edit is committed; a broker that is away or frozen neither fails nor delays it."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client

from accounts.models import Workspace
from links import actions, tasks
from links.models import Domain, Link
from links.stream import connect

CaptureOnCommit = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture(autouse=True)
def _rested_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "broker", tasks.Broker())


@pytest.fixture
def frozen_broker() -> Iterator[str]:
    """Accepts connections and never answers, as a stopped Redis does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sends messages for real, to a broker of the test's choice."""

    def use(url: str) -> None:
        monkeypatch.setitem(current_app.conf, "task_always_eager", False)
        monkeypatch.setitem(current_app.conf, "broker_url", url)
        monkeypatch.setitem(current_app.conf, "broker_write_url", url)

    return use


def test_a_new_link_is_checked_when_it_is_committed(
    workspace: Workspace, site: Domain, django_capture_on_commit_callbacks: CaptureOnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = actions.create_link(workspace, "http://127.0.0.1/", actor=actions.NOBODY)
        assert link.verdict == Link.Verdict.UNCHECKED
    link.refresh_from_db()
    assert link.verdict == Link.Verdict.SUSPICIOUS


def test_a_new_destination_is_checked_anew(
    workspace: Workspace, site: Domain, django_capture_on_commit_callbacks: CaptureOnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = actions.create_link(workspace, "http://127.0.0.1/", actor=actions.NOBODY)
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_link(link, {"destination": "https://example.com/"}, actor=actions.NOBODY)
    link.refresh_from_db()
    assert link.verdict == Link.Verdict.SAFE


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "redis+socket:///nowhere/redis.sock"])
def test_an_edit_survives_a_broker_that_is_away(
    url: str, broker_at: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    broker_at(url)
    tasks.request_check(1, 1)
    assert "Link 1 is not checked yet" in caplog.text


def test_a_link_is_created_while_the_broker_is_away(
    api: Client, broker_at: Callable[[str], None], django_capture_on_commit_callbacks: CaptureOnCommit
) -> None:
    broker_at("redis://127.0.0.1:1")
    with django_capture_on_commit_callbacks(execute=True):
        response = api.post("/api/v1/links", {"destination": "https://example.com/"}, content_type="application/json")
    assert response.status_code == 201
    assert Link.objects.get().verdict == Link.Verdict.UNCHECKED


def test_a_crowd_of_edits_waits_once_for_a_frozen_broker(
    frozen_broker: str, broker_at: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    broker_at(frozen_broker)
    started = time.monotonic()
    tasks.request_check(1, 1)
    assert settings.PATIENCE_SECONDS <= time.monotonic() - started < 2
    assert "Link 1 is not checked yet" in caplog.text
    started = time.monotonic()
    for link_id in range(20):
        tasks.request_check(link_id, 1)
    assert time.monotonic() - started < 5, "each on its own would be ten seconds"


def test_the_broker_is_asked_again_after_its_rest(
    broker_at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    broker_at("redis://127.0.0.1:1")
    monkeypatch.setattr(tasks, "BROKER_REST_SECONDS", 0.05)
    tasks.request_check(1, 1)
    assert tasks.broker.is_resting
    time.sleep(0.1)
    broker_at(redis_url)
    tasks.request_check(1, 1)
    assert not tasks.broker.is_resting
    with connect(redis_url) as redis:
        assert redis.delete("celery") == 1, "the message was sent"
