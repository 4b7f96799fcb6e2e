"""Whatever order things happen in, rollups hold what a recount of raw scans says, every table of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Workspace
from analytics.audit import Span, audit, some_subjects
from analytics.ingest import ingest
from analytics.models import Breakdown, Dimension, DimensionValue, LocalDay, QuarterHour, Scope
from analytics.rebuild import rebuild
from analytics.rollups.visitors import first_day_with_visitors
from analytics.tasks import forget_old_visitors
from links.actions import Actor, add_code
from links.models import Campaign, Code, Domain
from tests.analytics.recounting import forget_everything, recounted, shown, sums_of_classes
from tests.links.factories import IPHONE, a_block, a_code, an_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def codes(workspace: Workspace, other_workspace: Workspace, site: Domain) -> list[Code]:
    """Two of one link, one of a link in a campaign, one of somebody else."""
    first, theirs = a_code(workspace), a_code(other_workspace)
    in_campaign = a_code(workspace)
    in_campaign.link.campaign = Campaign.objects.create(workspace=workspace, name="Summer")
    in_campaign.link.save()
    second = add_code(first.link, alias="door", actor=Actor())
    return [first, Code.objects.select_related("link", "domain").get(pk=second.pk), in_campaign, theirs]


SCAN = st.fixed_dictionaries({
    "code": st.integers(0, 3),
    "minutes_ago": st.integers(0, 8 * 24 * 60),
    "visitor": st.sampled_from(["a" * 32, "b" * 32, ""]),
    "user_agent": st.sampled_from([IPHONE, "WhatsApp/2.24", "curl/8.0"]),
    "method": st.sampled_from(["GET", "GET", "HEAD"]),
    "language": st.sampled_from(["de", "fr-CH,fr;q=0.8", ""]),
    "address": st.sampled_from(["193.0.6.0/24", "203.0.113.0/24", ""]),
    "referrer": st.sampled_from(["", "https://example.org/x", "https://bücher.example/"]),
    "destination": st.sampled_from(["https://example.com/menu", 'https://example.com/{"\\}', ""]),
    "outcome": st.sampled_from(["redirected", "paused"]),
})  # fmt: skip
BATCH = st.tuples(st.just("ingest"), st.lists(SCAN, max_size=12))
AGAIN = st.tuples(st.just("again"), st.integers(0, 5))
REBUILD = st.tuples(st.just("rebuild"), st.tuples(st.integers(0, 9), st.integers(0, 2)))
FORGET = st.tuples(st.just("forget visitors"), st.none())


@pytest.mark.timeout(300)  # hundreds of queries an example
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(BATCH | BATCH | AGAIN | REBUILD | FORGET, max_size=7))
def test_any_interleaving_of_batches_duplicates_late_scans_and_rebuilds(codes: list[Code], steps: list[Any]) -> None:
    forget_everything()
    now, arrived = datetime.now(UTC), []
    for step, given_ in steps:
        if step == "ingest":
            arrived.append([_event(codes, now, **scan) for scan in given_])
            ingest([a_block(*arrived[-1])])
        elif step == "again" and arrived:
            ingest([a_block(*arrived[given_ % len(arrived)], *arrived[-1])])
        elif step == "rebuild":
            ago, more = given_
            list(rebuild(now.date() - timedelta(days=ago), now.date() - timedelta(days=max(0, ago - more))))
        elif step == "forget visitors":
            forget_old_visitors()
    since = first_day_with_visitors()
    assert shown(since) == recounted(since)
    everything = sum(len(events) for events in arrived)
    sums = sums_of_classes()
    assert sums[Scope.CODE] == sums[Scope.LINK] == sums[Scope.WORKSPACE] == everything
    assert list(audit(some_subjects(10), Span.of_days(20))) == []


def _event(codes: list[Code], now: datetime, code: int, minutes_ago: int, **fields: Any) -> Any:
    at = now - timedelta(minutes=minutes_ago)
    return an_event(codes[code], at_ms=int(at.timestamp() * 1000), **fields)


def test_a_rebuild_clears_what_no_scan_stands_for(codes: list[Code]) -> None:
    ingest([a_block(*(an_event(code) for code in codes))])
    now, since = datetime.now(UTC), first_day_with_visitors()
    today, workspace_id = now.date(), codes[0].link.workspace_id
    invented = DimensionValue.objects.create(dimension=Dimension.COUNTRY, digest=b"x" * 16, text="XX")
    for scope, id_ in ((Scope.WORKSPACE, workspace_id), (Scope.LINK, codes[2].link_id)):
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        QuarterHour.objects.update_or_create(scope=scope, scope_id=id_, start=start, defaults={"bot": 9})
        LocalDay.objects.filter(scope=scope, scope_id=id_).update(human=7, visitors=7)
        Breakdown.objects.create(
            scope=scope, scope_id=id_, dimension=Dimension.COUNTRY, scan_class=0, date=today, value=invented.pk, n=5
        )
    assert shown(since) != recounted(since)
    done = list(rebuild(today, today))
    assert sum(day.scans for day in done) == len(codes)
    assert shown(since) == recounted(since)


def test_other_days_are_left_as_they_are(codes: list[Code]) -> None:
    ingest([a_block(an_event(codes[0]))])
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    LocalDay.objects.create(scope=Scope.LINK, scope_id=codes[0].link_id, date=yesterday, human=3)
    list(rebuild(yesterday + timedelta(days=1), yesterday + timedelta(days=1)))
    assert LocalDay.objects.get(scope=Scope.LINK, date=yesterday).human == 3
