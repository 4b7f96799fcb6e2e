"""The building: wiring only, imported by nobody."""

from qrplatform.celery import app as celery_app

# Celery finds shared tasks' app here, in the web processes too.
__all__ = ["celery_app"]
