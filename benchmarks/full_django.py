"""The same view behind all of the product's middleware."""

from benchmarks.plain_django import *  # noqa: F403 - a settings module is made of another
from qrplatform.settings import INSTALLED_APPS as INSTALLED_APPS
from qrplatform.settings import MIDDLEWARE as MIDDLEWARE
