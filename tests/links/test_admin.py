"""The admin looks at links without touching them, and a domain edited there is fresh everywhere."""

from django.test import Client

from accounts.models import User
from links.models import Change, Domain, Link


def test_links_are_shown_but_not_changed(alice: User, alice_client: Client, link: Link) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    for model, pk in (("link", link.pk), ("code", link.codes.order_by("pk")[0].pk), ("linkrevision", 1)):
        assert alice_client.get(f"/admin/links/{model}/").status_code == 200
        assert alice_client.get(f"/admin/links/{model}/add/").status_code == 403
        assert alice_client.post(f"/admin/links/{model}/{pk}/change/", {"title": "x"}).status_code == 403
        assert alice_client.post(f"/admin/links/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_edited_domain_drops_everything_cached(alice: User, alice_client: Client, site: Domain) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    answer = alice_client.post(
        f"/admin/links/domain/{site.pk}/change/",
        {"host": "q.example.com", "scheme": "https", "port": "8443", "is_site": "on"},
    )
    assert answer.status_code == 302
    site.refresh_from_db()
    assert site.port == 8443
    assert Change.objects.filter(link=None).count() == 1


def test_charlie_does_not_get_in(charlie_client: Client, link: Link) -> None:
    for model in ("link", "code", "linkrevision", "domain"):
        assert charlie_client.get(f"/admin/links/{model}/").status_code == 302
