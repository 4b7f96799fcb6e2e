"""The Celery app and its static beat schedule."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qrplatform.settings")

app = Celery("qrplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # The message says only "drain now" and carries no scans, so a lost or doubled one is harmless.
    "drain-scans": {"task": "analytics.tasks.drain_scans", "schedule": 1.0, "options": {"expires": 1}},
    # Catches what was missed while the broker was away, and hosts that were put on the block list since.
    "recheck-destinations": {
        "task": "links.tasks.recheck_destinations",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "forget-old-visitors": {"task": "analytics.tasks.forget_old_visitors", "schedule": 3600.0},
    "forget-old-salts": {"task": "links.tasks.forget_old_salts", "schedule": 3600.0},
    "forget-old-changes": {"task": "links.tasks.forget_old_changes", "schedule": 3600.0},
}
