"""`make screenshots`: starts the product with a month of scans and writes what README shows to docs/screenshots/."""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, StorageState, ViewportSize

from tests.browser.chromium import running_chromium
from tests.browser.owner import fill_month, log_in
from tests.machine import chromium
from tests.stack import BASE_DIR, running_stack

FOLDER = BASE_DIR / "docs" / "screenshots"
# Addresses in the pictures look as they would in print; Chromium is told that this host is the started stack.
HOST = "qr.cafe.example"
SITE = f"http://{HOST}"
COLOURS = 160


@dataclass(frozen=True)
class Shot:
    """One page in one window; `top` is what a phone has been scrolled to, `whole` means down to its end."""

    name: str
    path: str
    window: ViewportSize
    top: str = ""
    whole: bool = False


SHOTS = (
    Shot("overview", "overview", ViewportSize(width=1200, height=1500), whole=True),
    Shot("overview-phone", "overview", ViewportSize(width=390, height=844)),
    Shot("overview-phone-places", "overview", ViewportSize(width=390, height=844), top="#card-places"),
    Shot("statistics", "links/{link}/statistics", ViewportSize(width=1200, height=1500), whole=True),
    Shot("statistics-phone", "links/{link}/statistics", ViewportSize(width=390, height=844), top="#card-hours"),
    Shot("links", "links", ViewportSize(width=1200, height=925)),
    Shot("link", "links/{link}", ViewportSize(width=1200, height=1130)),
    Shot("studio", "styles/new?preset=Dusk", ViewportSize(width=1200, height=960)),
    Shot("links-phone", "links", ViewportSize(width=390, height=844)),
    Shot("link-phone", "links/{link}", ViewportSize(width=390, height=844), top="#scan-panel"),
)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def pictures(browser: Browser, link: int, session: StorageState) -> Iterator[tuple[str, bytes]]:
    """Each file's name and its PNG."""
    for shot in SHOTS:
        for theme in THEMES:
            context = browser.new_context(
                viewport=shot.window,
                device_scale_factor=2,
                color_scheme=theme,
                reduced_motion="reduce",
                storage_state=session,
            )
            page = context.new_page()
            show(page, shot, link)
            yield f"{shot.name}{'-dark' * (theme == 'dark')}.png", page.screenshot(full_page=shot.whole)
            context.close()


def show(page: Page, shot: Shot, link: int) -> None:
    page.goto(f"{SITE}/w/demo/{shot.path.format(link=link)}")
    if shot.path.startswith("styles"):
        page.locator("#preview img").first.wait_for()
    elif shot.path != "links":
        page.locator("canvas").wait_for()
    page.wait_for_load_state("networkidle")
    if shot.top:
        page.locator(shot.top).evaluate("part => scrollTo(0, part.getBoundingClientRect().top - 16)")


def small(png: bytes) -> bytes:
    """The same picture in a palette: a third of the size, and no eye sees it."""
    reduced = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    reduced.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    if chromium() is None:
        print("This needs Chromium. On Debian and Ubuntu: apt install chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        running_stack(PUBLIC_URL=SITE) as stack,
        running_chromium(f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{stack.port}") as browser,
    ):
        link = fill_month(stack)
        page = browser.new_page()
        log_in(page, stack, SITE)
        for name, png in pictures(browser, link, page.context.storage_state()):
            written = (FOLDER / name).write_bytes(small(png))
            print(f"docs/screenshots/{name}: {written // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
