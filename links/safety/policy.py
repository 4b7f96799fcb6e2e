"""What an address alone tells about its safety, without asking anybody.

Nothing here is malicious: a printer in the shop's own network or a test on localhost is somebody's honest wish, only
never what the public should be sent to. The owner is told; phones are not stopped.
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address

import ada_url

from links.safety.addresses import is_public
from links.safety.findings import Finding

# Names that no public name server answers for (RFC 6761, 6762, 8375, 9476 and ICANN's .internal).
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".test", ".invalid", ".onion", ".alt")


def local_name(url: ada_url.URL) -> Finding | None:
    """A name that only one's own machine or network knows."""
    host = host_of(url)
    if _address_of(url) is not None or ("." in host and not host.endswith(_LOCAL_ENDINGS)):
        return None
    return Finding("suspicious", f"“{host}” is a name of a local network; phones elsewhere do not find it.")


def private_address(url: ada_url.URL) -> Finding | None:
    """An IP address of a private, local or reserved network, or one that wraps another."""
    address = _address_of(url)
    if address is None or is_public(address):
        return None
    return Finding("suspicious", f"{address} is not a public address; phones elsewhere do not reach it.")


def bare_address(url: ada_url.URL) -> Finding | None:
    """A public IP address where a name would be usual: nobody can tell whose it is."""
    address = _address_of(url)
    if address is None or not is_public(address):
        return None
    return Finding("suspicious", f"The destination is the bare address {address}, not a name that people recognise.")


def own_host(url: ada_url.URL, own_hosts: Collection[str]) -> Finding | None:
    """One of our own hosts: a code that leads to a code can lead round in a circle."""
    if host_of(url).strip("[]") not in own_hosts:
        return None
    return Finding("suspicious", f"“{host_of(url)}” is where codes themselves live; this can lead round in a circle.")


def host_of(url: ada_url.URL) -> str:
    """The host as it is compared: lower case, without port and trailing dot."""
    return url.hostname.rstrip(".")


def _address_of(url: ada_url.URL) -> IPv4Address | IPv6Address | None:
    if url.host_type == ada_url.HostType.IPV4:
        return IPv4Address(url.hostname)
    return IPv6Address(url.hostname.strip("[]")) if url.host_type == ada_url.HostType.IPV6 else None
