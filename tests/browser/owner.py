"""The owner's browser: logged in with what the console of a first run printed."""

from playwright.sync_api import Page

from tests.stack import Stack


def log_in(page: Page, stack: Stack, site: str = "") -> None:
    """Fill in the login form, at another address where `site` names one, and wait for the demo workspace's overview."""
    email, password = stack.owner()
    page.goto(f"{site or stack.base_url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/w/demo/overview")


def fill_month(stack: Stack, share: float = 1.0) -> int:
    """A month of scans in the demo workspace; returns the id of its busiest link."""
    return int(
        stack.manage("shell", "-v0", "-c", f"from tests.browser.busy_month import fill; print(fill({share}).pk)")
    )
