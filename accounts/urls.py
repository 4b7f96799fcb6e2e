"""Choosing a workspace, its settings and its API keys, below /w."""

from django.urls import URLPattern

app_name = "accounts"
urlpatterns: list[URLPattern] = []
