"""What the pages of exports and mailed reports show: one file of each state, reports with every kind of recipient."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from analytics.exports import job
from analytics.exports.actions import request_export
from analytics.exports.formats import Format
from analytics.exports.models import Export
from analytics.exports.wanted import ALL_CLASSES, Wanted, What
from analytics.mailed import tokens
from analytics.mailed.actions import create_report
from analytics.mailed.models import Delivery, Frequency, Recipient
from analytics.mailed.sending import MAYBE_SENT
from analytics.periods import Interval, Period
from analytics.reports import Subject
from links.actions import NOBODY
from links.models import Link


def set_up(busy: Link, long: Link) -> dict[str, str]:
    """Make everything; returns where it is."""
    owner = busy.workspace.memberships.get().user
    _exports(busy, long)
    return _mailed(busy, long, owner)


def _exports(busy: Link, long: Link) -> None:
    now = timezone.now()
    done, running, failed, waiting = [
        request_export(
            Wanted(
                What.SCANS,
                Subject.of(link),
                Period.last_days(Subject.of(link).zone, now, 30, Interval.MONTH),
                ALL_CLASSES,
            ),
            Format.CSV,
            bom=False,
            actor=NOBODY,
        )
        for link in (busy, long, long, busy)
    ]
    # So far ahead that no worker takes them for forgotten ones.
    ahead = now + timedelta(days=1)
    Export.objects.filter(pk=running.pk).update(rows=123_456, total=1_500_000, worked_at=ahead, holder="elsewhere")
    Export.objects.filter(pk=failed.pk).update(failed=job.NO_ROOM)
    Export.objects.filter(pk=waiting.pk).update(holder="elsewhere", worked_at=ahead, total=0)
    Export.objects.filter(pk=done.pk).update(done_at=now, rows=1_234, total=1_234, size=345_678)


def _mailed(busy: Link, long: Link, owner: User) -> dict[str, str]:
    now = timezone.now()
    report = create_report(
        Subject.of(busy), Frequency.WEEKLY, [owner], ["boss@example.net", "x" * 60 + "@example.net"], actor=owner
    )
    create_report(Subject.of(long), Frequency.MONTHLY, [owner], [], actor=owner)
    boss = report.recipients.get(email="boss@example.net")
    Recipient.objects.filter(pk=boss.pk).update(confirmed_at=now)
    first_day = (now - timedelta(days=9)).date()
    fates: list[dict[str, Any]] = [
        {"sent_at": now},
        {"handed_over_at": now, "problem": MAYBE_SENT},
        {"problem": "The mail server is away."},
    ]
    for recipient, fate in zip(report.recipients.order_by("pk"), fates, strict=True):
        Delivery.objects.create(recipient=recipient, first_day=first_day, next_try_at=now, **fate)
    return {
        "mailed": str(report.pk),
        "unsubscribe": tokens.unsubscribe_url(boss).partition("/w/~/")[2],
        "confirm": tokens.confirm_url(boss).partition("/w/~/")[2],
    }
