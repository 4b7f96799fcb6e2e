"""Which address a phone can reach this machine at when nobody has configured one."""

import socket
from ipaddress import ip_address

EVERY_INTERFACE = {"0.0.0.0", "::"}  # noqa: S104  # compared with, not listened on
# Documentation networks (RFC 5737, RFC 3849): nobody lives there, and connecting a UDP socket sends nothing.
_ELSEWHERE = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "::": (socket.AF_INET6, "2001:db8::1")}  # noqa: S104


def default_public_url(host: str, port: int) -> str:
    """The address to print when the server listens on host: on every interface, the one of the local network."""
    reachable = lan_address(host) if host in EVERY_INTERFACE else host
    netloc = f"[{reachable}]" if ":" in reachable else reachable
    return f"http://{netloc}" if port == 80 else f"http://{netloc}:{port}"


def lan_address(wildcard: str = "0.0.0.0") -> str:  # noqa: S104
    """This machine's own address on the interface that leads outside; loopback where there is no network."""
    family, elsewhere = _ELSEWHERE[wildcard]
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            address: str = probe.getsockname()[0]
    except OSError:
        return "127.0.0.1"
    return "127.0.0.1" if ip_address(address).is_unspecified else address
