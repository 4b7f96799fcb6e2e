"""Dashboard pages of statistics, below /w/<workspace>/."""

from django.urls import path

from analytics import erase_views, views

app_name = "analytics"
urlpatterns = [
    path("overview", views.overview, name="overview"),
    path("links/<int:pk>/panel", views.link_panel, name="link-panel"),
    path("erase", erase_views.erase, name="erase"),
    path("erase/progress", erase_views.erase_progress, name="erase-progress"),
    path("links/<int:pk>/statistics", views.link_statistics, name="link-statistics"),
    path("campaigns/<int:pk>/statistics", views.campaign_statistics, name="campaign-statistics"),
    path("tags/<int:pk>/statistics", views.tag_statistics, name="tag-statistics"),
]
