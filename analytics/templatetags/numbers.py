"""Numbers as tables show them. Pages have hundreds, and Django's floatformat takes 12 µs for each."""

from django import template

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """1,234,567"""
    return f"{number:,}"
