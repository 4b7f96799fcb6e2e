"""How far counting is behind: what the journal and the stream tell, and what pages may say of it."""

import os
import time
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from links import lag
from links.counters import StageCounters
from links.frames import framed
from links.journal import Journal
from links.lag import JournalState, LagWatch, standing
from links.stream import Block, ScanStream
from qrplatform.stack.embedded_redis import find_server
from tests.services import frozen, private_redis


@pytest.fixture
def counters(settings: Settings, tmp_path: Path, scan_stream: ScanStream, redis_url: str) -> StageCounters:
    """A host of this test's own, with a Redis that answers."""
    settings.COUNTERS_DIR, settings.JOURNAL_DIR = tmp_path / "counters", tmp_path / "journal"
    for folder in (settings.COUNTERS_DIR, settings.JOURNAL_DIR):
        folder.mkdir()
    settings.REDIS_URL, settings.STREAM_KEY = redis_url, scan_stream._key
    settings.PAGE_PATIENCE_SECONDS = 5
    return StageCounters(settings.COUNTERS_DIR)


def write_segment(settings: Settings, name: str = "1", age: float = 0.0) -> None:
    """A segment last written `age` seconds ago."""
    path = settings.JOURNAL_DIR / f"{name}.seg"
    path.write_bytes(framed(b"[]"))
    os.utime(path, times=(time.time() - age,) * 2)


def test_a_host_without_a_journal_is_not_behind(counters: StageCounters) -> None:
    assert standing(5).lag == 0


def test_what_the_journal_really_writes_is_seen(counters: StageCounters, settings: Settings) -> None:
    journal = Journal(settings.JOURNAL_DIR, counters, durability="os", max_bytes=1_000)
    journal.append(b"[]")
    state = JournalState.of(settings.JOURNAL_DIR)
    journal.close()
    assert (state.segments, state.bytes) == (1, 1_000), "what it has reserved"
    assert state.last_written_at == pytest.approx(time.time(), abs=5)


def test_a_shipper_that_stands_still_is_lag_once_something_waits(counters: StageCounters, settings: Settings) -> None:
    counters.stamp("caught_up_at", time.time() - 90)
    write_segment(settings, "old", age=95)
    assert standing(5).lag == 0, "all that was written is shipped"
    write_segment(settings, "new", age=30)
    assert standing(5).lag == pytest.approx(90, abs=5), "numbers were complete 90 seconds ago"


def test_a_shipper_that_never_ran_is_as_late_as_the_first_segment(counters: StageCounters, settings: Settings) -> None:
    write_segment(settings, "1", age=300)
    write_segment(settings, "2", age=10)
    assert standing(5).lag == pytest.approx(300, abs=5)


def test_what_waits_in_the_stream_is_lag(counters: StageCounters, scan_stream: ScanStream) -> None:
    scan_stream.send([Block("segment", framed(b"[]"))])
    time.sleep(0.05)
    now = standing(5)
    assert now.stream
    assert now.stream.entries == 1
    assert now.lag >= 0.05


# --- What pages say ----------------------------------------------------------------------------


def test_within_a_minute_there_is_nothing_to_say(counters: StageCounters, settings: Settings) -> None:
    write_segment(settings, age=50)
    assert not LagWatch().look().words


@pytest.mark.parametrize(("age", "words"), [(70, "1 minute"), (200, "3 minutes"), (7300, "2 hours"), (90_000, "1 day")])
def test_a_lag_is_told_in_words(counters: StageCounters, settings: Settings, age: float, words: str) -> None:
    write_segment(settings, age=age)
    behind = LagWatch().look()
    assert behind.words.replace("\xa0", " ") == words
    assert behind.lost_none


def test_lost_scans_are_not_promised_to_be_kept(counters: StageCounters, settings: Settings) -> None:
    write_segment(settings, age=200)
    counters.add("lost")
    assert not LagWatch().look().lost_none


def test_it_is_worked_out_every_five_seconds(
    counters: StageCounters, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = LagWatch()
    watch.look()
    write_segment(settings, age=200)
    assert not watch.look().words
    monkeypatch.setattr(lag, "LOOK_EVERY_SECONDS", 0.0)
    assert watch.look().words


def test_it_never_fails_a_page(settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings.JOURNAL_DIR = tmp_path / "nowhere"
    settings.REDIS_URL = "redis://127.0.0.1:1"
    assert not LagWatch().look().words
    assert "could not be worked out" in caplog.text


def test_a_redis_that_falls_silent_does_not_take_the_notice_away(
    counters: StageCounters, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lag, "LOOK_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(ScanStream, "oldest_age", lambda stream: 130.0)
    watch = LagWatch()
    assert watch.look().words
    settings.REDIS_URL = "redis://127.0.0.1:1"
    assert watch.look().words
    monkeypatch.setattr(lag, "REMEMBER_SECONDS", 0.0)
    assert not watch.look().words, "for a minute only"


def test_a_frozen_redis_costs_a_page_next_to_nothing(counters: StageCounters, settings: Settings) -> None:
    write_segment(settings, age=200)
    settings.PAGE_PATIENCE_SECONDS, settings.PATIENCE_SECONDS = 0.05, 5
    with private_redis(find_server()) as settings.REDIS_URL, frozen(settings.REDIS_URL):
        started = time.monotonic()
        assert LagWatch().look().words, "the journal's part is told"
        assert time.monotonic() - started < 3
