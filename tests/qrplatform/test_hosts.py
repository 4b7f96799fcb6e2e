"""Which host serves what: the site everything, a short domain its codes and few pages, an unknown host nothing."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from links.models import Domain
from qrplatform.front import resolver


@pytest.fixture
def short_domain(site: Domain) -> Domain:
    domain = Domain.objects.create(host="go.example.net")
    resolver().load_domains()
    return domain


def at(host: str) -> Client:
    return Client(headers={"host": host})


def test_the_sites_host_serves_dashboard_and_api(site: Domain) -> None:
    assert at("q.example.com").get("/").status_code == 200
    assert at("q.example.com").get("/accounts/login/").status_code == 200
    assert at("q.example.com").get("/api/v1/links").status_code == 401


@pytest.mark.parametrize("path", ["/accounts/login/", "/api/v1/links", "/admin/", "/w", "/w/acme/links", "/api/docs"])
def test_a_short_domain_serves_nothing_of_the_dashboard(short_domain: Domain, path: str) -> None:
    assert at("go.example.net").get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/robots.txt", "/favicon.ico"])
def test_a_short_domain_serves_its_few_pages(short_domain: Domain, path: str) -> None:
    answer = at("go.example.net").get(path)
    assert answer.status_code == 200
    assert b"Log in" not in answer.content


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/api/v1/links", "/robots.txt"])
def test_an_unknown_host_serves_nothing(site: Domain, path: str) -> None:
    assert at("evil.example.org").get(path).status_code == 404


def test_whoever_is_behind_a_trusted_proxy_is_limited_by_their_own_address(site: Domain, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    answer = at("q.example.com").get("/", REMOTE_ADDR="10.0.0.5", headers={"x-forwarded-for": "198.51.100.7"})
    assert answer.wsgi_request.META["REMOTE_ADDR"] == "198.51.100.7"
