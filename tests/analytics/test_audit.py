"""The audit finds every number that was tampered with, nothing else, and puts it right."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from accounts.models import Workspace
from analytics.audit import Drift, Span, audit, repair, some_subjects
from analytics.ingest import ingest
from analytics.models import LocalDay, QuarterHour, Scope
from analytics.rollups.quarters import quarter_hour
from links.models import Code, Domain, LinkCounter
from tests.links.factories import a_block, a_code, an_event

pytestmark = pytest.mark.django_db
DAYS = Span.of_days


@pytest.fixture
def code(workspace: Workspace, site: Domain) -> Code:
    """A code with scans of four days, two visitors and two classes."""
    code = a_code(workspace)
    now = timezone.now()
    events = [
        an_event(
            code,
            at_ms=int((now - timedelta(days=day, minutes=11 * n)).timestamp() * 1000),
            visitor="ab"[n % 2] * 32,
            **({"user_agent": "curl/8.0"} if n == 5 else {}),
        )
        for day in range(4)
        for n in range(6)
    ]
    ingest([a_block(*events)])
    return code


def found(days: int = 35) -> list[Drift]:
    return list(audit(some_subjects(100), DAYS(days)))


def test_what_ingestion_counted_is_what_a_recount_says(code: Code) -> None:
    assert found() == []


def test_every_tampered_number_is_found_and_put_right(code: Code) -> None:
    quarter = QuarterHour.objects.filter(scope=Scope.LINK, human__gt=0).earliest("start")
    QuarterHour.objects.filter(pk=quarter.pk).update(human=F("human") + 3)
    gone = QuarterHour.objects.filter(scope=Scope.CODE, bot__gt=0).earliest("start")
    QuarterHour.objects.filter(pk=gone.pk).delete()
    uniques = LocalDay.objects.filter(scope=Scope.WORKSPACE).earliest("date")
    LocalDay.objects.filter(pk=uniques.pk).update(visitors=9)
    LinkCounter.objects.update(other=0)
    drifts = found()
    assert {(drift.scope, drift.start, drift.name, drift.shown, drift.recounted) for drift in drifts} >= {
        (Scope.LINK, quarter.start, "human", quarter.human + 3, quarter.human),
        (Scope.CODE, gone.start, "bot", 0, gone.bot),
        (Scope.WORKSPACE, uniques.date, "visitors", 9, uniques.visitors),
        (Scope.LINK, None, "other", 0, 4),
    }
    repair(drifts)
    assert [drift for drift in found() if drift.start is not None] == []
    repair(found())
    assert found() == []


def test_what_was_invented_is_taken_back(code: Code) -> None:
    start = quarter_hour(timezone.now() - timedelta(days=2, hours=5))
    QuarterHour.objects.create(scope=Scope.WORKSPACE, scope_id=code.link.workspace_id, start=start, human=7)
    (drift,) = found()
    assert (drift.shown, drift.recounted) == (7, 0)
    repair([drift])
    assert found() == []


def test_only_the_days_asked_for_are_looked_at(code: Code) -> None:
    QuarterHour.objects.filter(start__lt=timezone.now() - timedelta(days=2)).delete()
    assert [drift for drift in found(days=1) if drift.start] == []
    assert [drift for drift in found(days=5) if drift.start] != []


def test_the_command_fails_until_it_is_told_to_fix(code: Code, capsys: Any) -> None:
    call_command("audit_counts")
    assert "Every number is what a recount says." in capsys.readouterr().out
    LinkCounter.objects.update(human=1)
    with pytest.raises(CommandError, match="--fix"):
        call_command("audit_counts")
    call_command("audit_counts", "--fix")
    call_command("audit_counts")
    assert f"Link {code.link_id}, ever, human: 1 shown, 20 recounted" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--days 1 or more"):
        call_command("audit_counts", "--days", "0")
