"""A mail server that keeps what it is sent, and a weekly report on the link for alice."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from analytics.mailed.actions import create_report
from analytics.mailed.models import Frequency, MailedReport
from analytics.reports import Subject
from links.models import Link
from tests.analytics.counting import make_scan, store

SUNDAY = datetime(2026, 5, 17, 12, 0, tzinfo=UTC)
# Seven o'clock on Monday in Berlin.
DUE = datetime(2026, 5, 18, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _configured(settings: Settings) -> None:
    settings.EMAIL_CONFIGURED = True


@pytest.fixture
def weekly(link: Link, alice: User) -> MailedReport:
    report = create_report(Subject.of(link), Frequency.WEEKLY, [alice], [], actor=alice)
    MailedReport.objects.update(created_at=SUNDAY)
    report.recipients.update(created_at=SUNDAY)
    return MailedReport.objects.get(pk=report.pk)


@pytest.fixture
def busy_week(link: Link) -> None:
    """Monday to Sunday 12, 22, … scans from two countries, and in the week before half as many."""
    code = link.codes.get()
    fields = {"workspace_id": link.workspace_id, "link_id": link.pk, "code_id": code.pk}

    def scans(day: int, count: int) -> list[Any]:
        moment = datetime(2026, 5, day, 10, 0, tzinfo=UTC)
        return [
            make_scan(moment, "Europe/Berlin", country="DE" if n % 3 else "FR", visitor=f"{n:032x}", **fields)
            for n in range(count)
        ]

    store([scan for n in range(7) for scan in scans(11 + n, 12 + 10 * n) + scans(4 + n, 6 + 5 * n)])
