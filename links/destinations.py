"""What may be a destination: one WHATWG parser decides, and what it writes is what is stored and sent.

`urllib.parse` accepts many addresses that browsers refuse and reads another host in some, so it is never asked.
"""

import re
import unicodedata

import ada_url

MAX_LENGTH = 2048  # bytes once serialised; browsers and proxies begin to refuse longer addresses

_SCHEMES = ("http:", "https:")
# “example.com:8080/menu” and “localhost:8000” read as a scheme with an opaque path, but are meant as a host and port.
_HOST_WITH_PORT = re.compile(r"[^/?#:@]+:\d{1,5}(?=[/?#]|$)")
# Surrogates are halves of characters: no UTF-8 can hold them. Browsers drop tabs and line breaks without a word.
_NOT_TEXT = ("Cc", "Cs")
# Addresses inside of other texts: cards, events, what is written before them for scanners (URLTO:) or by people.
_WITHIN = re.compile(r"https?:[^\s;,<>\"]+", re.IGNORECASE)


class DestinationRefused(ValueError):
    """An address that cannot be a destination; the message says what to change."""


def parse(text: str) -> str:
    """Return an absolute http or https address as a browser serialises it: printable ASCII, safe in a header.

    Surrounding whitespace is dropped; raises DestinationRefused for everything that cannot be a destination.
    """
    text = text.strip()
    if not text:
        raise DestinationRefused("Write the address that the code leads to, for example https://example.com/menu.")
    _refuse_control_characters(text)
    url = _parsed(text)
    if url is None or url.protocol not in _SCHEMES:
        raise _refusal(text, url)
    if url.username or url.password:
        raise DestinationRefused(
            "The address holds a user name or password, which everybody who scans would read. "
            "Remove what stands between “//” and “@”."
        )
    if len(url.href) > MAX_LENGTH:
        raise DestinationRefused(
            f"The address has {len(url.href)} characters once written for browsers; use at most {MAX_LENGTH}."
        )
    return url.href


def within(text: str) -> list[str]:
    """The http and https addresses that stand somewhere in a text, as a browser serialises them."""
    urls = map(_parsed, _WITHIN.findall(text))
    return [url.href for url in urls if url is not None and url.protocol in _SCHEMES]


def _refuse_control_characters(text: str) -> None:
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in _NOT_TEXT:
            raise DestinationRefused(
                f"Character {position} of the address is an invisible control character (U+{ord(character):04X}), "
                "often a line break or tab that was copied along. Remove it."
            )


def _parsed(text: str) -> ada_url.URL | None:
    try:
        return ada_url.URL(text)
    except ValueError:
        return None


def _refusal(text: str, url: ada_url.URL | None) -> DestinationRefused:
    """Say why an address that is no absolute http or https address was refused; never guess silently."""
    if (corrected := _with_scheme(text, url)) is not None:
        return DestinationRefused(f"The address does not say http:// or https://. Write {corrected}")
    if url is not None:
        return DestinationRefused(f"A destination begins with http:// or https://, not with “{url.protocol}”.")
    if text.lower().startswith(_SCHEMES):
        return DestinationRefused("Browsers do not accept this address. Check the host name and port after “//”.")
    return DestinationRefused("This is not a web address. Write it in full, for example https://example.com/menu.")


def _with_scheme(text: str, url: ada_url.URL | None) -> str | None:
    """The address that was probably meant where only the scheme is missing, else None."""
    if url is not None and not _HOST_WITH_PORT.match(text):
        return None
    host_first = text.removeprefix("//")
    meant = _parsed("https://" + host_first)
    if meant is None or meant.username or not host_first[0].isalnum():
        return None
    return meant.href if "." in meant.hostname or meant.hostname == "localhost" else None
