"""Traffic of the benchmarks: Zipf over codes, varied phones, and what rules make of them."""

import random
from collections import Counter
from itertools import islice
from pathlib import Path

from benchmarks.traffic import Browser, Printed, Scan, browsers, scans, write_requests, zipf
from links.clients import describe


def test_a_code_is_drawn_half_as_often_as_the_one_before_it_in_rank() -> None:
    codes = [Printed(f"/C{number}", "") for number in range(1000)]
    drawn = [n for _, n in Counter(zipf(codes, 100_000, random.Random(1))).most_common(4)]
    assert 1.9 < drawn[0] / drawn[1] < 2.1
    assert 3.7 < drawn[0] / drawn[3] < 4.3


def test_the_product_sees_in_an_agent_what_the_benchmark_says_it_is() -> None:
    every = browsers()
    assert len({browser.agent for browser in every}) > 500
    for browser in every:
        assert describe(browser.agent)[:2] == (browser.device, browser.os)


def test_scans_come_from_addresses_of_their_own() -> None:
    some = list(islice(scans(random.Random(1)), 2000))
    assert len({scan.address for scan in some}) > 1990
    assert len({scan.languages for scan in some}) > 5


def test_the_first_rule_whose_conditions_all_hold_decides() -> None:
    code = Printed(
        "/C",
        "https://a.example/else",
        [
            {"when": {"os": ["iOS"], "language": ["fr"]}, "destination": "https://a.example/both"},
            {"when": {"device": ["phone", "tablet"]}, "destination": "https://a.example/phone"},
        ],
    )
    iphone, desktop = Browser("i", "phone", "iOS"), Browser("d", "desktop", "Windows")
    assert Scan(iphone, "fr-FR,fr;q=0.9", "").destination(code) == "https://a.example/both"
    assert Scan(iphone, "de", "").destination(code) == "https://a.example/phone"
    assert Scan(desktop, "fr", "").destination(code) == "https://a.example/else"


def test_a_file_of_requests_holds_whole_requests(tmp_path: Path) -> None:
    codes = [Printed("/AAAAAA", ""), Printed("/BBBBBB", "")]
    requests = write_requests(tmp_path / "requests", codes).read_bytes().split(b"\r\n\r\n")
    assert requests.pop() == b""
    assert len(requests) == 200_000
    first = requests[0].decode().split("\r\n")
    assert first[0] in ("GET /AAAAAA HTTP/1.1", "GET /BBBBBB HTTP/1.1")
    assert {line.partition(":")[0] for line in first[1:]} == {
        "Host", "User-Agent", "Accept", "Accept-Language", "X-Forwarded-For",
    }  # fmt: skip
