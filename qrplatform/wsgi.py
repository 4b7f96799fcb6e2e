"""The WSGI application: RedirectFront answers scans, Django everything else."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qrplatform.settings")

django = get_wsgi_application()

# Models can be imported only once Django is set up.
from qrplatform.front import redirect_front  # noqa: E402

# Everything that Django's first request would import: that takes seconds, and nobody is waiting yet.
assert get_resolver().url_patterns  # noqa: S101 - reading it is what loads it

application = redirect_front(django)
