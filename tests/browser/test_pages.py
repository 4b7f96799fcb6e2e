"""Every page, light and dark: readable for everybody, no word in the console, no wider than a phone."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, ViewportSize

from tests.browser.pages import PAGES, Shown
from tests.stack import BASE_DIR, Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXE = BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
# A phone, a tablet and a small laptop.
WIDTHS = (390, 768, 1024)
Theme = Literal["light", "dark"]
# Each layout is examined in one theme: contrast hangs on the theme, order and size on the layout.
LOOKS: tuple[tuple[Theme, ViewportSize], ...] = (("light", DESKTOP), ("dark", PHONE))


@pytest.fixture(scope="module")
def axe() -> str:
    assert AXE.is_file(), "axe-core is missing; make setup installs it"
    return AXE.read_text()


@pytest.fixture
def complaints(window: Page, shown: Shown) -> list[str]:
    """What the console says, filling up while a page is used. CSP violations are among it."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        is_the_page_itself = shown.status >= 400 and message.location["url"] == window.url
        if message.type in ("error", "warning") and not is_the_page_itself:
            said.append(f"{message.type}: {message.text} ({message.location['url']})")

    window.on("console", listen)
    window.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    return said


@pytest.fixture
def window(
    browser: Browser, stack: Stack, session: StorageState, places: dict[str, str], shown: Shown
) -> Iterator[Page]:
    """A browser for one page; colours change at once, without a fading that could be measured half-way."""
    cookies = None if shown.is_public else session
    context = browser.new_context(base_url=stack.base_url, storage_state=cookies, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_a_page_is_sound(window: Page, shown: Shown, places: dict[str, str], complaints: list[str], axe: str) -> None:
    window.set_viewport_size(DESKTOP)
    answer = window.goto(shown.path.format(**places))
    assert answer is not None
    assert answer.status == shown.status
    window.locator(shown.ready).first.wait_for()
    shown.act(window)
    for theme, size in LOOKS:
        window.set_viewport_size(size)
        window.emulate_media(color_scheme=theme)
        if not shown.not_ours:
            assert violations(window, axe) == [], theme
    for width in WIDTHS:
        window.set_viewport_size(ViewportSize(width=width, height=800))
        assert too_wide(window) == [], width
    assert complaints == []


@pytest.mark.parametrize("shown", PAGES[:1], ids=lambda shown: shown.name)
def test_an_unsound_page_is_found_out(window: Page, shown: Shown, complaints: list[str], axe: str) -> None:
    window.goto(shown.path)
    window.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input><p>' + 'x'.repeat(999))")
    assert [text for text in violations(window, axe) if text.startswith("label:")]
    window.set_viewport_size(PHONE)
    assert too_wide(window)
    assert complaints == []
    window.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    assert "Content Security Policy" in complaints[0]


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds on a page with everything unfolded: rule, element and what to change."""
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """How wide a page is that scrolls sideways, and which boxes reach out; empty when it does not."""
    found: list[str] = page.evaluate(
        """() => {
            const {clientWidth, scrollWidth} = document.documentElement;
            if (scrollWidth <= clientWidth) return [];
            const reachesOut = (element) => element.getBoundingClientRect().right > clientWidth;
            const wide = [...document.querySelectorAll("body *")].filter(reachesOut);
            return [`${scrollWidth} px`, ...wide.slice(0, 10).map((element) => element.outerHTML.slice(0, 120))];
        }"""
    )
    return found
