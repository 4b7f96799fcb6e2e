"""Registers the building, and makes its Celery app the one that every process and thread queues tasks with."""

from django.apps import AppConfig


class QrplatformConfig(AppConfig):
    name = "qrplatform"

    def ready(self) -> None:
        from qrplatform.celery import app

        app.set_default()
