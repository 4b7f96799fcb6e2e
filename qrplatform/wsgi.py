"""The WSGI application: RedirectFront answers scans, Django everything else."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qrplatform.settings")

# What is being loaded stays. Looking through it for garbage meanwhile takes a seventh of the time, which scans want.
gc.disable()

django = get_wsgi_application()

# Models can be imported only once Django is set up.
from links.classes import classify  # noqa: E402
from links.clients import describe  # noqa: E402
from qrplatform.front import redirect_front  # noqa: E402

# Everything that the first request, rule and count-only code would load: that takes seconds, and nobody is waiting yet.
assert get_resolver().url_patterns  # noqa: S101 - reading it is what loads it
describe("")
classify("GET", "", "a phone")

application = redirect_front(django)

# What is loaded stays: the garbage collector need not look through it again while a phone waits.
gc.freeze()
gc.enable()
