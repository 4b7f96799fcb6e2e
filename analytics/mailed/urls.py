"""Dashboard pages of mailed reports, below /w/<workspace>/."""

from django.urls import path

from analytics.mailed import views

app_name = "mailed-reports"
urlpatterns = [
    path("mailed-reports", views.mailed_reports, name="list"),
    path("mailed-reports/<int:pk>/preview", views.preview, name="preview"),
    path("mailed-reports/<int:pk>/end", views.end_report, name="end"),
    path("mailed-reports/mails/<int:pk>/again", views.send_mail_again, name="again"),
]
