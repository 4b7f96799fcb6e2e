"""A phone joins the network that was meant, with the password that was typed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links.qr.payloads import FieldRefused, Wifi
from tests.links.qr.payloads.scanning import read_back
from tests.links.qr.payloads.semicolons import fields_of
from tests.links.qr.payloads.strategies import filled_lines

PASSWORD = "correct horse"
ENTERPRISE = {"security": "WPA2-EAP", "eap_method": "PEAP", "phase_2": "MSCHAPV2", "identity": "ann"}

ssids = filled_lines.filter(lambda ssid: len(ssid.encode()) <= 32)
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.sampled_from('\\;,:"'))
passphrases = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=8, max_size=63)


def parsed(text: str) -> dict[str, str]:
    fields = fields_of("WIFI", text, '\\;,:"')
    assert all(len(values) == 1 for _, values in fields)
    assert len(dict(fields)) == len(fields)
    return {name: value for name, [value] in fields}


@pytest.mark.parametrize(
    ("wifi", "encoded"),
    [
        (Wifi("mynetwork", "WPA", "mypasswd"), "WIFI:T:WPA;S:mynetwork;P:mypasswd;;"),
        (Wifi("guests", "nopass"), "WIFI:T:nopass;S:guests;;"),
        (Wifi("attic", "SAE", "x", hidden=True), "WIFI:T:SAE;S:attic;P:x;H:true;;"),
        (Wifi('"foo;bar\\baz"', "nopass"), r"""WIFI:T:nopass;S:\"foo\;bar\\baz\";;"""),  # ZXing, "Barcode Contents"
        (Wifi("a,b:c", "WEP", ":::::"), r"WIFI:T:WEP;S:a\,b\:c;P:\:\:\:\:\:;;"),
        (Wifi("CAFE", "WPA", "12345678"), "WIFI:T:WPA;S:CAFE;P:12345678;;"),
        (
            Wifi("u", "WPA2-EAP", "pw", False, "PEAP", "MSCHAPV2", "ann", "anonymous"),
            "WIFI:T:WPA2-EAP;S:u;P:pw;E:PEAP;PH2:MSCHAPV2;I:ann;A:anonymous;;",
        ),
    ],
)
def test_the_text_of_a_network(wifi: Wifi, encoded: str) -> None:
    assert wifi.encode() == encoded
    assert read_back(encoded) == encoded


@given(ssids, passphrases, st.booleans())
def test_a_network_is_read_back(ssid: str, password: str, hidden: bool) -> None:
    expected = {"T": "WPA", "S": ssid, "P": password} | ({"H": "true"} if hidden else {})
    assert parsed(Wifi(ssid, "WPA", password, hidden).encode()) == expected


@given(ssids, filled_lines, filled_lines, filled_lines)
def test_a_login_is_read_back(ssid: str, password: str, identity: str, anonymous: str) -> None:
    wifi = Wifi(ssid, "WPA2-EAP", password, False, "TTLS", "PAP", identity, anonymous)
    expected = {"T": "WPA2-EAP", "S": ssid, "P": password, "E": "TTLS", "PH2": "PAP", "I": identity, "A": anonymous}
    assert parsed(wifi.encode()) == expected


@settings(deadline=None, max_examples=20)
@given(ssids, passphrases)
def test_a_network_is_read_back_from_the_picture(ssid: str, password: str) -> None:
    encoded = Wifi(ssid, "WPA", password).encode()
    assert read_back(encoded) == encoded


@pytest.mark.parametrize(
    ("security", "password"),
    [
        ("WPA", "a" * 8), ("WPA", "a" * 63), ("WPA", "0aF9" * 16), ("SAE", "a"), ("SAE", "a" * 63),
        ("WEP", "a;,:\\"), ("WEP", "a" * 13), ("WEP", "0123456789"), ("WEP", "aF" * 13), ("nopass", ""),
    ],
)  # fmt: skip
def test_passwords_of_the_right_length(security: Any, password: str) -> None:
    assert parsed(Wifi("net", security, password).encode()).get("P", "") == password


@pytest.mark.parametrize(
    ("security", "password"),
    [
        ("WPA", ""), ("WPA", "a" * 7), ("WPA", "a" * 65), ("WPA", "g" * 64), ("WPA", "pässword"), ("WPA", "abcdefg\n"),
        ("WPA", "abcdefgh\n"), ("SAE", ""), ("SAE", "a" * 64), ("WEP", "a" * 6), ("WEP", "g" * 10), ("WEP", ""),
        ("nopass", "a"),
    ],
)  # fmt: skip
def test_passwords_that_no_network_has(security: Any, password: str) -> None:
    with pytest.raises(FieldRefused, match=r"^password: (Use|Leave)"):
        Wifi("net", security, password)


def test_a_name_is_counted_in_bytes() -> None:
    Wifi("ä" * 16, "nopass")
    with pytest.raises(FieldRefused, match="ssid: Use at most 32 bytes; these are 33"):
        Wifi("ä" * 16 + "a", "nopass")


@pytest.mark.parametrize("ssid", ["", " ", "a\nb", "a\x00", "\ud800"])
def test_a_name_that_is_none(ssid: str) -> None:
    with pytest.raises(FieldRefused, match=r"^ssid: "):
        Wifi(ssid, "nopass")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"security": "WPA;P:x"}, "security"),
        ({"security": "WPA", "password": PASSWORD, "identity": "ann"}, "identity"),
        ({"security": "WPA", "password": PASSWORD, "eap_method": "PEAP"}, "eap_method"),
        (ENTERPRISE | {"password": "a\nb"}, "password"),
        (ENTERPRISE, "password"),
        (ENTERPRISE | {"password": "x", "identity": ""}, "identity"),
        (ENTERPRISE | {"password": "x", "eap_method": "TLS"}, "eap_method"),
        (ENTERPRISE | {"password": "x", "eap_method": None}, "eap_method"),
        (ENTERPRISE | {"password": "x", "phase_2": None}, "phase_2"),
        (ENTERPRISE | {"password": "x", "eap_method": "PWD"}, "phase_2"),
        (ENTERPRISE | {"password": "x", "anonymous_identity": "a\nb"}, "anonymous_identity"),
    ],
)
def test_what_a_network_refuses(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused, match=rf"^{field}: "):
        Wifi("net", **fields)
