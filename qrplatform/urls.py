"""Which address leads where. Every first segment here stands in links/data/reserved_words.txt."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.views import edit_settings
from links.models import Change
from qrplatform import health, metrics, notices, site

api_v1: list[URLPattern | URLResolver] = [
    path("", include("links.api.urls")),
    path("", include("analytics.api.urls")),
    path("schema", SpectacularAPIView.as_view(api_version="v1"), name="schema"),
]

urlpatterns = [
    path("", site.home, name="home"),
    path("robots.txt", site.robots),
    path("favicon.ico", site.favicon),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("accounts/", include("accounts.login_urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include((api_v1, "v1"))),
    path("api/docs", SpectacularSwaggerSplitView.as_view(url_name="v1:schema"), name="api-docs"),
    # Accounts know nothing of links, whose cached targets hold the workspace's time zone.
    path("w/<slug:workspace>/settings", edit_settings, {"changed": Change.of_everything}),
    # No workspace's slug has a tilde.
    path("w/~/counting", notices.refresh_counting, name="counting-notice"),
    path("w/~/mail/", include("analytics.mailed.letter_urls")),
    path("w", include("accounts.urls")),
    path("w/<slug:workspace>/", include("links.urls")),
    path("w/<slug:workspace>/", include("links.batches.urls")),
    path("w/<slug:workspace>/", include("analytics.urls")),
    path("w/<slug:workspace>/", include("analytics.exports.urls")),
    path("w/<slug:workspace>/", include("analytics.mailed.urls")),
]

handler400 = "qrplatform.errors.bad_request"
handler403 = "qrplatform.errors.permission_denied"
handler404 = "qrplatform.errors.not_found"
handler500 = "qrplatform.errors.server_error"
