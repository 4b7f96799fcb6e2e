"""REST addresses of statistics, below /api/v1/."""

from django.urls import path

from analytics.api import erasures, stats, views

urlpatterns = [
    path("erasures", erasures.ErasureListView.as_view(), name="erasures"),
    path("erasures/<int:pk>", erasures.ErasureView.as_view(), name="erasure"),
    path("stats", stats.StatsView.as_view(), name="stats"),
    path("links/<int:id>/stats", views.LinkStatsView.as_view(), name="link-stats"),
    path("links/<int:id>/scans", views.LinkScansView.as_view(), name="link-scans"),
]
