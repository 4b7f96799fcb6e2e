"""One stack, one Chromium and one login for all page tests: they stand next to each other in every run."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.browser.chromium import running_chromium
from tests.browser.owner import log_in
from tests.stack import Stack, running_stack


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def stack(browser: Browser) -> Iterator[Stack]:
    """A started product; not without a browser to look at it."""
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="package")
def session(stack: Stack, browser: Browser) -> StorageState:
    """The cookies of the owner, who has one workspace and so lands in it."""
    page = browser.new_page()
    log_in(page, stack)
    cookies = page.context.storage_state()
    page.context.close()
    return cookies


@pytest.fixture(scope="package")
def places(stack: Stack, session: StorageState) -> dict[str, str]:
    """Where everything is that the scene made, after the login that expects one workspace."""
    printed = stack.manage("shell", "-v0", "-c", "from tests.browser.scene import set_up; set_up()")
    places: dict[str, str] = json.loads(printed.splitlines()[-1])
    return places


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A browser that nobody is logged in with."""
    context = browser.new_context(base_url=stack.base_url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def owners_page(browser: Browser, stack: Stack, session: StorageState) -> Iterator[Page]:
    context = browser.new_context(base_url=stack.base_url, storage_state=session, reduced_motion="reduce")
    yield context.new_page()
    context.close()
