"""Which address a scan came from, and how much of it is kept."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.addresses import Senders, client_address, networks, parse, truncated

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
    assert client_address(remote, forwarded, PROXIES) == ipaddress.ip_address(expected).packed


SENT = st.one_of(
    st.ip_addresses().map(str), st.sampled_from(["10.0.0.1", "10.0.0.2", "2001:db8:1::9"]), st.text(max_size=20)
)


@given(SENT, st.one_of(st.just(""), SENT, st.lists(SENT, max_size=4).map(", ".join)))
def test_the_shortest_way_to_an_address_gives_the_same(remote: str, forwarded: str) -> None:
    senders = Senders(PROXIES)
    expected = client_address(remote, forwarded, PROXIES)
    for _ in range(2):  # a proxy is remembered from the first time on
        assert senders.locate(remote, forwarded) == (expected, truncated(expected))


def test_no_proxy_is_trusted_by_default() -> None:
    assert client_address("10.0.0.1", "198.51.100.1", ()) == ipaddress.ip_address("10.0.0.1").packed


@given(st.ip_addresses(v=4))
def test_ipv4_keeps_24_bits(address: ipaddress.IPv4Address) -> None:
    kept = truncated(address.packed)
    assert kept.endswith(".0/24")
    assert address in ipaddress.ip_network(kept)


@given(st.ip_addresses(v=6))
def test_ipv6_keeps_48_bits(address: ipaddress.IPv6Address) -> None:
    network = ipaddress.ip_network(truncated(address.packed))
    assert network.prefixlen == 48
    assert address in network


@given(st.ip_addresses())
def test_every_address_is_read_as_ipaddress_reads_it(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    wrapped = isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address in ipaddress.ip_network("64:ff9b::/96")
    )
    assert parse(str(address)) == (address.packed[12:] if wrapped else address.packed)


@given(st.ip_addresses(), st.integers(0, 128))
def test_a_network_holds_what_ipaddress_says_it_holds(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, length: int
) -> None:
    prefix = min(length, address.max_prefixlen)
    text = f"{address}/{prefix}"
    (network,) = networks([text])
    reference = ipaddress.ip_network(text, strict=False)
    for other in (reference[0], reference[-1], reference[0] - 1 if int(reference[0]) else reference[0]):
        assert network.holds(other.packed) == (other in reference)


@given(st.text(max_size=60))
def test_nonsense_is_no_address_and_no_error(text: str) -> None:
    parse(text)
    assert truncated(None) == ""
