"""What Django alone costs: settings, URLconf and view of the smallest site that redirects. No middleware, no database.

Generous to Django: it looks nothing up, counts nothing, and knows a single destination.
"""

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path

from qrplatform.settings import *  # noqa: F403 - a settings module is made of another

INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "benchmarks.plain_django"


def leave(request: HttpRequest, code: str) -> HttpResponseRedirect:
    return HttpResponseRedirect("https://shop.example.com/products/1?from=print")


urlpatterns = [path("<str:code>", leave)]
