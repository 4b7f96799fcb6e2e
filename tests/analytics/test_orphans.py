"""Orphan scans: a workspace sees what was probably meant for it, and nobody else's slips."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import Workspace
from analytics.models import OrphanScan
from analytics.periods import Interval, Period
from analytics.reports import Orphans, orphan_scans
from analytics.reports.orphans import is_one_slip
from links.codes import ALPHABET
from links.models import Code, Domain, Link

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
TODAY = Period.of_days(ZoneInfo("UTC"), NOON.date(), NOON.date(), Interval.DAY)
texts = st.text("AB12-", max_size=7)


def slips(text: str) -> set[str]:
    """Everything one substitution, insertion, deletion or swap away, made one by one."""
    letters, places = "AB12-", range(len(text))
    made = {text[:at] + letter + text[at + 1 :] for at in places for letter in letters}
    made |= {text[:at] + letter + text[at:] for at in range(len(text) + 1) for letter in letters}
    made |= {text[:at] + text[at + 1 :] for at in places}
    made |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in places[:-1]}
    return made - {text}


@given(one=texts, other=texts)
def test_one_slip_is_what_a_list_of_all_of_them_says(one: str, other: str) -> None:
    assert is_one_slip(one, other) == (other in slips(one))


@given(text=texts, data=st.data())
def test_every_slip_is_found(text: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(sorted(slips(text))))
    assert is_one_slip(text, other)
    assert is_one_slip(other, text)


@pytest.fixture
def codes(workspace: Workspace, site: Domain) -> list[Code]:
    link = Link.objects.create(workspace=workspace, title="Poster", destination="https://example.com/")
    return [
        Code.objects.create(link=link, domain=site, path=path, canonical=path, placement=path)
        for path in ("ABC123", "XYZ789", "AA")
    ]


def scanned(*paths: str, host: str = "q.example.com", at: datetime = NOON, scan_class: str = "human") -> None:
    for path in paths:
        OrphanScan.objects.create(event_id=uuid4(), at=at, host=host, path=path, scan_class=scan_class)


def seen(orphans: Orphans) -> dict[str, tuple[str, int]]:
    return {row.path: (row.meant.path, row.scans) for row in orphans.rows}


def test_slips_are_shown_with_the_code_meant(workspace: Workspace, codes: list[Code]) -> None:
    scanned("abc12", "ABC12", "ABC1234", "ABC132", "XYZ78O", "QQQQQQ", "ABC12345", "ab")
    assert seen(orphan_scans(workspace, TODAY)) == {
        "ABC12": ("ABC123", 2),
        "ABC1234": ("ABC123", 1),
        "ABC132": ("ABC123", 1),
        "XYZ780": ("XYZ789", 1),
        "AB": ("AA", 1),
    }


def test_the_code_itself_another_host_day_and_class_are_no_slip(workspace: Workspace, codes: list[Code]) -> None:
    scanned("ABC123")  # a code made after it was scanned
    scanned("ABC12", host="other.example.com")
    scanned("ABC12", at=NOON - timedelta(days=1))
    scanned("ABC12", scan_class="bot")
    assert seen(orphan_scans(workspace, TODAY)) == {}


def test_strangers_see_nothing_of_it(workspace: Workspace, other_workspace: Workspace, codes: list[Code]) -> None:
    scanned("ABC12")
    assert seen(orphan_scans(other_workspace, TODAY)) == {}


def test_the_most_frequent_come_first_with_their_last_time(workspace: Workspace, codes: list[Code]) -> None:
    scanned("ABC12", "XYZ78", "XYZ78")
    scanned("XYZ78", at=NOON + timedelta(hours=1))
    (row,) = orphan_scans(workspace, TODAY, limit=1).rows
    assert (row.path, row.scans, row.last_at) == ("XYZ78", 3, NOON + timedelta(hours=1))


def test_what_is_looked_at_has_a_bound(
    workspace: Workspace, codes: list[Code], monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned("ABC12", "XYZ78")
    assert orphan_scans(workspace, TODAY).is_complete
    monkeypatch.setattr("analytics.reports.orphans.MAX_SCANS", 1)
    assert not orphan_scans(workspace, TODAY).is_complete
    assert len(orphan_scans(workspace, TODAY).rows) == 1


def test_three_queries_however_many(
    workspace: Workspace, site: Domain, codes: list[Code], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scanned(*(f"ABC12{letter}" for letter in ALPHABET))
    with django_assert_num_queries(3):
        assert len(orphan_scans(workspace, TODAY, limit=100).rows) == len(ALPHABET) - 1
