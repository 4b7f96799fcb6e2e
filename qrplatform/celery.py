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
}
