"""The pages that recipients open from a mail, without logging in: the signature in the address says who they are.

A GET only asks, because mail programs and scanners open addresses by themselves; a press of the button acts. The mail
program's own button sends the POST of RFC 8058, with neither cookie nor token of ours.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from analytics.mailed import tokens
from analytics.mailed.actions import confirm, unsubscribe
from analytics.mailed.models import Recipient

_takes_press = require_http_methods(["GET", "HEAD", "POST"])
GONE = "This address does not belong to any report (any more). Copy it whole from the mail."


@never_cache
@csrf_exempt
@_takes_press
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe; doing it twice changes nothing."""
    return _page(request, tokens.who_unsubscribes(token), unsubscribe, "analytics/mailed_unsubscribe.html")


@never_cache
@csrf_exempt
@_takes_press
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """An address that is no member's says that it wants the report."""
    return _page(request, tokens.who_confirms(token), confirm, "analytics/mailed_confirm.html")


def _page(
    request: HttpRequest, recipient: Recipient | None, act: Callable[[Recipient], None], template: str
) -> HttpResponse:
    if recipient is None:
        raise Http404(GONE)
    if request.method == "POST":
        act(recipient)
    return render(request, template, {"recipient": recipient, "is_done": request.method == "POST"})
