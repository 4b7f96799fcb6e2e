"""Dashboard pages of statistics, below /w/<workspace>/."""

from django.urls import URLPattern

app_name = "analytics"
urlpatterns: list[URLPattern] = []
