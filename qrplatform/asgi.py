"""What the web server runs: RedirectFront in threads, and its short way for the server's own."""

import sys

from django.conf import settings

from qrplatform.wsgi import application as front  # sets Django up

from qrplatform.bodies import MOST_BYTES  # isort: skip
from qrplatform.threads import InThreads  # isort: skip

application = InThreads(
    front,
    settings.BLOCKING_THREADS,
    MOST_BYTES,
    # A scan that waits for the disk must not hold up the others.
    destination_of=None if settings.JOURNAL_DURABILITY == "always" else front.destination_of,
)

# A scan waits so long for a page that is being computed to let go of Python's lock. With the usual five milliseconds a
# scan beside one page took 1.8 ms, with one 1.3 (99th percentile 5.4 and 3.1), and pages a twentieth longer.
sys.setswitchinterval(0.001)
