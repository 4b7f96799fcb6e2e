"""The Celery app, how its processes come back to Redis, and its static beat schedule."""

import os
from typing import Any, Self

from celery import Celery
from celery.app.amqp import AMQP
from celery.schedules import crontab
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qrplatform.settings")

RECONNECT_SECONDS = 1.0


class SteadyConnection(Connection):
    """Tries once a second for as long as Redis is away, and forever.

    Left alone, Celery pauses two seconds longer after each try, up to thirty: counting would rest for that long with
    Redis back. No setting of Celery's reaches these numbers.
    """

    def ensure_connection(self, *args: Any, **options: Any) -> Self:
        pace = {"interval_start": RECONNECT_SECONDS, "interval_step": 0, "interval_max": RECONNECT_SECONDS}
        super().ensure_connection(*args, **pace | options)
        return self


class SteadyAMQP(AMQP):
    """Where Celery takes its connections from."""

    Connection = SteadyConnection


app = Celery("qrplatform", amqp=SteadyAMQP)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A room of its own: links.tasks serves links.actions, which batches make links by.
app.autodiscover_tasks(["links.batches"])
app.conf.beat_schedule = {
    # The message says only "drain now" and carries no scans, so a lost or doubled one is harmless. It expires by the
    # worker's clock: a minute leaves room for hosts whose clocks differ, and bounds what piles up while none drains.
    "drain-scans": {"task": "analytics.tasks.drain_scans", "schedule": 1.0, "options": {"expires": 60}},
    # Catches what was missed while the broker was away, and hosts that were put on the block list since.
    "recheck-destinations": {
        "task": "links.tasks.recheck_destinations",
        "schedule": 5.0,
        "options": {"expires": 60},
    },
    "audit-counts": {"task": "analytics.tasks.audit_counts", "schedule": crontab(hour=3, minute=10)},
    # An erasure's row is its job: whatever is lost, the next message goes on with it.
    "erase-scans": {"task": "analytics.tasks.erase_scans", "schedule": 2.0, "options": {"expires": 60}},
    "prepare-days": {"task": "analytics.tasks.prepare_days", "schedule": 3600.0},
    # On the hour: at midnight (UTC) a day is over, and its scans are due.
    "forget-old-scans": {"task": "analytics.tasks.forget_old_scans", "schedule": crontab(minute=0)},
    # An export's row is its job, too: whatever is lost, the next message goes on with it.
    "make-exports": {"task": "analytics.tasks.make_exports", "schedule": 2.0, "options": {"expires": 60}},
    "forget-old-exports": {"task": "analytics.tasks.forget_old_exports", "schedule": 600.0},
    # So is a batch's.
    "make-batches": {"task": "links.batches.tasks.make_batches", "schedule": 2.0, "options": {"expires": 60}},
    "forget-old-batches": {"task": "links.batches.tasks.forget_old_batches", "schedule": 600.0},
    "mail-reports": {"task": "analytics.tasks.mail_reports", "schedule": 15.0, "options": {"expires": 60}},
    "forget-set-aside": {"task": "analytics.tasks.forget_set_aside", "schedule": 3600.0},
    "keep-running-totals": {
        "task": "analytics.tasks.keep_running_totals",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "keep-tag-months": {"task": "analytics.tasks.keep_tag_months", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget-old-visitors": {"task": "analytics.tasks.forget_old_visitors", "schedule": 3600.0},
    "forget-old-salts": {"task": "links.tasks.forget_old_salts", "schedule": 3600.0},
    "forget-old-changes": {"task": "links.tasks.forget_old_changes", "schedule": 3600.0},
}
