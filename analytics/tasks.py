"""Celery tasks of analytics: draining the stream and forgetting what is past its time."""

import logging
from datetime import timedelta
from functools import cache

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from analytics import retention, running_totals, tag_months
from analytics.audit import Span, audit, some_subjects
from analytics.erasure import job as erasing
from analytics.exports import job as exporting
from analytics.exports.actions import forget_old_exports as forget_exports
from analytics.ingest import Counted, drain
from analytics.mailed.sending import send_due
from analytics.models import DayVisitor, SetAsideRecord
from analytics.rollups.visitors import first_day_with_visitors
from links.counters import StageCounters
from links.stream import ScanStream, connect

logger = logging.getLogger(__name__)

NIGHTLY_LINKS = 1000
NIGHTLY_DAYS = 35
# The check of a new link may be waiting behind it.
JOB_SECONDS = 1.5


@cache
def _stream(consumer: str) -> ScanStream:
    return ScanStream(connect(settings.REDIS_URL), settings.STREAM_KEY, consumer, claim_seconds=settings.CLAIM_SECONDS)


@cache
def _counters() -> StageCounters:
    return StageCounters(settings.COUNTERS_DIR)


@shared_task(bind=True)
def drain_scans(self: "Task[[], None]") -> None:
    """Ingest whatever waits.

    The reader is named after the worker, so that its restart finds its own backlog, and after the data folder, so that
    two hosts on one machine are two readers.
    """
    consumer = f"{self.request.hostname or 'ingest'}:{settings.DATA_DIR}"
    drain(_stream(consumer), seconds=settings.DRAIN_SECONDS, count=_count)


def _count(counted: Counted) -> None:
    for name in ("ingested", "duplicate", "set_aside", "erased"):
        if n := getattr(counted, name):
            _counters().add(name, n)


@shared_task
def audit_counts() -> None:
    """Look at some numbers every night: drift is told in the log and by /metrics, and left for whoever looks."""
    for drift in audit(some_subjects(NIGHTLY_LINKS), Span.of_days(NIGHTLY_DAYS)):
        logger.error("A number differs from a recount: %s. `manage.py audit_counts --fix` puts it right", drift)
        _counters().add("drifted")


@shared_task
def forget_set_aside() -> None:
    """Records that nobody came for: they hold what a scan holds, and are kept no longer than SET_ASIDE_DAYS."""
    SetAsideRecord.objects.filter(at__lt=timezone.now() - timedelta(days=settings.SET_ASIDE_DAYS)).delete()


@shared_task
def forget_old_visitors() -> None:
    """Daily hashes serve to count one day; they go once no scan of that day can come any more."""
    DayVisitor.objects.filter(date__lt=first_day_with_visitors()).delete()


@shared_task
def prepare_days() -> None:
    """Make the partitions of the coming week; a day without one is refused by the database."""
    if made := retention.prepare_days():
        logger.info("Raw scans may come for %d more days, up to %s", len(made), made[-1])


@shared_task
def forget_old_scans() -> None:
    """Raw scans and orphan scans go when their time is over."""
    retention.forget_old_scans()


@shared_task
def erase_scans() -> None:
    """Go on with the erasures that were asked for."""
    erasing.work_off(JOB_SECONDS)


@shared_task
def make_exports() -> None:
    """Go on with the exports that were asked for."""
    exporting.work_off(JOB_SECONDS)


@shared_task
def forget_old_exports() -> None:
    """Exports go when their time is over, and files that belong to none."""
    forget_exports()


@shared_task
def mail_reports() -> None:
    """Send the reports that are due in some workspace's morning."""
    send_due(timezone.now())


@shared_task
def keep_running_totals() -> None:
    """Long lists of links and placements are differences of these: add yesterday, and put right what scans changed."""
    running_totals.keep_all()


@shared_task
def keep_tag_months() -> None:
    """Years of a tag with many links are read from these: add the last month, and put right what scans changed."""
    tag_months.keep_all()
