"""The view of a page of statistics: chosen by a click or by keys, held by the address bar, kept while scans come in."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_keyboard import tab_to
from tests.http import request
from tests.links.factories import IPHONE
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OVERVIEW = "/w/demo/overview"


@pytest.fixture
def overview(owners_page: Page, places: dict[str, str]) -> Page:
    owners_page.goto(OVERVIEW)
    owners_page.locator("#over-title").wait_for()
    return owners_page


def test_a_view_survives_reload_back_and_bookmark(overview: Page) -> None:
    overview.locator("#period-7d").click()
    overview.locator("#period-7d[aria-current]").wait_for()
    overview.locator("#tab-clients-os").click()
    expect(overview.locator("#card-clients-title")).to_contain_text("Systems")
    overview.locator("#bar-country-0").click()
    expect(overview.locator(".narrowed")).to_contain_text("Country: Germany")
    address = overview.url
    assert re.search(r"\?period=7d&filter=country%3ADE&clients=os$", address)

    overview.reload()
    expect(overview.locator(".narrowed")).to_contain_text("Country: Germany")
    expect(overview.locator("#card-clients-title")).to_contain_text("Systems")
    overview.go_back()
    expect(overview.locator(".narrowed")).to_have_count(0)
    expect(overview.locator("#card-clients-title")).to_contain_text("Systems")
    expect(overview.locator("canvas")).to_be_visible()
    overview.go_back()
    expect(overview.locator("#card-clients-title")).to_contain_text("Devices")
    overview.goto(address)
    expect(overview.locator("#card-clients-body")).to_contain_text("Counted from raw scans", timeout=15_000)


def test_a_choice_does_not_make_the_page_jump(overview: Page) -> None:
    tab = overview.locator("#tab-sources-referrer")
    tab.scroll_into_view_if_needed()
    before = overview.evaluate("scrollY")
    tab.click()
    expect(overview.locator("#card-sources-title")).to_contain_text("Referrers")
    assert overview.evaluate("scrollY") == before
    assert overview.evaluate("document.activeElement.id") == "tab-sources-referrer"


def test_numbers_and_countries_speak_to_the_keyboard(overview: Page) -> None:
    overview.locator("#compare").focus()
    overview.keyboard.press("Tab")
    expect(overview.locator("#figure-scans")).to_be_focused()
    expect(overview.locator("#figure-scans-why")).to_be_visible()
    overview.keyboard.press("Escape")
    expect(overview.locator("#figure-scans-why")).to_be_hidden()
    overview.locator("#on-map-DE").focus()
    expect(overview.locator(".world-figure [data-says]")).to_contain_text(re.compile(r"Germany: \d+ scans by people"))
    overview.keyboard.press("Enter")
    expect(overview.locator(".narrowed")).to_contain_text("Country: Germany")


def test_arrow_keys_walk_the_hours_and_tab_leaves_them(overview: Page) -> None:
    overview.locator("[role=gridcell][tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
        overview.keyboard.press(key)
    expect(overview.locator("#hours [data-says]")).to_contain_text("Tuesday 01:00 to 02:00")
    assert tab_to(overview, "The hours as a table") == ["The hours as a table"]


def test_a_phone_finds_the_explanation_at_the_bottom_of_its_screen(overview: Page) -> None:
    overview.set_viewport_size({"width": 390, "height": 844})
    overview.locator("#figure-visitors").focus()
    box = overview.locator("#figure-visitors-why").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert 600 < box["y"] < 844


def test_a_scan_comes_in_without_closing_what_is_open(overview: Page, stack: Stack, places: dict[str, str]) -> None:
    overview.get_by_text("The numbers as a table").click()
    overview.locator("#bar-country-0").focus()
    shown = int(overview.locator("#figure-scans").inner_text().replace(",", ""))
    assert request(f"{stack.base_url}/{places['busy_code']}", **{"User-Agent": IPHONE}).status == 302
    expect(overview.locator("#figure-scans")).to_have_text(f"{shown + 1:,}", timeout=10_000)
    expect(overview.locator("#recent")).to_contain_text("Summer menu")
    expect(overview.locator("#over-time-table")).to_be_visible()
    expect(overview.locator("#bar-country-0")).to_be_focused()
