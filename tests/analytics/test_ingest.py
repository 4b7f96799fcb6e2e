"""Ingestion: exactly once, whatever comes twice, late, damaged or in another order."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.db import DataError, OperationalError, connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Workspace
from analytics.ingest import Counted, drain, ingest
from analytics.models import DayVisitor, LocalDay, OrphanScan, QuarterHour, Scan, Scope, SetAsideRecord
from analytics.upserts import Insertion, Rows
from links.models import Code, Domain, LinkCounter, Segment
from links.stream import ScanStream
from tests.links.factories import IPHONE, a_block, a_code, an_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace)


def rollups() -> dict[str, Any]:
    """Everything counting wrote, in a form that can be compared."""
    return {
        model.__name__: sorted(model._default_manager.values_list(*fields))
        for model, fields in {
            QuarterHour: ("scope", "scope_id", "start", "human", "preview", "prefetch", "bot", "scanner", "head"),
            LocalDay: ("scope", "scope_id", "date", "visitors"),
            LinkCounter: ("link_id", "human", "other", "last_scan_at"),
        }.items()
    }


def test_one_scan_is_counted_for_code_link_and_workspace(code: Code) -> None:
    assert ingest([a_block(an_event(code))]) == Counted(ingested=1)
    scan = Scan.objects.get()
    assert (scan.scan_class, scan.device, scan.os, scan.browser) == ("human", "phone", "iOS", "Mobile Safari")
    assert {(row.scope, row.scope_id): row.human for row in QuarterHour.objects.all()} == {
        (Scope.CODE, code.pk): 1,
        (Scope.LINK, code.link_id): 1,
        (Scope.WORKSPACE, code.link.workspace_id): 1,
    }
    counter = LinkCounter.objects.get(link=code.link_id)
    assert (counter.human, counter.other, counter.last_scan_at) == (1, 0, scan.at)
    assert Segment.objects.get().ingested == 1


def test_every_class_is_kept_apart(code: Code) -> None:
    ingest([a_block(
        an_event(code, method="HEAD"),
        an_event(code, user_agent="WhatsApp/2.24.1 A"),
        an_event(code, purpose="prefetch;prerender"),
        an_event(code, user_agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        an_event(code, user_agent="Barracuda Sentinel"),
        an_event(code),
    )])  # fmt: skip
    row = QuarterHour.objects.get(scope=Scope.LINK)
    assert (row.human, row.head, row.preview, row.prefetch, row.bot, row.scanner) == (1, 1, 1, 1, 1, 1)
    counter = LinkCounter.objects.get()
    assert (counter.human, counter.other) == (1, 5)
    assert LocalDay.objects.get(scope=Scope.LINK).visitors == 1


def test_what_comes_twice_is_counted_once(code: Code) -> None:
    blocks = [a_block(an_event(code), an_event(code)), a_block(an_event(code), segment="segment-2")]
    ingest(blocks)
    before = rollups()
    assert ingest(blocks) == Counted(duplicate=3)
    assert ingest([*blocks, *blocks]) == Counted(duplicate=6)
    assert rollups() == before
    assert dict(Segment.objects.values_list("name", "ingested")) == {"segment-1": 2, "segment-2": 1}


def test_visitors_are_unique_per_day_and_humans_only(code: Code) -> None:
    today, yesterday = timezone.now(), timezone.now() - timedelta(days=1)
    ingest([a_block(
        an_event(code, visitor="a" * 32),
        an_event(code, visitor="a" * 32),
        an_event(code, visitor="b" * 32),
        an_event(code, visitor="c" * 32, method="HEAD"),
        an_event(code, visitor=""),
        an_event(code, visitor="a" * 32, at_ms=int(yesterday.timestamp() * 1000)),
    )])  # fmt: skip
    ingest([a_block(an_event(code, visitor="b" * 32))])
    by_day = dict(LocalDay.objects.filter(scope=Scope.LINK).values_list("date", "visitors"))
    assert by_day == {today.date(): 2, yesterday.date(): 1}


def test_visitors_of_a_day_that_is_forgotten_are_counted_from_raw_scans(code: Code) -> None:
    days_ago = int((timezone.now() - timedelta(days=10)).timestamp() * 1000)
    for visitors in ("ab", "bc"):
        ingest([a_block(*(an_event(code, visitor=letter * 32, at_ms=days_ago) for letter in visitors))])
    assert not DayVisitor.objects.exists()
    assert set(LocalDay.objects.values_list("scope", "visitors")) == {(1, 3), (2, 3), (3, 3)}


def test_orphan_scans_are_kept_apart(code: Code) -> None:
    event = an_event(host="q.example.com", path="NOPE99")
    assert ingest([a_block(event, event)]) == Counted(ingested=1, duplicate=1)
    assert OrphanScan.objects.get().path == "NOPE99"
    assert not QuarterHour.objects.exists()
    assert Segment.objects.get().ingested == 1


POISON = {
    "not JSON": (b"\xff\xfe", "unreadable"),
    "a short record": (b"[1,2]", "unreadable"),
    "deep nesting": (b"[" * 50_000, "unreadable"),
    "the far future": (an_event(at_ms=4_000_000_000_000).encode(), "future"),
    "before raw scans begin": (an_event(at_ms=1_000_000_000_000).encode(), "older"),
    "a year beyond 9999": (an_event(at_ms=10**17, event_id="0" * 32).encode(), "out of range"),
    "a bad event id": (an_event(event_id="x").encode(), "no UUID"),
    "a bad date": (an_event(workspace_id=1, outcome="redirected", local_date="soon").encode(), "local date"),
    "an id that no column holds": (
        an_event(workspace_id=2**70, link_id=1, outcome="redirected").encode(),
        "not an id",
    ),
}


@pytest.mark.parametrize("name", POISON)
def test_a_poison_record_is_set_aside_and_blocks_nothing(code: Code, name: str) -> None:
    record, reason = POISON[name]
    blocks = [a_block(an_event(code), record, an_event(code))]
    assert ingest(blocks) == Counted(ingested=2, set_aside=1)
    aside = SetAsideRecord.objects.get()
    assert reason in aside.reason
    assert bytes(aside.record) == record
    segment = Segment.objects.get()
    assert (segment.ingested, segment.set_aside) == (2, 1), "the segment is accounted for"
    assert ingest(blocks).set_aside == 0
    assert Segment.objects.get().set_aside == 1


def test_a_record_is_accounted_for_once_though_it_was_set_aside_first(code: Code) -> None:
    """A host whose clock ran ahead: its scans are in the future until they are not."""
    soon = int((timezone.now() + timedelta(minutes=6)).timestamp() * 1000)
    block = a_block(an_event(code, at_ms=soon))
    assert ingest([block]) == Counted(set_aside=1)
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert ingest([block]) == Counted(ingested=1)
    segment = Segment.objects.get()
    assert (segment.ingested, segment.set_aside) == (1, 0)
    assert not SetAsideRecord.objects.exists()


def test_a_record_is_accounted_for_once_though_it_is_set_aside_later(code: Code, settings: Settings) -> None:
    block = a_block(an_event(code, at_ms=int((timezone.now() - timedelta(days=5)).timestamp() * 1000)))
    ingest([block])
    settings.RAW_SCAN_DAYS = 3
    assert ingest([block]) == Counted()
    segment = Segment.objects.get()
    assert (segment.ingested, segment.set_aside) == (1, 0)


def test_what_the_database_refuses_is_set_aside_and_blocks_nothing(code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    really = Insertion.run

    def picky(insertion: Insertion) -> Rows:
        if any("poison" in row for row in insertion.rows):
            raise DataError("invalid byte sequence")
        return really(insertion)

    monkeypatch.setattr(Insertion, "run", picky)
    blocks = [a_block(an_event(code), an_event(code, user_agent="poison"), an_event(host="h", path="p"))]
    assert ingest(blocks) == Counted(ingested=2, set_aside=1)
    assert "refused by the database" in SetAsideRecord.objects.get().reason
    assert QuarterHour.objects.get(scope=Scope.LINK).human == 1
    assert ingest(blocks) == Counted(duplicate=2)


def test_odd_text_is_stored_as_far_as_a_column_can_hold_it(code: Code) -> None:
    odd = "\0\ud800é" * 300
    assert (
        ingest([a_block(an_event(code, user_agent=odd, language=odd, referrer="http://[", purpose=odd))]).ingested == 1
    )
    assert "\0" not in Scan.objects.get().user_agent


def test_a_scan_of_a_link_that_is_gone_is_still_counted(workspace: Workspace) -> None:
    event = an_event(workspace_id=workspace.pk, link_id=999, code_id=999, outcome="redirected")
    assert ingest([a_block(event)]).ingested == 1
    assert not LinkCounter.objects.filter(link=999).exists()
    assert QuarterHour.objects.get(scope=Scope.WORKSPACE).human == 1


def test_only_the_host_of_a_referrer_is_kept(code: Code) -> None:
    ingest([a_block(an_event(code, referrer="https://example.org/private/page?token=secret"))])
    assert Scan.objects.get().referrer == "example.org"


def test_nothing_is_acknowledged_before_its_transaction_is_committed(
    code: Code, scan_stream: ScanStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan_stream.send([a_block(an_event(code))])

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("analytics.ingest._account", dies)
        with pytest.raises(KeyboardInterrupt):
            drain(scan_stream, seconds=0.01, count=lambda counted: None)
    assert not Scan.objects.exists(), "the transaction was rolled back"
    counted: list[Counted] = []
    drain(scan_stream, seconds=0.05, count=counted.append)
    assert counted == [Counted(ingested=1)]
    assert scan_stream.length() == 0


def test_nothing_is_read_and_enriched_while_the_database_cannot_be_reached(
    code: Code, scan_stream: ScanStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan_stream.send([a_block(an_event(code))])
    counted: list[Counted] = []
    with monkeypatch.context() as away:
        away.setattr(connection, "ensure_connection", Mock(side_effect=OperationalError))
        away.setattr(scan_stream, "read", Mock(side_effect=AssertionError("was read")))
        with pytest.raises(OperationalError):
            drain(scan_stream, seconds=0.05, count=counted.append)
    drain(scan_stream, seconds=0.05, count=counted.append)
    assert counted == [Counted(ingested=1)]


def test_one_batch_is_made_while_another_is_stored_and_each_is_stored_once(
    code: Code, scan_stream: ScanStream, settings: Settings
) -> None:
    settings.INGEST_BATCH = 2
    scan_stream.send([a_block(an_event(code), an_event(code)) for _ in range(7)])
    counted: list[Counted] = []
    drain(scan_stream, seconds=0.05, count=counted.append)
    assert counted == [Counted(ingested=4)] * 3 + [Counted(ingested=2)]
    assert scan_stream.length() == 0
    assert LinkCounter.objects.get(link=code.link_id).human == 14


def test_many_rows_with_odd_text_and_a_few_that_are_known(code: Code) -> None:
    """On PostgreSQL so many rows go by COPY, which takes none where one is known, and has marks of its own."""
    odd = ["\\", "\\N", "\\.", "a\tb", "a\nb", "\r\n", '"', "{,}", "é\u2028", "NULL"]
    known = [an_event(code) for _ in range(3)]
    events = [an_event(code, user_agent=f"{odd[n % len(odd)]} {n}") for n in range(120)]
    assert ingest([a_block(*known)]).ingested == 3
    assert ingest([a_block(*events)]) == Counted(ingested=120)
    assert ingest([a_block(*known, *events, *(an_event(code) for _ in range(5)))]) == Counted(5, duplicate=123)
    agents = set(Scan.objects.values_list("user_agent", flat=True)) - {IPHONE}
    assert agents == {f"{odd[n % len(odd)]} {n}" for n in range(120)}
    counter = LinkCounter.objects.get(link=code.link_id)
    assert counter.human + counter.other == 128


def test_a_scan_knows_where_it_came_from_and_in_which_app(code: Code) -> None:
    in_instagram = f"{IPHONE} Instagram 406.0.0.58.159 (iPhone15,2; iOS 18_5; de_DE)"
    ingest(
        [a_block(an_event(code, address="193.0.6.0/24", user_agent=in_instagram, language="de-AT,de;q=0.9,en;q=0.8"))]
    )
    scan = Scan.objects.get()
    assert (scan.country, scan.brand, scan.app, scan.language) == ("NL", "Apple", "Instagram", "de-at")
