"""The few pages of the site itself: home, robots.txt and the favicon."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

ROBOTS = "User-agent: *\nDisallow: /\n"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What a short domain says at its root; on the site's own host a member goes on to the dashboard."""
    is_site = request.domain.is_site  # type: ignore[attr-defined]  # set by HostMiddleware
    if is_site and request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "site/home.html", {"is_site": is_site})


@require_safe
@cache_control(max_age=86_400, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Short addresses are for people: no crawler has business here."""
    return HttpResponse(ROBOTS, content_type="text/plain")


@require_safe
@cache_control(max_age=86_400, public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    picture = (settings.BASE_DIR / "static/img/favicon.svg").read_bytes()
    return HttpResponse(picture, content_type="image/svg+xml")
