"""What narrows the list of links in the REST API."""

import django_filters
from django.core.validators import RegexValidator
from django.db.models import QuerySet

from links.models import Link, LinkQuerySet

STATES = [(state.value, state.label) for state in (Link.State.ACTIVE, Link.State.PAUSED, Link.State.EXPIRED)]


class LinkFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """?search= in titles, destinations, pages, codes, placements; ?state=; ?workspace= (slug); ?campaign=; ?tag=."""

    search = django_filters.CharFilter(
        method="by_text", label="Part of a title, destination, page's name, code or placement."
    )
    state = django_filters.ChoiceFilter(choices=STATES, method="by_state", label="What the link is doing.")
    workspace = django_filters.CharFilter(field_name="workspace__slug", label="A workspace's slug.")
    campaign = django_filters.CharFilter(
        method="by_campaign",
        label="A campaign's id, or “none” for links without one.",
        validators=[RegexValidator(r"\A(none|[0-9]{1,18})\Z", "This is the id of a campaign, or “none”.")],
    )
    tag = django_filters.CharFilter(method="by_tag", label="A tag; capitals make no difference.")

    class Meta:
        model = Link
        fields = ("search", "state", "workspace", "campaign", "tag")

    def by_campaign(self, links: LinkQuerySet, name: str, campaign: str) -> QuerySet[Link]:
        return links.filter(campaign=None if campaign == "none" else int(campaign))

    def by_tag(self, links: LinkQuerySet, name: str, tag: str) -> QuerySet[Link]:
        return links.tagged(tag)

    def by_text(self, links: LinkQuerySet, name: str, text: str) -> QuerySet[Link]:
        return links.search(text)

    def by_state(self, links: LinkQuerySet, name: str, state: str) -> QuerySet[Link]:
        return links.in_state(state)


class NamedFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """?workspace= (slug) and ?search= in names, of campaigns and tags."""

    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of a name.")
    workspace = django_filters.CharFilter(field_name="workspace__slug", label="A workspace's slug.")
