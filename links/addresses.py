"""Which address a scan came from, and how much of it may be kept."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks in a list such as TRUSTED_PROXIES; raises ValueError for what is none."""
    return tuple(ipaddress.ip_network(text.strip(), strict=False) for text in texts if text.strip())


@lru_cache(maxsize=10_000)
def parse(text: str) -> Address | None:
    """An address without port and brackets; IPv4 inside IPv6 (mapped, NAT64) is unwrapped. None for nonsense."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def client_address(remote: str, forwarded: str, trusted: Sequence[Network]) -> Address | None:
    """The first address from the right that is no trusted proxy; X-Forwarded-For counts only behind one."""
    address = parse(remote)
    if not forwarded or not trusted or not _within(address, trusted):
        return address
    for hop in reversed(forwarded.split(",")):
        parsed = parse(hop)
        if parsed is None:
            return address
        address = parsed
        if not _within(address, trusted):
            break
    return address


def _within(address: Address | None, trusted: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in trusted)


def truncated(address: Address | None) -> str:
    """The network that may be written down: /24 of IPv4, /48 of IPv6; empty for none."""
    if address is None:
        return ""
    # By hand: ipaddress needs four times as long for a network.
    if isinstance(address, ipaddress.IPv4Address):
        first, second, third, _ = address.packed
        return f"{first}.{second}.{third}.0/24"
    return f"{ipaddress.IPv6Address(int(address) >> 80 << 80)}/48"
