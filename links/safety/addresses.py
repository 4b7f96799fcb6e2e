"""Which IP addresses belong to the public internet, embedded and translated forms included."""

from ipaddress import IPv4Address, IPv6Address, ip_network

# What `is_global` calls public and is not, or is a wrapping in which a private address can hide.
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # Azure's host agent
            "192.88.99.0/24",  # 6to4 relays, RFC 7526
            "::/96",  # IPv4-compatible, RFC 4291
            "::ffff:0:0/96",  # IPv4-mapped, RFC 4291
            "64:ff9b::/96",  # NAT64, RFC 6052
            "64:ff9b:1::/48",  # NAT64 of one's own, RFC 8215
            "2001::/32",  # Teredo, RFC 4380
            "2002::/16",  # 6to4, RFC 3056
            "3fff::/20",  # documentation, RFC 9637
            "5f00::/16",  # segment routing, RFC 9602
            "fec0::/10",  # site-local, RFC 3879
        ),
    )
)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether anybody on the internet reaches the same machine at this address."""
    if not address.is_global or address.is_multicast:
        return False
    return not any(address in network for network in _NOT_PUBLIC)
