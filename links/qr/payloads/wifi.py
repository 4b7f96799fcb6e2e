"""Wi-Fi networks that a phone joins by scanning."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from links.qr.payloads.fields import FieldRefused, check_line

# WPA also opens networks of WPA2 and WPA3, and is what the Wi-Fi Alliance writes for all (WPA3 Specification, URI
# format). Some phones join a network of WPA3 alone only by SAE, which is what Android writes.
Security = Literal["WPA", "SAE", "WEP", "nopass", "WPA2-EAP"]
EapMethod = Literal["PEAP", "TTLS", "PWD"]  # TLS needs a certificate, which no code carries
Phase2 = Literal["MSCHAPV2", "GTC", "PAP"]

_SPECIAL = re.compile(r'([\\;,:"])')
_LONGEST_SSID = 32  # bytes (IEEE 802.11, 9.4.2.2)
_PRINTABLE = r"[\x20-\x7e]"
_WPA_KEY = re.compile(rf"{_PRINTABLE}{{8,63}}|[0-9A-Fa-f]{{64}}")  # IEEE 802.11, annex J.4: a passphrase, or the key
_SAE_PASSWORD = re.compile(rf"{_PRINTABLE}{{1,63}}")  # the standard knows no limit, but Android does
_WEP_KEY = re.compile(rf"{_PRINTABLE}{{5}}|{_PRINTABLE}{{13}}|[0-9A-Fa-f]{{10}}|[0-9A-Fa-f]{{26}}")


@dataclass(frozen=True)
class Wifi:
    """`WIFI:…;;` as ZXing wrote it down ("Barcode Contents", Wi-Fi network config), which phones follow.

    The Wi-Fi Alliance percent-encodes instead, which scanners that follow ZXing would not decode. ZXing also puts
    quotes around what looks like hexadecimal, but iPhones take them as part of the name or password. They are not
    needed: keys of 64, 26 and 10 hexadecimal digits are what they look like, and a passphrase or a WEP text has
    another length.
    """

    ssid: str
    security: Security = "WPA"
    password: str = ""
    hidden: bool = False
    eap_method: EapMethod | None = None
    phase_2: Phase2 | None = None
    identity: str = ""
    anonymous_identity: str = ""

    def __post_init__(self) -> None:
        check_line("ssid", self.ssid, required=True)
        if (size := len(self.ssid.encode())) > _LONGEST_SSID:
            raise FieldRefused("ssid", f"Use at most {_LONGEST_SSID} bytes; these are {size}.")
        _check_choice("security", self.security, get_args(Security))
        _check_password(self.security, self.password)
        if self.security == "WPA2-EAP":
            self._check_enterprise()
        else:
            self._refuse_enterprise()

    def encode(self) -> str:
        fields = {
            "T": self.security,
            "S": _escaped(self.ssid),
            "P": _escaped(self.password),
            "H": "true" if self.hidden else "",
            "E": self.eap_method,
            "PH2": self.phase_2,
            "I": _escaped(self.identity),
            "A": _escaped(self.anonymous_identity),
        }
        return "WIFI:" + "".join(f"{name}:{value};" for name, value in fields.items() if value) + ";"

    def _check_enterprise(self) -> None:
        _check_choice("eap_method", self.eap_method, get_args(EapMethod))
        if self.eap_method != "PWD":
            _check_choice("phase_2", self.phase_2, get_args(Phase2))
        elif self.phase_2 is not None:
            raise FieldRefused("phase_2", "Leave this out: PWD has no second phase.")
        check_line("identity", self.identity, required=True)
        check_line("anonymous_identity", self.anonymous_identity)

    def _refuse_enterprise(self) -> None:
        for field in ("eap_method", "phase_2", "identity", "anonymous_identity"):
            if getattr(self, field):
                raise FieldRefused(field, "Leave this out, or choose the security WPA2-EAP.")


def _escaped(value: str) -> str:
    r"""A backslash before \ ; , : and ": as in MeCards, and a quote at both ends is otherwise taken off by some."""
    return _SPECIAL.sub(r"\\\1", value)


def _check_password(security: Security, password: str) -> None:
    match security:
        case "WPA" if not _WPA_KEY.fullmatch(password):
            advice = "Use 8 to 63 letters, digits and signs of ASCII, or 64 hexadecimal digits."
        case "SAE" if not _SAE_PASSWORD.fullmatch(password):
            advice = "Use 1 to 63 letters, digits and signs of ASCII."
        case "WEP" if not _WEP_KEY.fullmatch(password):
            advice = "Use 5 or 13 characters of ASCII, or 10 or 26 hexadecimal digits."
        case "nopass" if password:
            advice = "Leave this out: an open network has no password."
        case _:
            check_line("password", password, required=security == "WPA2-EAP")
            return
    raise FieldRefused("password", advice)


def _check_choice(field: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise FieldRefused(field, f"Choose one of: {', '.join(allowed)}.")
