"""REST addresses of statistics, below /api/v1/."""

from django.urls import path

from analytics.api import exports, stats, views

urlpatterns = [
    path("stats", stats.StatsView.as_view(), name="stats"),
    path("links/<int:id>/stats", views.LinkStatsView.as_view(), name="link-stats"),
    path("links/<int:id>/scans", views.LinkScansView.as_view(), name="link-scans"),
    path("exports", exports.ExportListView.as_view(), name="exports"),
    path("exports/now", exports.ExportNowView.as_view(), name="export-now"),
    path("exports/<int:pk>", exports.ExportView.as_view(), name="export"),
    path("exports/<int:pk>/file", exports.ExportFileView.as_view(), name="export-file"),
]
