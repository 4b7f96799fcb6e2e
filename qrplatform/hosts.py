"""Middleware that checks the host of a request against Domain."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from links.addresses import client_address, networks
from links.resolver import ResolverUnavailable
from qrplatform.front import resolver

# A load balancer, and whoever collects metrics, asks by address, whatever the host is called.
EVERYWHERE = ("/healthz", "/readyz", "/metrics")
SHORT_DOMAIN_PATHS = ("/", "/robots.txt", "/favicon.ico")


class HostMiddleware:
    """Short domains serve only codes and their few pages; dashboard, admin and API live on the site's host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.trusted = networks(settings.TRUSTED_PROXIES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in EVERYWHERE:
            # Nobody is logged in here: looking for a session would hang with a frozen database.
            request.COOKIES.clear()
            return self.get_response(request)
        try:
            domain = resolver().domain_of(request.META.get("HTTP_HOST", ""))
        except ResolverUnavailable:
            response = render(request, "scan/unavailable.html", status=503)
            response["Retry-After"] = "1"
            return response
        if domain is None:
            return render(request, "scan/unknown_host.html", status=404)
        is_short_page = request.path in SHORT_DOMAIN_PATHS or request.path.startswith("/static/")
        if not domain.is_site and not is_short_page:
            return render(request, "scan/unknown.html", status=404)
        # Whoever limits attempts by address must see the person's, not the proxy's.
        address = client_address(
            request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""), self.trusted
        )
        request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(address)) if address else ""
        request.domain = domain  # type: ignore[attr-defined]  # read by the home page
        return self.get_response(request)
