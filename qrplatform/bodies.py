"""Middleware that refuses bodies larger than anything the product takes, before a byte of them is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from qrplatform import errors

# The largest that is taken is a batch's file, of 5 MB. Django itself has no limit for files: it would fill the disk.
MOST_BYTES = 12_000_000


class BodyLimitMiddleware:
    """By Content-Length: of a body without one Django reads nothing (WSGI)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length[:20]) > MOST_BYTES:
            return errors.too_large(request, MOST_BYTES)
        return self.get_response(request)
