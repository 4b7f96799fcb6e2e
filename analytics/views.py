"""Dashboard views of statistics: the panel of a link, as a fragment for htmx and on a page of its own."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import get_object
from analytics import panel
from links.models import Link


@require_safe
@never_cache
def link_panel(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """The fragment; 204 for a reader who has already seen all there is.

    A logged-out reader gets 403, not the login page: that would be taken for the fragment.
    """
    if not request.user.is_authenticated:
        return HttpResponseForbidden("Log in again to see statistics.")
    link = _link_of(request, workspace, pk)
    chosen = panel.chosen_period(request.GET.get("period"))
    if request.GET.get("seen") == panel.marker(link, chosen, timezone.now()):
        return HttpResponse(status=204)
    return render(request, "analytics/_panel.html", _context(link, chosen))


@require_safe
@login_required
def link_statistics(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """The same panel on a page of its own; numbers and table need no script."""
    link = _link_of(request, workspace, pk)
    chosen = panel.chosen_period(request.GET.get("period"))
    return render(request, "analytics/link_statistics.html", _context(link, chosen))


def _link_of(request: HttpRequest, slug: str, pk: int) -> Link:
    links = Link.objects.alive().select_related("workspace", "counter")
    return get_object(request, links, pk=pk, workspace__slug=slug)


def _context(link: Link, chosen: str) -> dict[str, Any]:
    return {"workspace": link.workspace, "link": link, "panel": panel.build(link, chosen, timezone.now())}
