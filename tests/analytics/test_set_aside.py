"""Records that cannot be counted are kept with their reason, shown, counted once they can be, and forgotten in time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User, Workspace
from analytics.ingest import Counted, digest_of, ingest
from analytics.models import LocalDay, Scan, Scope, SetAsideRecord
from analytics.replay import replay_set_aside
from analytics.rollups.visitors import first_day_with_visitors
from analytics.tasks import forget_set_aside
from links.models import Code, Domain, Segment
from links.stream import records_of
from tests import corpora
from tests.analytics.recounting import recounted, shown
from tests.links.factories import a_block, a_code, an_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace)


@pytest.fixture
def early(code: Code) -> Iterator[Any]:
    """Three scans of a host whose clock was ten minutes ahead, set aside; and the moment when they can be counted."""
    soon = int((timezone.now() + timedelta(minutes=10)).timestamp() * 1000)
    ingest([a_block(*(an_event(code, at_ms=soon) for _ in range(3)), b"\xff no record")])
    with time_machine.travel(timezone.now() + timedelta(minutes=8), tick=False) as then:
        yield then


def test_what_can_be_counted_by_now_is_counted_once(code: Code, early: Any) -> None:
    assert list(replay_set_aside()) == [Counted(ingested=3)]
    assert SetAsideRecord.objects.get().reason.startswith("unreadable")
    segment = Segment.objects.get()
    assert (segment.ingested, segment.set_aside) == (3, 1)
    since = first_day_with_visitors()
    assert shown(since) == recounted(since)
    assert LocalDay.objects.get(scope=Scope.LINK).human == 3
    assert list(replay_set_aside()) == [Counted()]


def test_only_those_of_a_reason(early: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("replay_set_aside", "--reason", "unreadable")
    assert "0 records were counted, 1 stay" in capsys.readouterr().out
    call_command("replay_set_aside", "--reason", "FUTURE")
    assert "3 records were counted, 0 stay" in capsys.readouterr().out


def test_a_segment_that_is_gone_does_not_come_back(early: Any) -> None:
    Segment.objects.all().delete()
    list(replay_set_aside())
    assert Scan.objects.count() == 3
    assert not Segment.objects.exists()


def test_what_was_counted_as_well_is_taken_out(code: Code) -> None:
    """Two ingesters whose clocks differ can do both at once."""
    block = a_block(an_event(code))
    ingest([block])
    (record,) = records_of(block)
    SetAsideRecord.objects.create(digest=digest_of("segment-1", record), segment="segment-1", reason="x", record=record)
    Segment.objects.update(set_aside=1)
    assert list(replay_set_aside()) == [Counted(duplicate=1)]
    segment = Segment.objects.get()
    assert (segment.ingested, segment.set_aside) == (1, 0)
    assert not SetAsideRecord.objects.exists()


def test_they_are_forgotten_in_time(early: Any, settings: Settings) -> None:
    settings.SET_ASIDE_DAYS = 5
    old = SetAsideRecord.objects.filter(reason__startswith="unreadable")
    old.update(at=timezone.now() - timedelta(days=5, minutes=1))
    forget_set_aside()
    assert SetAsideRecord.objects.count() == 3


def test_administrators_see_them(early: Any, alice: User, alice_client: Client, charlie_client: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    assert "unreadable" in alice_client.get("/admin/analytics/setasiderecord/").content.decode()
    aside = SetAsideRecord.objects.get(reason__startswith="unreadable")
    page = f"/admin/analytics/setasiderecord/{aside.pk}/change/"
    assert "\\xff no record" in alice_client.get(page).content.decode()
    assert charlie_client.get(page).status_code == 302
    assert alice_client.post(page, {"reason": "mine"}).status_code == 403


def test_the_longest_record_is_counted_with_its_words_cut(code: Code) -> None:
    assert ingest([a_block(an_event(code, user_agent="x" * 64_000))]) == Counted(ingested=1)
    assert Scan.objects.get().user_agent == "x" * 512


def test_naughty_words_are_counted_and_broken_down(code: Code) -> None:
    words = [*corpora.entries("blns.json"), "\0", "a\0b", "\ud800", '{"a\\', "\\", '"', "'", "%s", "{}", "NULL"]
    events = [
        an_event(code, user_agent=word, language=word, referrer=word, destination=word, address=word[:43], purpose=word)
        for word in words
    ]
    assert ingest([a_block(*events)]) == Counted(ingested=len(words))
    assert ingest([a_block(*events)]) == Counted(duplicate=len(words))
    since = first_day_with_visitors()
    assert shown(since) == recounted(since)


def test_bytes_that_are_no_utf_8_are_set_aside(code: Code) -> None:
    record = an_event(code).encode().replace(b"Safari", b"Saf\xe9ri")
    assert ingest([a_block(record)]) == Counted(set_aside=1)
    assert bytes(SetAsideRecord.objects.get().record) == record


def test_an_id_of_the_far_future_is_set_aside(code: Code) -> None:
    assert ingest([a_block(an_event(code, event_id="f" * 32))]) == Counted(set_aside=1)
    assert "event id" in SetAsideRecord.objects.get().reason


def test_a_local_date_far_from_its_time_is_set_aside(code: Code) -> None:
    assert ingest([a_block(an_event(code, local_date="2020-01-01"))]) == Counted(set_aside=1)
    assert "local date" in SetAsideRecord.objects.get().reason
