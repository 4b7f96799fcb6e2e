"""The WSGI application: RedirectFront answers scans, Django everything else."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qrplatform.settings")

application = get_wsgi_application()
