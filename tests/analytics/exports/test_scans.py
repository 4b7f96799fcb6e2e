"""Raw scans as rows: all of them, once, in order, of the right thing, and nothing that tells who somebody is."""

import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from analytics.exports import scans
from analytics.exports.columns import Table
from analytics.exports.formats import Format, written
from analytics.exports.wanted import ALL_CLASSES, Wanted, What, find_subject
from analytics.models import Scan, ScanClass
from analytics.periods import Interval, Period
from analytics.reports import Kind, Subject
from links.models import Campaign, Link, Tag
from tests.analytics.exports.conftest import NOW, Make

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def wanted(thing: Any, days: int = 30, **changes: Any) -> Wanted:
    period = Period.last_days(BERLIN, NOW, days, Interval.MONTH)
    return replace(Wanted(What.SCANS, Subject.of(thing), period, ALL_CLASSES), **changes)


def rows_of(asked: Wanted) -> list[dict[str, Any]]:
    text = b"".join(written(asked.table(), Format.NDJSON)).decode()
    return [json.loads(line) for line in text.splitlines()]


def test_a_row_says_all_that_is_known(link: Link, make_scans: Make, campaign: Campaign) -> None:
    (scan,) = make_scans(1, campaign_id=campaign.pk, country="DE", os="iOS", user_agent="=Phone", referrer="")
    (row,) = rows_of(wanted(link.workspace))
    assert row == dict.fromkeys((column.name for column in scans.COLUMNS), None) | {
        "id": str(scan.event_id),
        "at": "2026-05-13T11:59:00.000Z",
        "local_time": "2026-05-13 13:59:00",
        "local_date": "2026-05-13",
        "class": "human",
        "outcome": "redirected",
        "link_id": link.pk,
        "link_title": "Poster",
        "code_id": link.codes.get().pk,
        "code": "ABC123",
        "code_kind": "qr",
        "placement": "poster, Main St",
        "campaign_id": campaign.pk,
        "campaign": "Spring",
        "method": "GET",
        "address": "203.0.113.0/24",
        "country": "DE",
        "os": "iOS",
        "user_agent": "=Phone",
    }


def test_no_row_carries_a_visitor(link: Link, make_scans: Make) -> None:
    made = make_scans(5)
    for kind in Format:
        text = b"".join(written(wanted(link.workspace).table(), kind)).decode()
        assert not [scan for scan in made if scan.visitor in text]
    assert "visitor" not in {column.name for column in scans.COLUMNS}


def test_every_scan_once_and_in_order_however_long_a_page_is(
    link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_scans(40)
    Scan.objects.filter(pk__in=[scan.pk for scan in made[:25]]).update(at=NOW - timedelta(hours=1))  # the same moment
    expected = [str(pk) for pk in Scan.objects.order_by("at", "event_id").values_list("pk", flat=True)]
    for page in (1, 7, 40, 41):
        monkeypatch.setattr(scans, "SCANS_AT_ONCE", page)
        assert [row["id"] for row in rows_of(wanted(link.workspace))] == expected


def test_a_reader_goes_on_from_any_place(link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make_scans(20)
    monkeypatch.setattr(scans, "SCANS_AT_ONCE", 6)
    asked = wanted(link.workspace)
    pages = list(asked.pages())
    for number, page in enumerate(pages):
        place = scans.Place.loaded(json.loads(json.dumps(page.place.dumped())))
        assert [p.rows for p in asked.pages(place)] == [p.rows for p in pages[number + 1 :]]


def test_only_what_belongs_to_the_subject(link: Link, make_scans: Make, campaign: Campaign) -> None:
    tag = Tag.objects.create(workspace=link.workspace, name="Doors")
    link.tags.add(tag)
    ours = {str(scan.pk) for scan in make_scans(3)}
    of_campaign = {str(scan.pk) for scan in make_scans(2, link_id=link.pk + 1, code_id=0, campaign_id=campaign.pk)}
    make_scans(2, workspace_id=link.workspace_id + 1)
    things = [link.workspace, campaign, tag, link, link.codes.select_related("link__workspace").get()]
    found = [{row["id"] for row in rows_of(wanted(thing))} for thing in things]
    assert found == [ours | of_campaign, of_campaign, ours, ours, ours]


def test_only_the_classes_and_the_period_asked_for(link: Link, make_scans: Make) -> None:
    make_scans(30)
    bots = wanted(link, classes=frozenset({ScanClass.BOT}))
    assert {row["class"] for row in rows_of(bots)} == {"bot"}
    assert len(rows_of(bots)) == 10
    short = Period.between(BERLIN, NOW - timedelta(minutes=15), NOW, Interval.HOUR)
    assert len(rows_of(wanted(link, period=short))) == 15


def test_about_how_many_it_will_be_is_known_without_counting(
    link: Link, make_scans: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_scans(30)
    asked = wanted(link.workspace)
    with django_assert_num_queries(1):
        assert asked.about() == 30
    assert wanted(link, classes=frozenset({ScanClass.BOT})).about() == 10


def test_a_page_is_five_queries(
    link: Link, make_scans: Make, campaign: Campaign, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_scans(30, campaign_id=campaign.pk)
    with django_assert_num_queries(5):
        assert len(rows_of(wanted(link.workspace))) == 30


def test_a_deleted_link_can_still_be_taken_elsewhere(link: Link, make_scans: Make) -> None:
    make_scans(1)
    Link.objects.update(deleted_at=NOW)
    subject = find_subject(link.workspace, Kind.LINK, link.pk)
    assert subject is not None
    assert len(rows_of(wanted(link))) == 1


def test_a_question_is_the_same_after_it_was_kept(link: Link) -> None:
    asked = wanted(link, classes=frozenset({ScanClass.BOT, ScanClass.HEAD}), limit=7)
    again = Wanted.loaded(link.workspace, json.loads(json.dumps(asked.dumped())))
    assert again == asked


def test_names_of_files_are_plain_whatever_things_are_called(link: Link) -> None:
    link.title = '../../etc/passwd"\r\nX: =1 Ünïcødé'
    assert wanted(link).file_name(Format.CSV) == "scans-etcpasswd-x-1-unicde-2026-04-14-to-2026-05-13.csv"
    link.title = "日本語"
    assert wanted(link).file_name(Format.NDJSON).startswith(f"scans-link-{link.pk}-2026")


def test_memory_does_not_grow_with_scans(link: Link, make_scans: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The most that is held at once is the same for four times the scans."""
    monkeypatch.setattr(scans, "SCANS_AT_ONCE", 200)

    def most_held() -> int:
        table: Table = wanted(link.workspace).table()
        tracemalloc.start()
        size = sum(len(piece) for piece in written(table, Format.CSV))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > 0
        return most

    make_scans(1500)
    few = most_held()
    make_scans(6000)
    many = most_held()
    assert many < few * 1.2
