"""Reads the head of a request as nearly all phones send it: a GET without a body, whole and alone in what came.

Phones and proxies send the same lines again and again, so most are parsed once and known by their bytes from then on:
to be called back by a parser for every header takes as long as all the rest of a scan. What is in the least unusual is
left to the server's own parser, which is llhttp; tests hold what is taken here against it.
"""

import re
from typing import NamedTuple

from links.admission import Environ

Line = tuple[str, str]  # a name as WSGI has it, empty for what scans do not need, and its value


class Kind(NamedTuple):
    """What is done with headers of one name."""

    name: str
    is_repeated: bool


# What a scan may be written down with.
_NAMES = {
    b"host": "HTTP_HOST",
    b"user-agent": "HTTP_USER_AGENT",
    b"accept-language": "HTTP_ACCEPT_LANGUAGE",
    b"referer": "HTTP_REFERER",
    b"x-forwarded-for": "HTTP_X_FORWARDED_FOR",
    b"sec-purpose": "HTTP_SEC_PURPOSE",
    b"purpose": "HTTP_PURPOSE",
    b"x-moz": "HTTP_X_MOZ",
    b"sec-gpc": "HTTP_SEC_GPC",
    b"dnt": "HTTP_DNT",
    b"connection": "HTTP_CONNECTION",
}
# Whoever sends these wants more than to be led on.
_WANT_MORE = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
# Lines of these are kept in memory; none of them names a person.
_REPEATED = re.compile(
    rb"host|user-agent|connection|purpose|x-moz|dnt|accept(-language|-encoding)?|upgrade-insecure-requests|priority"
    rb"|cache-control|pragma|sec-(purpose|gpc|fetch-[a-z]+|ch-[a-z-]+)|x-forwarded-(proto|host|port)"
)
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_UNUSUAL = Kind("unusual", is_repeated=False)
_NOT_NEEDED: Line = ("", "")
_LINES_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 600
_NAMES_REMEMBERED = 1000
_LONGEST_NAME_REMEMBERED = 40
# By their bytes, as they were sent: names as they were spelled.
_remembered: dict[bytes, Line] = {}
_kinds: dict[bytes, Kind] = {}


def read(data: bytes, remote: str) -> Environ | None:
    """The WSGI environment of a scan from address `remote`, as far as scans need it; None for the long way.

    HTTP_CONNECTION is in it only where the connection is to be closed afterwards.
    """
    if not (data.startswith(b"GET /") and data.endswith(b"\r\n\r\n")):
        return None
    lines = data.split(b"\r\n")
    url, _, version = lines[0][4:].partition(b" ")
    path = url.partition(b"?")[0]
    if b"%" in path or not url.isascii():
        return None
    environ: Environ = {"REMOTE_ADDR": remote, "REQUEST_METHOD": "GET", "PATH_INFO": path.decode("latin-1")}
    for line in lines[1:-2]:
        known = _remembered.get(line) or _parse(line)
        if known is None:
            return None
        name, value = known
        if name:
            if name in environ:  # what comes twice is for others to judge
                return None
            environ[name] = value
    if version == b"HTTP/1.1":
        return environ
    # Who wants to keep a connection of HTTP/1.0 has to be told that it is kept.
    environ["HTTP_CONNECTION"] = "close"
    return environ if version == b"HTTP/1.0" else None


def _parse(line: bytes) -> Line | None:
    name, colon, value = line.partition(b":")
    kind = _kinds.get(name) or _kind_of(name)
    # What breaks lines for others would hide a header from us that they see.
    if not colon or kind is _UNUSUAL or _CONTROL.search(value):
        return None
    text = value.strip(b" \t").decode("latin-1")
    parsed = (kind.name, text) if kind.name else _NOT_NEEDED
    if kind.name == "HTTP_CONNECTION":
        if text.lower() not in ("keep-alive", "close"):
            return None
        if text.lower() == "keep-alive":
            parsed = _NOT_NEEDED
    if kind.is_repeated and len(line) <= _LONGEST_REMEMBERED:
        if len(_remembered) >= _LINES_REMEMBERED:
            _remembered.clear()
        _remembered[line] = parsed
    return parsed


def _kind_of(name: bytes) -> Kind:
    lower = name.lower()
    kind = Kind(_NAMES.get(lower, ""), bool(_REPEATED.fullmatch(lower)))
    if lower in _WANT_MORE or not _TOKEN.fullmatch(name):
        kind = _UNUSUAL
    if len(name) <= _LONGEST_NAME_REMEMBERED:
        if len(_kinds) >= _NAMES_REMEMBERED:
            _kinds.clear()
        _kinds[name] = kind
    return kind
