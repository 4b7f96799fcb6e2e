"""The product's main sentence, on the real stack: a link, its printed picture, a phone, a counted scan."""

import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import running_chromium
from tests.browser.owner import log_in
from tests.http import Answer, Api, request
from tests.links.factories import IPHONE
from tests.services import new_database
from tests.stack import Stack, running_stack

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

WHATSAPP = "WhatsApp/2.24.17.79 A"
# Patience, not a claim: tests/faults and the benchmarks say how soon an edit is live and a scan is counted.
PATIENCE_SECONDS = 45.0


@pytest.fixture(scope="module", params=["sqlite and the redis it brings", "postgresql and a real redis"])
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    extra = {}
    if request.param.startswith("postgresql"):
        extra["DATABASE_URL"] = new_database(request.getfixturevalue("postgresql_url"))
        extra["REDIS_URL"] = request.getfixturevalue("real_redis_url")
    with running_stack(**extra) as stack:
        yield stack


@pytest.fixture(scope="module")
def api(stack: Stack) -> Api:
    return Api(stack.base_url, stack.api_key())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def page(browser: Browser, stack: Stack) -> Page:
    """The owner's browser, logged in with what the console printed."""
    page = browser.new_page()
    log_in(page, stack)
    return page


def scan(url: str, **headers: str) -> Answer:
    """Follow a code as an iPhone's camera does: no Referer, no cookies."""
    return request(url, **{"User-Agent": IPHONE, "Accept-Language": "de-DE", **headers})


def eventually(read: Callable[[], Any], wanted: Any, seconds: float = PATIENCE_SECONDS) -> None:
    """Assert that a reading comes to be as wanted."""
    deadline = time.monotonic() + seconds
    while (found := read()) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found == wanted


def drawn_by_chromium(page: Page, svg: bytes) -> Image.Image:
    page.set_content(f'<body style="margin:0">{svg.decode()}</body>')
    return Image.open(io.BytesIO(page.locator("svg").screenshot()))


def decoded(image: Image.Image) -> str:
    """What an independent decoder reads, inverted reading off."""
    (found,) = zxingcpp.read_barcodes(image.convert("L"), try_invert=False)
    return found.text


def test_from_a_link_to_a_counted_scan(stack: Stack, api: Api, page: Page, browser: Browser) -> None:
    created = api("POST", "links", {"destination": "https://example.com/menu", "title": "Menu", "placement": "door"})
    assert created.status == 201, created.body
    link = created.json()
    (code,) = link["codes"]
    assert (link["state"], code["kind"], code["placement"]) == ("active", "qr", "door")

    png = api("GET", f"codes/{code['id']}/image.png")
    svg = api("GET", f"codes/{code['id']}/image.svg")
    assert (png.headers["content-type"], svg.headers["content-type"]) == ("image/png", "image/svg+xml")
    printed = decoded(Image.open(io.BytesIO(png.body)))
    assert decoded(drawn_by_chromium(browser.new_page(), svg.body)) == printed
    assert printed.lower() == code["url"].lower()

    def totals() -> dict[str, int]:
        totals: dict[str, int] = api("GET", f"links/{link['id']}/stats").json()["totals"]
        return totals

    page.goto(f"{stack.base_url}/w/demo/links/{link['id']}")
    answer = scan(printed)
    assert (answer.status, answer.headers["location"]) == (302, "https://example.com/menu")
    eventually(lambda: totals()["human"], 1)
    assert totals()["unique_visitors"] == 1
    expect(page.locator("#scan-human")).to_have_text("1", timeout=PATIENCE_SECONDS * 1000)

    assert request(printed, "HEAD", **{"User-Agent": IPHONE}).status == 302
    assert scan(printed, **{"User-Agent": WHATSAPP}).status == 302
    assert scan(printed, **{"Sec-Purpose": "prefetch;prerender"}).status == 302
    eventually(lambda: [totals()[name] for name in ("head", "preview", "prefetch", "human")], [1, 1, 1, 1])

    changed = api("PATCH", f"links/{link['id']}", {"destination": "https://example.com/lunch"})
    assert changed.status == 200, changed.body
    scans = 1

    def destinations() -> set[str]:
        nonlocal scans
        scans += 30  # enough connections that each worker answers some
        return {scan(printed).headers["location"] for _ in range(30)}

    eventually(destinations, {"https://example.com/lunch"})
    eventually(lambda: totals()["human"], scans)


def test_pausing_resuming_and_deleting_reach_every_worker(api: Api) -> None:
    link = api("POST", "links", {"destination": "https://example.com/paused"}).json()
    address = link["codes"][0]["url"]
    for change, status in [({"state": "paused"}, 410), ({"state": "active"}, 302)]:
        eventually(lambda: scan(address).status in (302, 410), True)  # 503 where a busy machine looks it up too late
        assert api("PATCH", f"links/{link['id']}", change).status == 200
        eventually(lambda: {scan(address).status for _ in range(20)}, {status})
    assert api("DELETE", f"links/{link['id']}").status == 204
    eventually(lambda: {scan(address).status for _ in range(20)}, {410})
    assert scan(f"{address}+").status == 410


def test_a_page_of_its_own_is_shown_counted_and_edited(api: Api) -> None:
    link = api("POST", "links", {"hosted": {"kind": "vcard", "given_name": "Ada"}}).json()
    address = link["codes"][0]["url"]
    shown = scan(address)
    assert (shown.status, b"Save contact" in shown.body) == (200, True)
    saved = scan(f"{address}/contact.vcf")
    assert saved.headers["content-type"] == "text/vcard; charset=utf-8"
    assert b"FN:Ada\r\n" in saved.body
    eventually(lambda: api("GET", f"links/{link['id']}/stats").json()["totals"]["human"], 1)
    outcomes = api("GET", f"stats?scope=link&id={link['id']}&breakdown=outcome").json()["breakdown"]["rows"]
    assert [(row["value"], row["scans"]) for row in outcomes] == [("shown", 1)]
    assert api("PATCH", f"links/{link['id']}", {"hosted": {"kind": "vcard", "given_name": "Augusta"}}).status == 200
    eventually(lambda: {b"Augusta" in scan(address).body for _ in range(20)}, {True})
    eventually(lambda: {b"FN:Augusta" in scan(f"{address}/contact.vcf").body for _ in range(20)}, {True})


def test_a_destination_on_the_block_list_gets_a_warning_page(stack: Stack, api: Api) -> None:
    (stack.data_dir / "blocklist.txt").write_text("phishing.example\n")
    link = api("POST", "links", {"destination": "https://www.phishing.example/login"}).json()

    def verdict() -> str:
        state: str = api("GET", f"links/{link['id']}").json()["verdict"]["state"]
        return state

    eventually(verdict, "malicious")
    eventually(lambda: {scan(link["codes"][0]["url"]).status for _ in range(20)}, {200})
    for _ in range(20):
        answer = scan(link["codes"][0]["url"])
        assert answer.status == 200
        assert b"not safe" in answer.body
        assert "location" not in answer.headers


def test_an_unknown_code_a_short_page_and_health(stack: Stack) -> None:
    assert scan(f"{stack.base_url}/NOPE99").status == 404
    assert b"printed QR codes" in scan(stack.base_url).body
    assert scan(f"{stack.base_url}/robots.txt").status == 200
    assert scan(f"{stack.base_url}/favicon.ico").headers["content-type"] == "image/svg+xml"
    eventually(lambda: request(f"{stack.base_url}/readyz").json()["parts"]["counting"], "ok")
    stages = request(f"{stack.base_url}/readyz").json()["stages"]
    assert stages["journalled"] > 0
    assert stages["lost"] == 0
