"""The server's protocol: which requests are answered where they are read, and what becomes of all others."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from links import protocol
from tests.served import DESTINATION, SCAN, House, running


@pytest.fixture
def house() -> Iterator[House]:
    with running(House()) as house:
        yield house


@pytest.fixture(scope="module")
def shared_house() -> Iterator[House]:
    """A hundred examples need one server."""
    with running(House()) as house:
        yield house


def test_a_scan_is_answered_where_it_is_read(house: House) -> None:
    with house.connected() as client:
        for _ in range(2):
            client.send(b"GET /CODE?x=1 HTTP/1.1\r\nHOST: q.example.com\r\nUser-Agent: Phone\r\n"
                        b"Cookie: a=b\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n")  # fmt: skip
            answer = client.read()
            assert answer.status == 302
            assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer.headers.pop("date"))
            assert answer.headers == {
                "location": DESTINATION,
                "content-length": "0",
                "cache-control": "private, no-store",
                "x-robots-tag": "noindex",
                "referrer-policy": "strict-origin-when-cross-origin",
            }
    expected = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/CODE",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "q.example.com",
        "HTTP_USER_AGENT": "Phone",
        "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    }
    assert house.scans == [expected, expected]
    assert house.asked == []


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /other HTTP/1.1\r\nHost: a\r\n\r\n",
        b"HEAD /CODE HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%43ODE HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /CODE HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /CODE HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\nx-forwarded-for: 192.0.2.2\r\n\r\n",
        b"GET /CODE HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
        b"GET /CODE HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        b"GET /CODE HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"POST /CODE HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_what_is_no_plain_scan_goes_the_long_way(house: House, request_: bytes) -> None:
    with house.connected() as client:
        client.send(request_)
        assert client.read(request_.split()[0].decode()).status == 200
    assert len(house.asked) == 1


def test_a_header_that_comes_twice_is_joined(house: House) -> None:
    house.ask(b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n\r\n")
    assert house.asked[0]["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2"


def test_an_underscore_does_not_stand_for_a_dash(house: House) -> None:
    house.ask(b"GET / HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 192.0.2.1\r\n\r\n")
    house.ask(b"GET /CODE HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 192.0.2.1\r\n\r\n")
    assert "HTTP_X_FORWARDED_FOR" not in {**house.asked[0], **house.scans[0], **house.scans[1]}


NAMES = st.sampled_from(
    ["User-Agent", "accept-language", "REFERER", "X-Forwarded-For", "Sec-Purpose", "Purpose", "X-Moz", "Sec-GPC", "DNT"]
)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)


@given(st.dictionaries(NAMES, VALUES), st.text("abcXYZ019-/.~", max_size=12))
@settings(max_examples=100, deadline=None)
def test_both_ways_see_the_same_request(shared_house: House, headers: dict[str, str], path: str) -> None:
    house = shared_house
    house.scans.clear()
    house.asked.clear()
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    house.ask(f"GET /p{path} HTTP/1.1\r\nHost: q.example.com\r\n{lines}\r\n".encode("latin-1"))
    (short,), (long,) = house.scans, house.asked
    assert short == {name: long[name] for name in short}
    names = {name for name in long if name.startswith("HTTP_")} | {"PATH_INFO", "REQUEST_METHOD", "REMOTE_ADDR"}
    assert set(short) == names


def test_answers_come_in_the_order_of_the_requests(house: House) -> None:
    house.held.clear()
    with house.connected() as client:
        client.send(b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n" + SCAN)
        time.sleep(0.2)
        client.send(SCAN)
        time.sleep(0.2)
        house.held.set()
        assert [client.read().status for _ in range(3)] == [200, 200, 200], "behind a page a scan goes the long way"
        client.send(SCAN + SCAN + b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n" + SCAN)
        assert [client.read().status for _ in range(4)] == [200] * 4, "several at once, too"
        client.send(SCAN)
        assert client.read().status == 302


@pytest.mark.parametrize(
    "request_",
    [
        SCAN[:-2] + b"Connection: close\r\n\r\n",
        b"GET /CODE HTTP/1.0\r\nHost: a\r\n\r\n",
        b"GET /CODE HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ],
)
def test_the_last_scan_of_a_connection(house: House, request_: bytes) -> None:
    with house.connected() as client:
        client.send(request_)
        answer = client.read()
        assert (answer.status, answer.headers["connection"]) == (302, "close")
        assert client.is_closed()
    assert len(house.scans) == 1


def test_a_scan_lands_as_what_a_header_can_hold(house: House) -> None:
    house.destination = "https://example.com/ä\r\nSet-Cookie: a=b"
    assert house.ask(SCAN).headers["location"] == "https://example.com/%C3%A4%0D%0ASet-Cookie:%20a=b"


def test_of_too_many_requests_at_once_the_first_are_answered(house: House) -> None:
    with house.connected() as client:
        client.send(SCAN * 150)
        for _ in range(protocol.MOST_PIPELINED + 1):
            assert client.read().status == 200
        assert client.is_closed()
    assert len(house.asked) == protocol.MOST_PIPELINED + 1


def test_a_head_without_end_is_refused(house: House) -> None:
    with house.connected() as client:
        with suppress(ConnectionError):
            client.send(b"GET /CODE HTTP/1.1\r\n" + b"X-A: " + b"a" * 1_000_000)
        assert client.read().status == 431
    assert house.ask(SCAN).status == 302


def test_a_connection_that_dawdles_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "IDLE_SECONDS", 0.3)
    with running(House()) as house:
        with house.connected() as client:
            client.send(SCAN[:30])
            assert client.is_closed()
        with house.connected() as client:
            client.send(SCAN)
            assert client.read().status == 302
            assert client.is_closed()
        house.held.clear()
        with house.connected() as client:
            client.send(b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
            time.sleep(1)
            house.held.set()
            assert client.read().status == 200, "its answer takes long, and that is not the client's fault"


def test_a_page_starts_no_timer_under_the_scans_that_follow(house: House) -> None:
    house.config.timeout_keep_alive = 1
    with house.connected() as client:
        client.send(b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.read().status == 200
        for _ in range(15):
            time.sleep(0.1)
            client.send(SCAN)
            assert client.read().status == 302


def test_a_new_phone_goes_before_a_connection_that_stands_idle(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 3)
    with house.connected() as busy, house.connected() as first, house.connected() as second:
        house.held.clear()
        busy.send(b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.2)
        assert house.ask(SCAN).status == 302
        assert sorted(client.is_closed(within=0.3) for client in (first, second)) == [False, True]
        house.held.set()
        assert busy.read().status == 200


def test_a_server_that_ends_answers_who_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LAST_SECONDS", 1.5)
    with running(House()) as house, house.connected() as fresh, house.connected() as used, house.connected() as idle:
        used.send(SCAN)
        assert used.read().status == 302
        house.server.should_exit = True
        while not all(each._ends for each in house.connections()):
            time.sleep(0.01)
        for client, request_ in ((fresh, SCAN), (used, b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n")):
            client.send(request_)
            answer = client.read()
            assert answer.status in (200, 302)
            assert answer.headers["connection"] == "close"
            assert client.is_closed()
        assert idle.is_closed()


@pytest.mark.parametrize(("length", "status"), [(41, 400), (2000, 200)])
def test_what_comes_behind_an_upgrade_is_no_request(house: House, length: int, status: int) -> None:
    """llhttp takes the body of such a request for the next one: smuggled past a proxy that knows better."""
    with house.connected() as client:
        head = b"POST /page HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: %d\r\n\r\n"
        house.held.clear()
        client.send(head % length)
        time.sleep(0.1)
        with suppress(ConnectionError):
            client.send(SCAN + b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        house.held.set()
        answer = client.read()
        assert (answer.status, answer.headers["connection"]) == (status, "close")
        assert client.is_closed()
    assert len(house.scans) + len(house.asked) == (status == 200)


def test_a_trailer_is_no_header(house: House) -> None:
    head = b"POST /page HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with house.connected() as client:
        client.send(head + b"2\r\nhi\r\n0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
        assert client.read().status == 200
    assert "HTTP_X_FORWARDED_FOR" not in house.asked[0]


def test_more_headers_than_anybody_needs_are_refused(house: House) -> None:
    headers = b"".join(b"X-%d: a\r\n" % number for number in range(protocol.MOST_HEADERS + 1))
    assert house.ask(b"GET /page HTTP/1.1\r\n" + headers + b"\r\n").status == 431
    assert house.asked == []


def test_a_scan_that_fails_the_short_way_goes_the_long_one(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.destination_fails = True
    assert house.ask(SCAN).status == 200
    assert "planted" in caplog.text


@pytest.mark.parametrize("request_", [b"nonsense\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"])
def test_what_is_no_request_is_refused(house: House, request_: bytes) -> None:
    assert house.ask(request_).status == 400
    assert house.ask(SCAN).status == 302
