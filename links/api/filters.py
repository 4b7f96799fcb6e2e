"""What narrows the list of links in the REST API."""

import django_filters
from django.db.models import QuerySet

from links.models import Link, LinkQuerySet

STATES = [(state.value, state.label) for state in (Link.State.ACTIVE, Link.State.PAUSED, Link.State.EXPIRED)]


class LinkFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """?search= in titles, destinations, codes and placements; ?state=; ?workspace= (slug)."""

    search = django_filters.CharFilter(method="by_text", label="Part of a title, destination, code or placement.")
    state = django_filters.ChoiceFilter(choices=STATES, method="by_state", label="What the link is doing.")
    workspace = django_filters.CharFilter(field_name="workspace__slug", label="A workspace's slug.")

    class Meta:
        model = Link
        fields = ("search", "state", "workspace")

    def by_text(self, links: LinkQuerySet, name: str, text: str) -> QuerySet[Link]:
        return links.search(text)

    def by_state(self, links: LinkQuerySet, name: str, state: str) -> QuerySet[Link]:
        return links.in_state(state)
