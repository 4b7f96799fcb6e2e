"""The WSGI application: RedirectFront answers scans, Django everything else."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qrplatform.settings")

django = get_wsgi_application()

# Models can be imported only once Django is set up.
from qrplatform.front import redirect_front  # noqa: E402

application = redirect_front(django)
