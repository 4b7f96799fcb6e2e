"""What is drawn is read back exactly: a PNG by a scanner, an SVG module for module."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from links import codes
from links.qr import raster, svg
from links.qr.matrix import Symbol
from links.qr.segments import in_capitals
from links.qr.shapes import compose
from tests.links.qr.pictures import modules_of_svg, scanned

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?", fullmatch=True)
hosts = st.lists(labels, min_size=1, max_size=4).map(".".join) | st.sampled_from(
    ["127.0.0.1", "[2001:db8::1]", "a_b.example"]
)
ports = st.just("") | st.integers(1, 65535).map(":{}".format)
paths = st.text(codes.ALPHABET, min_size=6, max_size=12)
urls = st.builds("{}://{}{}/{}".format, st.sampled_from(["http", "https"]), hosts, ports, paths)


@settings(deadline=None)
@given(urls, st.booleans())
def test_every_picture_reads_back_exactly(url: str, capitals: bool) -> None:
    text = in_capitals(url) if capitals else url
    symbol = Symbol.of(text)
    art = compose(symbol)
    read = scanned(raster.png(raster.draw(art, scale=3)))
    assert read.text == text
    assert read.ec_level == symbol.level
    assert modules_of_svg(svg.draw(art, width=99)) == symbol.modules()


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "B-", "1", "0123456789", "/", "€"]), min_size=1, max_size=30).map("".join))
def test_segments_of_all_modes_read_back_exactly(text: str) -> None:
    read = scanned(raster.png(raster.draw(compose(Symbol.of(text)), scale=3)))
    assert read.bytes.decode() == text


@pytest.mark.parametrize("scale", [1, 2, 10, 64])
def test_a_module_is_a_square_of_whole_pixels(scale: int) -> None:
    symbol = Symbol.of("https://Q.EXAMPLE.COM/ABC123")
    modules = symbol.modules()
    image = Image.open(BytesIO(raster.png(raster.draw(compose(symbol), scale=scale))))
    assert image.mode == "1"
    assert image.size == (len(modules) * scale, len(modules) * scale)
    assert image.info["dpi"] == pytest.approx((300, 300), abs=1)
    for y, row in enumerate(modules):
        for x, is_dark in enumerate(row):
            square = image.crop((x * scale, y * scale, (x + 1) * scale, (y + 1) * scale))
            assert square.getextrema() == ((0, 0) if is_dark else (255, 255))


def test_the_quiet_zone_is_measured_in_pixels() -> None:
    image = raster.draw(compose(Symbol.of("https://Q.EXAMPLE.COM/ABC123")), scale=10).convert("L")
    dark = image.point(lambda value: 255 - value).getbbox()
    assert dark == (40, 40, image.width - 40, image.height - 40)


def test_the_svg_is_one_valid_file_with_a_white_ground() -> None:
    art = compose(Symbol.of("https://Q.EXAMPLE.COM/ABC123"))
    root = ElementTree.fromstring(svg.draw(art, width=330))  # noqa: S314 our own file
    assert root.attrib["viewBox"] == "0 0 33 33"
    assert (root.attrib["width"], root.attrib["height"]) == ("330", "330")
    title, ground, modules = list(root)
    assert title.text == "https://Q.EXAMPLE.COM/ABC123"
    assert (ground.attrib["fill"], ground.attrib["d"]) == ("#ffffff", "M0 0h33v33h-33z")
    assert ground.attrib["shape-rendering"] == modules.attrib["shape-rendering"] == "crispEdges"


@pytest.mark.parametrize(("unit", "shown"), [("mm", "40.5mm"), ("in", "40.5in"), ("", "40.5")])
def test_an_svg_is_as_wide_as_it_is_printed(unit: svg.Unit, shown: str) -> None:
    root = ElementTree.fromstring(svg.draw(compose(Symbol.of("A")), width=40.5, unit=unit))  # noqa: S314 our own file
    assert (root.attrib["width"], root.attrib["height"]) == (shown, shown)


def test_the_title_is_escaped() -> None:
    drawn = svg.draw(compose(Symbol.of("<script>&amp;")), width=10)
    root = ElementTree.fromstring(drawn)  # noqa: S314 our own file
    assert root[0].text == "<script>&amp;"
    assert len(list(root)) == 3


def test_the_title_keeps_to_what_xml_may_hold() -> None:
    drawn = svg.draw(compose(Symbol.of("a\x00b\x1dc\tü😀\uffff")), width=10)
    root = ElementTree.fromstring(drawn)  # noqa: S314 our own file
    assert root[0].text == "a\ufffdb\ufffdc\tü😀\ufffd"
