"""Keeps PUBLIC_URL as the site's own Domain, and every host that was ever printed resolving."""

from ipaddress import ip_address

from django.db import transaction

from links.models import Change, Code, Domain


@transaction.atomic
def sync_site_domain(public_url: str) -> Domain:
    """Make the host of public_url the site's domain and return it; nothing is written when it already is.

    An old host stays and goes on resolving, because codes may be printed with it. A loopback name is the exception:
    no other machine ever reached it, so its codes move to the new host.
    """
    scheme, host, port = Domain.parts_of(public_url)
    site = Domain.objects.select_for_update().filter(is_site=True).first()
    wanted = Domain.objects.filter(host=host).first()
    if wanted is None and site is not None and is_loopback(site.host):
        wanted = site
    wanted = wanted or Domain(host=host, scheme=scheme, port=port)
    if wanted.pk and wanted.is_site and (wanted.scheme, wanted.host, wanted.port) == (scheme, host, port):
        return wanted
    wanted.scheme, wanted.host, wanted.port, wanted.is_site = scheme, host, port, True
    # One site at a time, also while the new one is being saved.
    Domain.objects.filter(is_site=True).exclude(pk=wanted.pk).update(is_site=False)
    wanted.save()
    # A stored picture holds the address as it was.
    Code.objects.filter(domain=wanted).update(picture=None)
    Change.of_everything()
    return wanted


def is_loopback(host: str) -> bool:
    """Whether only this machine itself can mean this host."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
