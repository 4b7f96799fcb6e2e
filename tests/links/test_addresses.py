"""Which address a scan came from, and how much of it is kept."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.addresses import client_address, networks, parse, truncated

PROXIES = networks(["10.0.0.0/8", "2001:db8:1::/48"])


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody we trust says so
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::5]:4711", "2001:db8::5"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("64:ff9b::cb00:7109", "", "203.0.113.9"),
    ],
)
def test_the_first_address_from_the_right_that_is_no_proxy(remote: str, forwarded: str, expected: str) -> None:
    assert str(client_address(remote, forwarded, PROXIES)) == expected


def test_no_proxy_is_trusted_by_default() -> None:
    assert str(client_address("10.0.0.1", "198.51.100.1", ())) == "10.0.0.1"


@given(st.ip_addresses(v=4))
def test_ipv4_keeps_24_bits(address: ipaddress.IPv4Address) -> None:
    kept = truncated(address)
    assert kept.endswith(".0/24")
    assert address in ipaddress.ip_network(kept)


@given(st.ip_addresses(v=6))
def test_ipv6_keeps_48_bits(address: ipaddress.IPv6Address) -> None:
    network = ipaddress.ip_network(truncated(address))
    assert network.prefixlen == 48
    assert address in network


@given(st.text(max_size=60))
def test_nonsense_is_no_address_and_no_error(text: str) -> None:
    parse(text)
    assert truncated(None) == ""
