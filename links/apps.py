"""Registers the links app."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "links"
