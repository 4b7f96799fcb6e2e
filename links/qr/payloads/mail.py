"""E-mail addresses, and the code that opens a message."""

import re
from dataclasses import dataclass
from urllib.parse import quote

import ada_url

from links.qr.payloads.fields import FieldRefused, check_line, check_text, with_line_feeds

_ATOM = r'[^\s"(),:;<>@\[\]\\.]+'
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_TYPED_DOMAIN = re.compile(r"[^\s/?#@:%\\\[\]]+")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label is no number, or it would be an IP address.
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")
_LONGEST_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1, in octets
_LONGEST_ADDRESS = 254  # a path of 256 octets (section 4.5.3.1.3) without its angle brackets


@dataclass(frozen=True)
class Mail:
    """A `mailto` URI with subject, body and copies (RFC 6068 section 2)."""

    to: tuple[str, ...]
    subject: str = ""
    body: str = ""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.to:
            raise FieldRefused("to", "Name at least one recipient.")
        for field, addresses in (("to", self.to), ("cc", self.cc), ("bcc", self.bcc)):
            for address in addresses:
                mail_address(field, address)
        check_line("subject", self.subject)
        check_text("body", self.body)

    def encode(self) -> str:
        fields = {
            "cc": _list("cc", self.cc),
            "bcc": _list("bcc", self.bcc),
            "subject": quote(self.subject, safe=""),
            # Section 5: line breaks in a body are CRLF.
            "body": quote(with_line_feeds(self.body).replace("\n", "\r\n"), safe=""),
        }
        query = "&".join(f"{name}={value}" for name, value in fields.items() if value)
        return f"mailto:{_list('to', self.to)}" + (f"?{query}" if query else "")


def _list(field: str, addresses: tuple[str, ...]) -> str:
    return ",".join(quote(mail_address(field, address), safe="@") for address in addresses)


def mail_address(field: str, text: str) -> str:
    """An addr-spec (RFC 5322 section 3.4.1, RFC 6532) with its domain in ASCII; quoted local parts are refused."""
    check_line(field, text, required=True)
    local_part, _, domain = text.strip().rpartition("@")
    if not _LOCAL_PART.fullmatch(local_part):
        raise FieldRefused(field, "Write an e-mail address such as name@example.com.")
    address = f"{local_part}@{_ascii_domain(field, domain)}"
    if len(local_part.encode()) > _LONGEST_LOCAL_PART or len(address.encode()) > _LONGEST_ADDRESS:
        raise FieldRefused(
            field, f"Use at most {_LONGEST_LOCAL_PART} bytes before the @ and {_LONGEST_ADDRESS} in all."
        )
    return address


def _ascii_domain(field: str, domain: str) -> str:
    try:
        host = ada_url.URL(f"https://{domain}/").hostname if _TYPED_DOMAIN.fullmatch(domain) else ""
    except ValueError:
        host = ""
    if not _DOMAIN.fullmatch(host):
        raise FieldRefused(field, "Check what stands after the @: it is a domain such as example.com.")
    return host
