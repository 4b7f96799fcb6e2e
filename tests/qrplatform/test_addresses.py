"""The address that is printed when nobody has configured one."""

from ipaddress import ip_address

import pytest

from qrplatform.addresses import default_public_url, lan_address


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("127.0.0.1", 8000, "http://127.0.0.1:8000"),
        ("127.0.0.1", 80, "http://127.0.0.1"),
        ("192.168.1.5", 8080, "http://192.168.1.5:8080"),
        ("::1", 8000, "http://[::1]:8000"),
        ("box.local", 8000, "http://box.local:8000"),
    ],
)
def test_a_host_is_its_own_address(host: str, port: int, expected: str) -> None:
    assert default_public_url(host, port) == expected


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::"])
def test_every_interface_is_printed_as_one_that_can_be_reached(wildcard: str) -> None:
    assert not ip_address(lan_address(wildcard)).is_unspecified
    assert default_public_url(wildcard, 8000) == default_public_url(lan_address(wildcard), 8000)


def test_without_a_network_it_is_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*arguments: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr("qrplatform.addresses.socket.socket", no_network)
    assert default_public_url("0.0.0.0", 8000) == "http://127.0.0.1:8000"
