"""The dashboard without a mouse: every step can be reached, the way is short, and one sees where one is."""

import re

import pytest
from playwright.sync_api import Page

from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# What a person would press at most before giving up.
PATIENCE = 40
FOCUSED = """() => {
    const focused = document.activeElement, style = getComputedStyle(focused);
    const label = focused.ariaLabel ?? focused.labels?.[0]?.textContent ?? focused.textContent;
    return {name: label.trim(), ring: style.outlineStyle !== "none" || style.boxShadow !== "none"};
}"""


def tab_to(page: Page, name: str) -> list[str]:
    """Press Tab until something of that name has the focus; returns what was passed, it included."""
    passed: list[str] = []
    for _ in range(PATIENCE):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["ring"], f"nobody sees that the focus is on {focused['name']!r}"
        passed.append(re.sub(r"\s+", " ", focused["name"]))
        if passed[-1].startswith(name):
            return passed
    raise AssertionError(f"{PATIENCE} times Tab do not lead to {name!r} but through {passed}")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def fill_in(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def test_from_login_to_a_new_link_and_back_to_it(page: Page, stack: Stack) -> None:
    email, password = stack.owner()
    page.goto("/accounts/login/")
    page.locator("h1").click()  # the caret's place; the login form takes the focus by itself
    fill_in(page, "Email", email)
    fill_in(page, "Password", password)
    press(page, "Log in")
    page.wait_for_url(re.compile(r"/w(/demo/overview)?$"))

    page.goto("/w/demo/links")
    press(page, "New link")
    page.wait_for_url("**/links/new")
    fill_in(page, "Destination", "https://example.com/keyboard")
    fill_in(page, "Title", "Made without a mouse")
    press(page, "Make the link")
    page.wait_for_url(re.compile(r"/links/\d+$"))
    detail = page.url

    press(page, "Skip to content")
    press(page, "Links")
    page.wait_for_url("**/w/demo/links")
    press(page, "Made without a mouse")
    page.wait_for_url(detail)


def test_the_form_of_a_new_link_is_passed_in_the_order_it_is_read(owners_page: Page) -> None:
    owners_page.goto("/w/demo/links/new")
    tab_to(owners_page, "Destination")
    passed = tab_to(owners_page, "Make the link")
    words = [name.removesuffix(" (optional)") for name in dict.fromkeys(passed)]
    assert words == ["Title", "Placement", "Alias", "Style", "Count only", "Campaign", "Tags", "Ends", "Make the link"]


def test_a_code_that_counts_only_is_added_without_a_mouse(owners_page: Page, places: dict[str, str]) -> None:
    owners_page.goto(f"/w/demo/links/{places['paused']}")
    owners_page.locator("#one-more").click()
    fill_in(owners_page, "Placement", "label without people")
    tab_to(owners_page, "Count only")
    owners_page.keyboard.press("Space")
    press(owners_page, "Add code")
    owners_page.get_by_role("row", name="label without people counts only").wait_for()


def test_the_skip_link_comes_first_and_leads_past_the_bar(owners_page: Page) -> None:
    owners_page.goto("/w/demo/links")
    assert tab_to(owners_page, "Skip to content") == ["Skip to content"]
    assert owners_page.locator(".skip-link").bounding_box()["y"] >= 0  # type: ignore[index]  # it is there
    owners_page.keyboard.press("Enter")
    assert tab_to(owners_page, "New link") == ["Batches", "New link"]


def test_links_are_ticked_and_put_into_a_campaign(owners_page: Page, places: dict[str, str]) -> None:
    owners_page.goto(f"/w/demo/links?campaign=none&to={places['spring']}")
    tab_to(owners_page, "Tick Nobody has scanned this")
    owners_page.keyboard.press("Space")
    tab_to(owners_page, "Put ticked links into")
    press(owners_page, "Apply")
    owners_page.get_by_text("1 link is now in the campaign “Spring menu”.").wait_for()
    assert owners_page.url.endswith(f"/w/demo/links?campaign=none&to={places['spring']}")

    owners_page.goto(f"/w/demo/campaigns/{places['spring']}")
    tab_to(owners_page, "Tick Nobody has scanned this")
    owners_page.keyboard.press("Space")
    press(owners_page, "Take ticked links out of the campaign")
    owners_page.get_by_text("1 link is now in no campaign.").wait_for()


def test_every_tag_of_a_link_is_suggested_while_it_is_typed(owners_page: Page, places: dict[str, str]) -> None:
    owners_page.goto("/w/demo/links/new")
    fill_in(owners_page, "Tags", "poster, sp")
    offered = owners_page.evaluate("[...document.getElementById('known-tags').options].map(each => each.value)")
    assert "poster, spring" in offered
    assert not [each for each in offered if each.startswith("poster, poster")]


def test_a_page_of_a_contact_is_used_without_a_mouse(page: Page, places: dict[str, str]) -> None:
    page.goto(f"/{places['contact_code']}")
    passed = tab_to(page, "https://shop.example/")
    assert passed[:3] == ["Save contact", "+44 20 7946 0018", "+49 30 1234567"]


def test_a_page_is_made_without_a_mouse(owners_page: Page) -> None:
    owners_page.goto("/w/demo/links/new")
    press(owners_page, "Wi-Fi")
    owners_page.wait_for_url("**/links/new/wifi")
    fill_in(owners_page, "Name of the network", "Guests")
    fill_in(owners_page, "Password", "espresso doppio")
    press(owners_page, "Make the page")
    owners_page.wait_for_url(re.compile(r"/links/\d+$"))
    owners_page.get_by_role("heading", name="Wi-Fi: Guests").wait_for()
