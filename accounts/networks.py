"""Networks that a workspace calls its own, as people type them: one a line."""

from ipaddress import IPv4Network, IPv6Network, ip_network

MAX_NETWORKS = 100
# So many wrong lines are named; who pasted something else altogether needs no more.
MAX_COMPLAINTS = 5
# IPv4 inside IPv6, mapped (RFC 4291) and NAT64 (RFC 6052): scans from these count as what they hold.
_WRAPPERS = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))


class NetworksRefused(ValueError):
    """Some lines are no networks, or there are too many; `reasons` says so, one sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


def parse_networks(text: str) -> list[str]:
    """The networks of a text, each once and as it is written: “203.0.113.0/24”. Raises NetworksRefused."""
    found: dict[str, None] = {}
    reasons: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found[str(_parsed(line.strip()))] = None
            except ValueError as error:
                reasons.append(f"Line {number}: {error}")
    if reasons:
        raise NetworksRefused(reasons[:MAX_COMPLAINTS])
    if len(found) > MAX_NETWORKS:
        raise NetworksRefused([f"These are {len(found)} networks; a workspace has at most {MAX_NETWORKS}."])
    return list(found)


def _parsed(line: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(line, strict=False)
    except ValueError:
        shown = "".join(character if character.isprintable() else "�" for character in line[:50])
        raise ValueError(
            f"“{shown}{'…' * (len(line) > 50)}” is no network. Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32."
        ) from None
    if isinstance(network, IPv6Network):
        network = _unwrapped(network)
    if network.prefixlen == 0:
        raise ValueError(f"“{line}” is every address there is: nobody would be counted as a person.")
    return network


def _unwrapped(network: IPv6Network) -> IPv4Network | IPv6Network:
    if any(network.subnet_of(wrapper) for wrapper in _WRAPPERS):
        return IPv4Network((int(network.network_address) & 0xFFFF_FFFF, network.prefixlen - 96))
    return network
