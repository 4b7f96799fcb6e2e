"""REST addresses of statistics, below /api/v1/."""

from django.urls import path

from analytics.api import erasures, exports, mailed, stats, views

urlpatterns = [
    path("erasures", erasures.ErasureListView.as_view(), name="erasures"),
    path("erasures/<int:pk>", erasures.ErasureView.as_view(), name="erasure"),
    path("mailed-reports", mailed.MailedReportListView.as_view(), name="mailed-reports"),
    path("mailed-reports/<int:pk>", mailed.MailedReportView.as_view(), name="mailed-report"),
    path("stats", stats.StatsView.as_view(), name="stats"),
    path("links/<int:id>/stats", views.LinkStatsView.as_view(), name="link-stats"),
    path("links/<int:id>/scans", views.LinkScansView.as_view(), name="link-scans"),
    path("exports", exports.ExportListView.as_view(), name="exports"),
    path("exports/now", exports.ExportNowView.as_view(), name="export-now"),
    path("exports/<int:pk>", exports.ExportView.as_view(), name="export"),
    path("exports/<int:pk>/file", exports.ExportFileView.as_view(), name="export-file"),
]
