"""Registers the building, and loads its Celery app wherever Django is, so that web processes find its broker."""

from django.apps import AppConfig


class QrplatformConfig(AppConfig):
    name = "qrplatform"

    def ready(self) -> None:
        # Not earlier: both read the settings, and child.py needs neither.
        from qrplatform import celery, checks

        # Importing is all that is wanted: the one sets the current app, the other registers itself.
        del celery, checks
