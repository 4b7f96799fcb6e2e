"""PUBLIC_URL is kept as the site's domain, and no printed host is forgotten."""

import pytest

from accounts.models import Workspace
from links.domains import is_loopback, sync_site_domain
from links.models import Change, Code, Domain, Link

pytestmark = pytest.mark.django_db


def printed_code(workspace: Workspace, domain: Domain) -> Code:
    link = Link.objects.create(workspace=workspace, destination="https://example.org/")
    return Code.objects.create(link=link, domain=domain, path="ABC123", canonical="ABC123", picture={"version": 2})


def test_the_first_site_is_made_from_the_address() -> None:
    site = sync_site_domain("http://127.0.0.1:8000")
    assert (site.scheme, site.host, site.port, site.is_site) == ("http", "127.0.0.1", 8000, True)


def test_the_same_address_again_writes_nothing(workspace: Workspace) -> None:
    code = printed_code(workspace, sync_site_domain("https://q.example.com"))
    changes = Change.objects.count()
    sync_site_domain("https://q.example.com")
    code.refresh_from_db()
    assert code.picture == {"version": 2}
    assert Change.objects.count() == changes


def test_codes_move_from_a_loopback_name_to_the_first_real_host(workspace: Workspace) -> None:
    code = printed_code(workspace, sync_site_domain("http://127.0.0.1:8000"))
    changes = Change.objects.count()
    sync_site_domain("https://q.example.com")
    code = Code.objects.get(pk=code.pk)
    assert code.url == "https://q.example.com/ABC123"
    assert code.picture is None, "the picture still held the old address"
    assert Domain.objects.count() == 1
    assert Change.objects.filter(link=None).count() == changes + 1


def test_a_real_host_stays_when_another_becomes_the_site(workspace: Workspace) -> None:
    code = printed_code(workspace, sync_site_domain("https://old.example.com"))
    sync_site_domain("https://new.example.com")
    code = Code.objects.get(pk=code.pk)
    assert code.url == "https://old.example.com/ABC123"
    assert code.picture == {"version": 2}
    assert Domain.objects.get(is_site=True).host == "new.example.com"


def test_a_host_that_was_the_site_before_becomes_it_again() -> None:
    first = sync_site_domain("http://192.168.1.5:8000")
    sync_site_domain("http://127.0.0.1:8000")
    assert sync_site_domain("http://192.168.1.5:8000") == first
    assert Domain.objects.filter(is_site=True).get() == first


def test_another_port_is_another_address_in_the_picture(workspace: Workspace) -> None:
    code = printed_code(workspace, sync_site_domain("http://192.168.1.5:8000"))
    sync_site_domain("http://192.168.1.5:9000")
    code = Code.objects.get(pk=code.pk)
    assert code.url == "http://192.168.1.5:9000/ABC123"
    assert code.picture is None


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_loopback_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.168.1.5", "q.example.com", "localhost.example.com", "2001:db8::1"])
def test_names_that_others_can_reach(host: str) -> None:
    assert not is_loopback(host)
