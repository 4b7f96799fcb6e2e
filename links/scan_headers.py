"""What every answer to a scan says beside its page."""

from urllib.parse import quote

# no-store: an edited destination is live at once. The browsers' default referrer policy, said on purpose: a destination
# may learn which site a clicked alias stood on, never the whole address.
NO_STORE = ("Cache-Control", "private, no-store")
NO_INDEX = ("X-Robots-Tag", "noindex")
REFERRER_POLICY = ("Referrer-Policy", "strict-origin-when-cross-origin")
SCAN_HEADERS = [NO_STORE, NO_INDEX, REFERRER_POLICY]
_OF_URLS = "%/:=&?~#+!$,;'@()*[]"


def location(destination: str) -> str:
    """A destination as a header can hold it: every one that was checked already is."""
    if destination.isascii() and destination.isprintable():
        return destination
    return quote(destination, safe=_OF_URLS)


class Beginning:
    """The answer to a scan up to its destination: the same for a second, because of the date."""

    def __init__(self) -> None:
        self._made_of: list[tuple[bytes, bytes]] | None = None
        self._text = ""

    def of(self, server_headers: list[tuple[bytes, bytes]]) -> str:
        """`server_headers` is another list whenever they have changed."""
        if server_headers is not self._made_of:
            theirs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in server_headers]
            lines = [f"{name.lower()}: {value}\r\n" for name, value in (*theirs, *SCAN_HEADERS)]
            self._text = "HTTP/1.1 302 Found\r\n" + "".join(lines) + "content-length: 0\r\nlocation: "
            self._made_of = server_headers
        return self._text
