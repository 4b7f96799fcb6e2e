"""GET /metrics: Prometheus reads it, whatever is down, and nobody else does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from links import counters
from links.counters import StageCounters
from links.frames import framed
from links.probes import Probe
from links.stream import Block, ScanStream
from qrplatform import health
from qrplatform.metrics import FORWARDED, TOTALS
from qrplatform.stack.embedded_redis import find_server
from tests.services import frozen, private_redis
from tests.stack import BASE_DIR

pytestmark = pytest.mark.django_db

PREFIX = "qrplatform_"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, scan_stream: ScanStream, redis_url: str) -> Path:
    """The counters and journal of a host of this test's own, with a Redis that answers."""
    settings.COUNTERS_DIR = settings.JOURNAL_DIR = tmp_path
    settings.REDIS_URL, settings.STREAM_KEY = redis_url, scan_stream._key
    return tmp_path


def get(**headers: str) -> "HttpResponse":
    return Client(headers={"host": "q.example.com", **headers}).get("/metrics")  # type: ignore[return-value]


def samples() -> dict[str, float]:
    """Every sample by its name without the product's, as Prometheus would read it."""
    answer = get()
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.content.decode())
    found = {sample.name.removeprefix(PREFIX): sample.value for family in families for sample in family.samples}
    assert f"{PREFIX}redis_up" in answer.content.decode()
    return found


def test_every_total_has_a_name_a_type_and_help(folder: Path) -> None:
    assert set(TOTALS) == set(counters.NAMES) - counters.MOMENTS, "a new counter needs its words in TOTALS"
    stage_counters = StageCounters(folder)
    stage_counters.count_journalled()  # the first of them, which is counted one by one
    for number, name in list(enumerate(TOTALS, start=1))[1:]:
        stage_counters.add(name, number)
    families = {family.name: family for family in text_string_to_metric_families(get().content.decode())}
    for number, (metric, words) in enumerate(TOTALS.values(), start=1):
        family = families[PREFIX + metric]
        assert (family.type, family.documentation) == ("counter", words)
        assert [(sample.name, sample.value) for sample in family.samples] == [(f"{PREFIX}{metric}_total", number)]


def test_gauges_tell_what_waits(folder: Path, scan_stream: ScanStream) -> None:
    stage_counters = StageCounters(folder)
    stage_counters.stamp("caught_up_at", time.time() - 90)
    (folder / "1.seg").write_bytes(framed(b"[]"))
    scan_stream.send([Block("segment", framed(b"[]"))])
    found = samples()
    assert found["counting_lag_seconds"] == pytest.approx(90, abs=5)
    assert found["caught_up_timestamp_seconds"] == pytest.approx(time.time() - 90, abs=5)
    assert (found["journal_segments"], found["journal_bytes"]) == (1, len(framed(b"[]")))
    assert found["stream_entries"] == 1
    assert found["stream_oldest_seconds"] < 60
    assert (found["redis_up"], found["database_up"], found["build_info"]) == (1, 1, 1)
    assert found.get("scan_partitions_ahead", 7) >= 6, "only PostgreSQL has partitions"


def test_totals_survive_a_killed_worker(folder: Path) -> None:
    count = "import sys; from pathlib import Path; from links.counters import StageCounters\n"
    count += "counters = StageCounters(Path(sys.argv[1])); [counters.count_journalled() for _ in range(5)]\n"
    count += "print('counted', flush=True); sys.stdin.read()"
    for total in (5, 10):
        worker = subprocess.Popen(
            [sys.executable, "-c", count, str(folder)], cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert worker.stdout
        assert worker.stdout.readline() == b"counted\n"
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        assert samples()["scans_journalled_total"] == total


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "unix:///nowhere/redis.sock"])
def test_an_outage_of_redis_is_seen(folder: Path, settings: Settings, url: str) -> None:
    settings.REDIS_URL = url
    found = samples()
    assert found["redis_up"] == 0
    assert "stream_entries" not in found, "unknown is not nothing"
    assert found["scans_journalled_total"] == 0


def test_it_answers_fast_with_redis_and_the_database_frozen(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_database", Probe(lambda: time.sleep(3)))
    with private_redis(find_server()) as settings.REDIS_URL, frozen(settings.REDIS_URL):
        started = time.monotonic()
        found = samples()
        assert time.monotonic() - started < 3 * settings.PATIENCE_SECONDS
    assert (found["redis_up"], found["database_up"]) == (0, 0)


# --- Who may read it ---------------------------------------------------------------------------


@pytest.mark.parametrize("header", FORWARDED)
def test_a_proxy_on_this_machine_does_not_open_it_to_the_world(folder: Path, header: str) -> None:
    answer = get(**{header: "203.0.113.9"})
    assert answer.status_code == 403
    assert "METRICS_TOKEN" in answer.content.decode()


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("203.0.113.9", 403), ("", 403)])
def test_only_this_machine_may_by_default(folder: Path, address: str, status: int) -> None:
    client = Client(headers={"host": "q.example.com"})
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize(
    ("sent", "status"),
    [("Bearer sesame", 200), ("bearer sesame", 200), ("Bearer sesam", 403), ("Bearer ", 403), ("sesame", 403)],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "203.0.113.9"])
def test_a_token_opens_it_from_anywhere(folder: Path, settings: Settings, sent: str, status: int, address: str) -> None:
    settings.METRICS_TOKEN = "sesame"
    client = Client(headers={"host": "10.1.2.3", "authorization": sent})
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


def test_with_a_token_nobody_may_without(folder: Path, settings: Settings) -> None:
    settings.METRICS_TOKEN = "sesame"
    assert get().status_code == 403
    assert get(authorization="Bearer sésame").status_code == 403


def test_a_collector_may_ask_for_openmetrics(folder: Path) -> None:
    answer = get(accept="application/openmetrics-text; version=1.0.0")
    assert answer["Content-Type"].startswith("application/openmetrics-text")
    assert answer.content.endswith(b"# EOF\n")
