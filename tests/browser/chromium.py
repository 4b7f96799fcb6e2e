"""Headless Chromium for journeys and page tests, talking to loopback only."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from tests.machine import chromium, missing

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A busy machine is no error of a page.
expect.set_options(timeout=20_000)


@contextmanager
def running_chromium(*more: str) -> Iterator[Browser]:
    """A browser; `more` are further arguments of the program."""
    program = chromium()
    if program is None:
        missing("browser", "there is no Chromium; apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            browser.close()
