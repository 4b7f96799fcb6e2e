"""Heads that are read the short way are what llhttp says they are; everything unusual is left to it."""

from typing import Any

import pytest
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from hypothesis import example, given, settings
from hypothesis import strategies as st

from links import request_heads

WANTED = {name: environ for name, environ in request_heads._NAMES.items() if name != b"connection"}
HEAD = b"GET /CODE HTTP/1.1\r\nHost: q.example.com\r\n"


class Parsed:
    """What llhttp makes of a request."""

    def __init__(self, data: bytes) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = 0
        self.parser = HttpRequestParser(self)
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value.rstrip(b" \t")))

    def on_message_complete(self) -> None:
        self.complete += 1
        self.keeps_alive = self.parser.should_keep_alive()

    def environ(self) -> dict[str, Any]:
        named = {WANTED[name]: value.decode("latin-1") for name, value in self.headers if name in WANTED}
        path = self.url.partition(b"?")[0].decode("latin-1")
        return {"REMOTE_ADDR": "192.0.2.1", "REQUEST_METHOD": "GET", "PATH_INFO": path} | named


names = st.sampled_from(
    b"Host,host,User-Agent,X-Forwarded-For,x-forwarded-for,Referer,Sec-GPC,Cookie,Connection,Content-Length,"
    b"content-length ,Transfer-Encoding,Upgrade,Expect,X_Forwarded_For,, Host,A\tB".split(b",")
)
some_text = st.text(st.characters(max_codepoint=255), max_size=8).map(lambda text: text.encode("latin-1"))
values = st.sampled_from(b",a,keep-alive,Keep-Alive,close,close te,0,5,chunked,h2c".split(b",")) | some_text
colons = st.sampled_from([b": ", b":", b":\t", b" : ", b":   ", b""])
breaks = st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r", b"\r\n ", b" \r\n", b"\r\r\n", b"\r\n\r\n"])
lines = st.lists(st.tuples(names, colons, values, breaks).map(b"".join), max_size=5).map(b"".join)
usual = [b"GET /CODE HTTP/1.1\r\n"] * 6
unusual = [b"GET /a?b=c HTTP/1.0\r\n", b"GET /a b HTTP/1.1\r\n", b"GET / HTTP/1.1\n", b"GET /\xe4 HTTP/1.1\r\n"]
ends = st.sampled_from([b"\r\n", b"\n", b""])


@given(st.tuples(st.sampled_from(usual + unusual), lines, ends).map(b"".join))
@example(HEAD + b"Host: other.example.com\r\n\r\n")
@example(HEAD + b"X: a\nContent-Length: 5\r\n\r\n")
@example(HEAD + b"X: a\rContent-Length: 5\r\n\r\n")
@example(HEAD + b"Content-Length : 5\r\n\r\n")
@example(HEAD + b" Content-Length: 5\r\n\r\n")
@settings(max_examples=1500, deadline=None)
def test_what_is_read_is_what_llhttp_reads(data: bytes) -> None:
    environ = request_heads.read(data, "192.0.2.1")
    if environ is None:
        return
    closes = environ.pop("HTTP_CONNECTION", "") == "close"
    try:
        parsed = Parsed(data)
    except (HttpParserError, HttpParserUpgrade) as error:
        pytest.fail(f"llhttp refuses it: {error!r}")
    assert parsed.complete == 1
    assert environ == parsed.environ()
    assert closes or parsed.keeps_alive
    wanted = [name for name, _ in parsed.headers if name in WANTED]
    assert len(set(wanted)) == len(wanted), "what comes twice is for others to judge"


@pytest.mark.parametrize("twice", [1, 2])
def test_what_phones_send_is_read(twice: int) -> None:
    """The second time from memory."""
    data = HEAD + (
        b"user-agent: Mozilla/5.0\r\nACCEPT-LANGUAGE:de\r\nAccept: */*\r\nCookie: a=b\r\nConnection: Keep-Alive\r\n"
        b"X-Forwarded-For: 192.0.2.7 \r\nReferer: https://example.com/\r\nSec-Fetch-Mode: navigate\r\n\r\n"
    )
    assert request_heads.read(data, "::1") == {
        "REMOTE_ADDR": "::1",
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/CODE",
        "HTTP_HOST": "q.example.com",
        "HTTP_USER_AGENT": "Mozilla/5.0",
        "HTTP_ACCEPT_LANGUAGE": "de",
        "HTTP_X_FORWARDED_FOR": "192.0.2.7",
        "HTTP_REFERER": "https://example.com/",
    }


@pytest.mark.parametrize("line", [b"X-Forwarded-For: 192.0.2.7", b"X-Real-IP: 192.0.2.7", b"Cookie: a=192.0.2.7",
                                  b"Forwarded: for=192.0.2.7", b"Referer: https://192.0.2.7/"])  # fmt: skip
def test_lines_that_may_name_a_person_are_not_kept(line: bytes) -> None:
    assert request_heads.read(HEAD + line + b"\r\n\r\n", "192.0.2.1") is not None
    assert not any(b"192.0.2.7" in kept for kept in request_heads._remembered)


def test_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_heads, "_remembered", {})
    monkeypatch.setattr(request_heads, "_kinds", {})
    monkeypatch.setattr(request_heads, "_LINES_REMEMBERED", 10)
    monkeypatch.setattr(request_heads, "_NAMES_REMEMBERED", 10)
    for number in range(50):
        request_heads.read(HEAD + b"User-Agent: %d\r\nX-%d: a\r\n\r\n" % (number, number), "192.0.2.1")
    request_heads.read(HEAD + b"User-Agent: " + b"a" * 1000 + b"\r\nX-" + b"a" * 100 + b": a\r\n\r\n", "192.0.2.1")
    assert len(request_heads._remembered) <= 10
    assert len(request_heads._kinds) <= 10
    assert max(map(len, [*request_heads._remembered, *request_heads._kinds])) < 600
