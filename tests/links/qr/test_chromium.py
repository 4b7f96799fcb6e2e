"""A browser, which shares nothing with us, shows the SVG as we draw the pixels, and a decoder reads what it shows."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from links.qr import raster, svg
from links.qr.art import Art
from links.qr.matrix import Symbol
from links.qr.presets import PRESETS
from links.qr.shapes import compose
from links.qr.styles import Gradient, Logo, Style
from tests.browser.chromium import running_chromium
from tests.links.qr.pictures import logo_png, scanned

pytestmark = pytest.mark.browser

TEXT = "https://Q.EXAMPLE.COM/ABC123"
SYMBOL = Symbol.of(TEXT, at_least="Q")
STOPS = ((0, "#4a148c"), (0.3, "#b71c1c"), (1, "#0d47a1"))
STYLES = PRESETS | {
    "crisp radial": Style(foreground=Gradient("radial", STOPS)),
    "round logo": Style(modules="dots", eye_frame="leaf", logo=Logo(logo_png(40, 30), 0.2, 1, "circle")),
    "light gradient": Style(background=Gradient("linear", ((0, "#ffffff"), (1, "#e0f7fa")), 30)),
}
ALL_SHARP = ("Plain", "crisp radial", "light gradient")
SCALE = 6


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with running_chromium() as browser:
        yield browser.new_page(viewport={"width": 400, "height": 400})


def shown(page: Page, art: Art) -> Image.Image:
    data = b64encode(svg.draw(art, width=art.width * SCALE)).decode()
    page.set_content(f'<body style="margin:0"><img style="display:block" src="data:image/svg+xml;base64,{data}">')
    return Image.open(BytesIO(page.locator("img").screenshot())).convert("RGB")


@pytest.mark.parametrize("name", STYLES)
def test_the_browser_shows_what_we_draw(page: Page, name: str) -> None:
    """Edges are blended in two ways, a quarter apart at most; where all edges are sharp, only gradients are rounded."""
    art = compose(SYMBOL, STYLES[name])
    seen, drawn = shown(page, art), raster.draw(art, scale=SCALE).convert("RGB")
    assert seen.size == drawn.size
    difference = ImageChops.difference(seen, drawn).convert("L")
    assert not any(difference.histogram()[2 if name in ALL_SHARP else 65 :])
    file = BytesIO()
    seen.save(file, "PNG")
    assert scanned(file.getvalue()).text == TEXT


def test_two_gradients_in_one_page_stay_apart(page: Page) -> None:
    """Names of definitions come from what they say, so that pictures inside one page keep their own colours."""
    red, blue = (
        svg.draw(compose(SYMBOL, Style(foreground=Gradient("linear", ((0, color), (1, color))))), width=200).decode()
        for color in ("#ff0000", "#0000ff")
    )
    page.set_content(f'<body style="margin:0;font-size:0">{red}{blue}')
    image = Image.open(BytesIO(page.screenshot())).convert("RGB")
    first = 200 * 4.5 / (SYMBOL.size + 8)
    assert image.getpixel((int(first), int(first))) == (255, 0, 0)
    assert image.getpixel((int(200 + first), int(first))) == (0, 0, 255)
