"""Dashboard pages of statistics, below /w/<workspace>/."""

from django.urls import path

from analytics import views

app_name = "analytics"
urlpatterns = [
    path("links/<int:pk>/panel", views.link_panel, name="link-panel"),
    path("links/<int:pk>/statistics", views.link_statistics, name="link-statistics"),
]
