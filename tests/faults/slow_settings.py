"""The product's settings with one slow page, which the product itself does not have."""

from qrplatform.settings import *  # noqa: F403 - all of them, but for one

ROOT_URLCONF = "tests.faults.slow_urls"
