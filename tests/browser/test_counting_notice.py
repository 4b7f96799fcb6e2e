"""While counting is behind, an open page says so by itself, readable for everybody, and stops when it is over."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Page, expect

from tests.browser.test_pages import AXE, LOOKS, too_wide, violations
from tests.faults.scanning import wait_until_counted
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

STREAM = "qrplatform:scans"
# A page asks every ten seconds, and a process looks every five.
SOON = 20_000


@pytest.fixture
def late_counting(stack: Stack) -> Iterator[redis.Redis]:
    """The ingest worker frozen, with something in the stream since three minutes and a bit."""
    wait_until_counted(stack, 30)
    ingest = stack.pid("ingest")
    with redis.Redis(unix_socket_path=str(stack.data_dir / "redis" / "redis.sock")) as client:
        os.kill(ingest, signal.SIGSTOP)
        try:
            client.delete(STREAM)  # it is empty, and remembers newer ids
            client.xadd(STREAM, {"segment": "none", "records": b""}, id=f"{int((time.time() - 200) * 1000)}-0")
            yield client
        finally:
            os.kill(ingest, signal.SIGCONT)


def test_an_open_page_says_that_counting_is_behind(
    owners_page: Page, places: dict[str, str], late_counting: redis.Redis
) -> None:
    owners_page.goto(f"/w/demo/links/{places['live']}")
    notice = owners_page.get_by_role("status").filter(has_text="Every scan is kept and will be counted.")
    expect(notice).to_contain_text("Counting is 3 minutes behind.", timeout=SOON)
    expect(owners_page.locator("#scan-behind")).to_contain_text("counting is 3 minutes behind", timeout=SOON)
    axe = AXE.read_text()
    for theme, size in LOOKS:
        owners_page.emulate_media(color_scheme=theme)
        owners_page.set_viewport_size(size)
        assert violations(owners_page, axe) == [], theme
        assert too_wide(owners_page) == [], theme
    late_counting.delete(STREAM)
    expect(notice).to_have_count(0, timeout=SOON)
    expect(owners_page.locator("#scan-behind")).to_have_count(0, timeout=SOON)
