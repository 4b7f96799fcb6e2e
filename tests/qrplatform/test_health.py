"""/healthz and /readyz: what is well, what is not, and how far behind counting is."""

import time
from functools import partial
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from links.counters import StageCounters
from links.frames import framed
from links.probes import Probe
from links.stream import Block, ScanStream
from qrplatform import health
from qrplatform.health import readiness
from qrplatform.stack.embedded_redis import find_server
from tests.services import frozen, private_redis

pytestmark = pytest.mark.django_db


@pytest.fixture
def counters(settings: Settings, tmp_path: Path, scan_stream: ScanStream, redis_url: str) -> StageCounters:
    """The counters of a host of this test's own, with a Redis that answers."""
    settings.COUNTERS_DIR = settings.JOURNAL_DIR = tmp_path
    settings.REDIS_URL = redis_url
    settings.STREAM_KEY = scan_stream._key
    return StageCounters(settings.COUNTERS_DIR)


def test_healthz_answers_on_any_host() -> None:
    assert Client(headers={"host": "10.1.2.3"}).get("/healthz").content == b"ok\n"


def test_readyz_shows_every_stage(counters: StageCounters) -> None:
    for _ in range(7):
        counters.count_journalled()
    counters.stamp("caught_up_at", time.time())
    report = Client(headers={"host": "10.1.2.3"}).get("/readyz").json()
    assert report["status"] == "ok"
    assert report["stages"]["journalled"] == 7
    assert report["lag_seconds"] == 0


def test_a_shipper_that_stands_still_is_seen(counters: StageCounters, settings: Settings) -> None:
    counters.count_journalled()
    counters.stamp("caught_up_at", time.time() - 90)
    (settings.JOURNAL_DIR / "1.seg").write_bytes(framed(b"[]"))
    report = readiness()
    assert report["status"] == "degraded"
    assert report["lag_seconds"] == pytest.approx(90, abs=5)
    assert "seconds behind" in report["parts"]["counting"]
    assert report["journal"] == {"segments": 1, "bytes": len(framed(b"[]"))}


def test_what_waits_in_the_stream_is_lag(counters: StageCounters, scan_stream: ScanStream) -> None:
    scan_stream.send([Block("segment", framed(b"[]"))])
    time.sleep(0.05)
    report = readiness()
    assert report["stream"]["entries"] == 1
    assert report["lag_seconds"] >= 0.05


def test_lost_scans_are_told(counters: StageCounters) -> None:
    counters.add("lost", 3)
    assert readiness()["parts"]["journal"].startswith("3 scans landed")


def test_a_redis_that_is_away_degrades_and_nothing_more(counters: StageCounters, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    answer = Client(headers={"host": "q.example.com"}).get("/readyz")
    assert answer.status_code == 200, "redirects can be served"
    assert answer.json()["status"] == "degraded"
    assert "cannot be reached" in answer.json()["parts"]["redis"]


def test_a_frozen_redis_is_told_at_once(counters: StageCounters, settings: Settings) -> None:
    with private_redis(find_server()) as settings.REDIS_URL, frozen(settings.REDIS_URL):
        started = time.monotonic()
        answer = Client(headers={"host": "q.example.com"}).get("/readyz")
        assert time.monotonic() - started < 3, "a patient connection would be five seconds"
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["stages"]["journalled"] == 0, "what the disk tells is told"


def test_a_frozen_database_is_told_at_once(
    counters: StageCounters, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_database", Probe(lambda: time.sleep(6)))
    client = Client(headers={"host": "q.example.com"})
    # Whoever is logged in: the session must not be looked for in the database that does not answer.
    client.cookies["sessionid"] = "x" * 32
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", lambda connection: time.sleep(9))
    settings.PATIENCE_SECONDS = 2
    for at_most in (5, 1.8):
        started = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - started < at_most
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert "no answer within" in answer.json()["parts"]["database"]


def test_missing_partitions_are_told_while_there_is_time(
    counters: StageCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [readiness()["parts"]]
    for days_ahead in (1, 0):
        monkeypatch.setattr(health, "_database", Probe(partial(int, days_ahead)))
        said.append(readiness()["parts"])
    assert ["partitions" in parts for parts in said] == [False, False, True]
    assert "manage.py prepare" in said[-1]["partitions"]
