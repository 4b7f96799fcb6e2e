"""What an address alone tells: private and local destinations, bare addresses, and our own hosts."""

from ipaddress import ip_address

import ada_url
import pytest

from links.safety import policy
from links.safety.addresses import is_public
from tests import corpora

ALONE = (policy.local_name, policy.private_address, policy.bare_address)


def found(address: str) -> list[str]:
    url = ada_url.URL(address)
    return [check.__name__ for check in ALONE if check(url) is not None]


def test_public_addresses_are_told_from_all_others() -> None:
    entries = corpora.entries("fetch_addresses.json")
    assert {entry["may_fetch"] for entry in entries} == {True, False}
    assert [entry for entry in entries if is_public(ip_address(entry["address"])) != entry["may_fetch"]] == []


@pytest.mark.parametrize("address", ["https://example.com/", "https://münchen.example/", "https://local.example.com/"])
def test_a_public_name_is_nothing_to_mention(address: str) -> None:
    assert found(address) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8000/",
        "http://localhost./",
        "http://shop.localhost/",
        "http://printer.local/",
        "http://intranet/",
        "http://router.lan/",
        "http://db.internal/",
    ],
)
def test_local_names(address: str) -> None:
    assert found(address) == ["local_name"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://0/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::1]/",
    ],
)
def test_private_addresses_in_every_spelling(address: str) -> None:
    assert found(address) == ["private_address"]


@pytest.mark.parametrize("address", ["http://8.8.8.8/", "http://134744072/", "http://[2606:4700:4700::1111]/"])
def test_bare_public_addresses(address: str) -> None:
    assert found(address) == ["bare_address"]


@pytest.mark.parametrize(
    "address", ["https://q.example.com/ABC123", "http://Q.EXAMPLE.COM.:8000/", "http://[::1]:8000/ABC123"]
)
def test_our_own_hosts_can_lead_round_in_a_circle(address: str) -> None:
    finding = policy.own_host(ada_url.URL(address), {"q.example.com", "::1"})
    assert finding is not None
    assert finding.severity == "suspicious"


@pytest.mark.parametrize(
    "address", ["https://example.com/", "https://www.q.example.com/", "https://q.example.com.evil.example/"]
)
def test_other_hosts_are_not_ours(address: str) -> None:
    assert policy.own_host(ada_url.URL(address), {"q.example.com"}) is None
