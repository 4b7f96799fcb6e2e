"""Past scans by new rules: the numbers become what they would have been, whoever ingests meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Workspace
from analytics import enrich, reclassify
from analytics.ingest import ingest
from analytics.models import DayVisitor, LocalDay, OrphanScan, QuarterHour, Scan
from links.classes import RULES_VERSION, Classified, classify
from links.models import Code, Domain, LinkCounter, Segment
from tests.links.factories import IPHONE, a_block, a_code, an_event

pytestmark = pytest.mark.django_db
SPIDER = "Mozilla/5.0 (compatible; Examplebot/1.0)"


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    return a_code(workspace)


def by_old_rules(method: str, purpose: str, user_agent: str) -> Classified:
    """As if everybody were taken for the opposite."""
    name = "human" if classify(method, purpose, user_agent).name != "human" else "bot"
    return Classified(name, "an old rule")


def counted() -> dict[str, Any]:
    """Every number that is shown, without rows that say nothing, and every visitor."""
    classes = ("human", "preview", "prefetch", "bot", "scanner", "head")
    uniques = LocalDay.objects.filter(visitors__gt=0)
    quarters = QuarterHour.objects.values_list("scope", "scope_id", "start", *classes)
    return {
        "quarters": sorted(row for row in quarters if any(row[3:])),
        "uniques": sorted(uniques.values_list("scope", "scope_id", "date", "visitors")),
        "visitors": sorted(DayVisitor.objects.values_list()),
        "links": sorted(LinkCounter.objects.values_list("link_id", "human", "other")),
        "scans": sorted(Scan.objects.values_list("event_id", "scan_class", "class_reason", "rules_version")),
    }


def forget_everything() -> None:
    for model in (Scan, QuarterHour, LocalDay, DayVisitor, Segment):
        model.objects.all().delete()
    LinkCounter.objects.update(human=0, other=0, last_scan_at=None)


def run_through() -> reclassify.Progress:
    now = timezone.now()
    *_, last = reclassify.reclassify(now - timedelta(days=30), now + timedelta(minutes=1))
    return last


SCANS = st.lists(
    st.tuples(st.integers(0, 60 * 24 * 5), st.sampled_from("abc"), st.sampled_from([IPHONE, SPIDER, "curl/8.0"])),
    max_size=20,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(scans=SCANS, late=SCANS)
def test_the_numbers_become_what_they_would_have_been(code: Code, scans: list[Any], late: list[Any]) -> None:
    start = datetime.now(UTC) - timedelta(days=6)
    first, more = (
        [
            an_event(
                code,
                at_ms=int((start + timedelta(minutes=minute)).timestamp() * 1000),
                visitor=visitor * 32,
                user_agent=agent,
            )
            for minute, visitor, agent in each
        ]
        for each in (scans, late)
    )
    forget_everything()
    ingest([a_block(*first, *more)])
    wanted = counted()
    forget_everything()
    with pytest.MonkeyPatch.context() as old:
        old.setattr(enrich, "classify", by_old_rules)
        old.setattr(enrich, "RULES_VERSION", "old")
        ingest([a_block(*first)])
    assert run_through() == reclassify.Progress(len(first), len(first))
    ingest([a_block(*more)])
    assert counted() == wanted
    assert run_through() == reclassify.Progress(0, 0), "it may be run again"


def test_it_goes_on_behind_each_chunk(code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reclassify, "AT_ONCE", 3)
    moment = int((timezone.now() - timedelta(minutes=1)).timestamp() * 1000)
    ingest([a_block(*(an_event(code, at_ms=moment) for _ in range(10)))])
    Scan.objects.update(rules_version="old")
    seen = [
        progress.looked_at for progress in reclassify.reclassify(timezone.now() - timedelta(hours=1), timezone.now())
    ]
    assert seen == [3, 6, 9, 10, 10]
    assert set(Scan.objects.values_list("rules_version", flat=True)) == {RULES_VERSION}


def test_orphans_are_called_anew_too(site: Domain) -> None:
    ingest([a_block(an_event(host="q.example.com", path="WRONG", user_agent="curl/8.0"))])
    OrphanScan.objects.update(scan_class="human")
    assert run_through().changed == 1
    assert OrphanScan.objects.get().scan_class == "bot"


def test_the_command_says_what_it_did(code: Code, capsys: pytest.CaptureFixture[str]) -> None:
    ingest([a_block(an_event(code))])
    Scan.objects.update(rules_version="old", scan_class="bot")
    today = timezone.now().date()
    call_command("reclassify", "--from", str(today - timedelta(days=1)), "--to", str(today))
    assert "1 scans have another class" in capsys.readouterr().out
    with pytest.raises(CommandError, match="must not be after"):
        call_command("reclassify", "--from", str(today), "--to", str(today - timedelta(days=1)))
