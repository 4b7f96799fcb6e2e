"""Dashboard pages of links and codes, below /w/<workspace>/."""

from django.urls import URLPattern

app_name = "links"
urlpatterns: list[URLPattern] = []
