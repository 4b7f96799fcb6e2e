"""Which address a scan came from, and how much of it may be kept.

Addresses are packed here, as sockets have them: 4 or 16 bytes in network order. The objects of `ipaddress` would be
the dearest part of a scan.
"""

import ipaddress
from collections.abc import Sequence
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import NamedTuple

# The only forms in which inet_pton takes the numbers of an IPv4 address.
_OCTETS = {str(number): number for number in range(256)}
# IPv4 inside IPv6: mapped (RFC 4291) and NAT64 (RFC 6052).
_WRAPPED = (bytes(10) + b"\xff\xff", b"\x00\x64\xff\x9b" + bytes(8))


class Network(NamedTuple):
    """A network, as it is compared with packed addresses."""

    address_bytes: int
    host_bits: int
    prefix: int

    def holds(self, address: bytes) -> bool:
        return len(address) == self.address_bytes and int.from_bytes(address, "big") >> self.host_bits == self.prefix


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks in a list such as TRUSTED_PROXIES; raises ValueError for what is none."""
    found = [ipaddress.ip_network(text.strip(), strict=False) for text in texts if text.strip()]
    return tuple(
        Network(each.max_prefixlen // 8, host_bits := each.max_prefixlen - each.prefixlen,
                int(each.network_address) >> host_bits)
        for each in found
    )  # fmt: skip


def parse(text: str) -> bytes | None:
    """An address without port and brackets; IPv4 inside IPv6 is unwrapped. None for nonsense."""
    if ":" not in text:
        try:
            return inet_pton(AF_INET, text)
        except (OSError, ValueError):
            pass
    return _parse_other_forms(text.strip())


def _parse_other_forms(text: str) -> bytes | None:
    try:
        if text.startswith("["):
            text = text[1:].partition("]")[0]
        elif text.count(":") < 2:
            return inet_pton(AF_INET, text.partition(":")[0])
        address = inet_pton(AF_INET6, text.partition("%")[0])
    except (OSError, ValueError):
        return None
    return address[12:] if address[:12] in _WRAPPED else address


def client_address(remote: str, forwarded: str, trusted: Sequence[Network]) -> bytes | None:
    """The first address from the right that is no trusted proxy; X-Forwarded-For counts only behind one."""
    address = parse(remote)
    if not forwarded or not _within(address, trusted):
        return address
    if "," not in forwarded:
        return parse(forwarded) or address
    for hop in reversed(forwarded.split(",")):
        parsed = parse(hop)
        if parsed is None:
            return address
        address = parsed
        if not _within(address, trusted):
            break
    return address


def _within(address: bytes | None, trusted: Sequence[Network]) -> bool:
    if address is not None:
        for network in trusted:
            if network.holds(address):
                return True
    return False


class Senders:
    """Tells where scans come from, behind trusted proxies or not; remembers which of its neighbours are such."""

    _REMEMBERED = 1000

    def __init__(self, trusted: Sequence[Network] = ()) -> None:
        self._trusted = trusted
        self._is_proxy: dict[str, bool] = {}

    def locate(self, remote: str, forwarded: str) -> tuple[bytes | None, str]:
        """Who sent this, packed, and as much of it as may be written down.

        The short ways are those of nearly every phone: one address, without a port. For IPv4 four looks into a
        dictionary cost less than inet_pton, as they run code that is in the processor's cache anyway.
        """
        is_proxy = self._is_proxy.get(remote)
        if is_proxy is None:
            is_proxy = self._ask(remote)
        text = forwarded if is_proxy and forwarded else remote
        try:
            if ":" not in text:
                a, b, c, d = text.split(".")
                return bytes((_OCTETS[a], _OCTETS[b], _OCTETS[c], _OCTETS[d])), f"{a}.{b}.{c}.0/24"
            packed = inet_pton(AF_INET6, text)
            if packed[:12] not in _WRAPPED:
                return packed, truncated(packed)
        except (KeyError, ValueError, OSError):
            pass
        address = client_address(remote, forwarded, self._trusted)
        return address, truncated(address)

    def _ask(self, remote: str) -> bool:
        """Whether it is a trusted proxy. Only those are remembered: there are few of them, and many phones."""
        is_proxy = bool(self._trusted) and _within(parse(remote), self._trusted)
        if is_proxy and len(self._is_proxy) < self._REMEMBERED:
            self._is_proxy[remote] = True
        return is_proxy


def truncated(address: bytes | None) -> str:
    """The network that may be written down: /24 of IPv4, /48 of IPv6; empty for none."""
    if address is None:
        return ""
    if len(address) == 4:
        return f"{address[0]}.{address[1]}.{address[2]}.0/24"
    return f"{inet_ntop(AF_INET6, address[:6] + bytes(10))}/48"
