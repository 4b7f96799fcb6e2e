"""Networks as people type them: one form is stored, which the redirect can read, or each wrong line is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.networks import MAX_NETWORKS, NetworksRefused, parse_networks
from links.addresses import networks, parse

PARTS = st.one_of(
    st.ip_addresses().map(str),
    st.tuples(st.ip_addresses(), st.integers(0, 130)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.text(max_size=60),
    st.text("0123456789abcdef.:/% ", max_size=45),
)


@pytest.mark.parametrize(
    ("line", "stored"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        (" 203.0.113.7/24 ", "203.0.113.0/24"),
        ("203.0.113.0/255.255.255.0", "203.0.113.0/24"),
        ("2001:DB8::1/32", "2001:db8::/32"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("64:ff9b::203.0.113.0/120", "203.0.113.0/24"),
    ],
)
def test_one_form_is_stored(line: str, stored: str) -> None:
    assert parse_networks(f"\n{line}\r\n\n{line}\n") == [stored]


def test_a_wrapped_address_is_the_one_that_scans_have() -> None:
    address = parse("::ffff:203.0.113.7")
    assert address is not None
    (network,) = networks(parse_networks("::ffff:203.0.113.0/120"))
    assert network.holds(address)


@pytest.mark.parametrize(
    "line", ["office", "203.0.113.256", "203.0.113.0/33", "1.2.3", "::1/129", "fe80::1%eth0/64x", "\0"]
)
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(NetworksRefused, match=r"Line 2: .* is no network"):
        parse_networks(f"203.0.113.0/24\n{line}")


@pytest.mark.parametrize("line", ["0.0.0.0/0", "::/0", "::ffff:0:0/96"])
def test_everybody_is_not_internal(line: str) -> None:
    with pytest.raises(NetworksRefused, match="every address"):
        parse_networks(line)


def test_there_are_at_most_so_many() -> None:
    lines = [f"10.0.0.{n}" for n in range(MAX_NETWORKS + 1)]
    assert len(parse_networks("\n".join([*lines[:-1], lines[0]]))) == MAX_NETWORKS
    with pytest.raises(NetworksRefused, match=f"{MAX_NETWORKS + 1} networks"):
        parse_networks("\n".join(lines))


def test_not_every_line_of_a_wrong_paste_is_named() -> None:
    with pytest.raises(NetworksRefused) as refused:
        parse_networks("nonsense\n" * 1000)
    assert len(refused.value.reasons) == 5


@given(st.lists(PARTS, max_size=6).map("\n".join))
def test_what_is_stored_can_be_read_and_typed_again(text: str) -> None:
    try:
        stored = parse_networks(text)
    except NetworksRefused:
        return
    assert len(networks(stored)) == len(stored)
    assert parse_networks("\n".join(stored)) == stored
