"""Registers the building, and loads its Celery app wherever Django is, so that web processes find its broker."""

from django.apps import AppConfig


class QrplatformConfig(AppConfig):
    name = "qrplatform"

    def ready(self) -> None:
        pass  # not earlier: it reads the settings, and child.py needs neither
