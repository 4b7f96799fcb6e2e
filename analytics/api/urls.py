"""REST addresses of statistics, below /api/v1/."""

from django.urls import path

from analytics.api import stats, views

urlpatterns = [
    path("stats", stats.StatsView.as_view(), name="stats"),
    path("links/<int:id>/stats", views.LinkStatsView.as_view(), name="link-stats"),
    path("links/<int:id>/scans", views.LinkScansView.as_view(), name="link-scans"),
]
