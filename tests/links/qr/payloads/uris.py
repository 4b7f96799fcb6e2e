"""Reads URIs by RFC 3986: the scheme, what follows it and the parameters of the query."""

import re

_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?")
_CHARACTERS = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-F]{2})*")


def parts(uri: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Scheme, path as it stands and parameters, decoded. RFC 3986, appendix A: nothing else is a URI character."""
    assert _CHARACTERS.fullmatch(uri)
    match = _URI.fullmatch(uri)
    assert match
    query = match["query"]
    pairs = [pair.split("=") for pair in query.split("&")] if query is not None else []
    return match["scheme"], match["path"], [(name, decoded(value)) for name, value in pairs]


def decoded(text: str) -> str:
    """Section 2.1: a percent and two digits are one octet; a plus stands for itself."""
    octets = re.sub(rb"%(..)", lambda match: bytes([int(match[1], 16)]), text.encode())
    return octets.decode()
