"""REST addresses of links and codes, below /api/v1/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
