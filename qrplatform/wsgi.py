"""The WSGI application: RedirectFront answers scans, Django everything else."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qrplatform.settings")

django = get_wsgi_application()

from qrplatform.front import redirect_front  # noqa: E402 - models can be imported only once Django is set up

application = redirect_front(django)
