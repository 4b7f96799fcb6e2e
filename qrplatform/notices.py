"""What dashboard pages say while counting is behind: numbers that stand still must not look like no scans."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from links.lag import Behind, watch


def counting(request: HttpRequest) -> dict[str, Callable[[], Behind]]:
    """A context processor; looked at only by templates that show it."""
    return {"counting_behind": watch.look}


@require_safe
@never_cache
def refresh_counting(request: HttpRequest) -> HttpResponse:
    """The notice for an open page; 204 when it says already what there is to say, or to somebody logged out."""
    behind = watch.look()
    if not request.user.is_authenticated or request.GET.get("shown", "") == behind.words:
        return HttpResponse(status=204)
    return render(request, "components/counting_notice.html", {"behind": behind})
