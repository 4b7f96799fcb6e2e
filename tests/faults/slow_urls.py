"""The product's addresses and one page that takes ten seconds."""

import time

from django.http import HttpRequest, HttpResponse
from django.urls import path

from qrplatform.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(10)
    return HttpResponse("at last")


urlpatterns = [path("w/slow/page", slow), *urlpatterns]
