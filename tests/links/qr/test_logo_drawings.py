"""Honest SVG files, as drawing programs write them, are drawn as they look."""

import pytest

from links.qr import logos
from links.qr.payloads.fields import FieldRefused
from tests.links.qr.test_logos import BLUE, GREEN, RED, is_flag, kept, near

pytestmark = pytest.mark.usefixtures("patience")

FLAG = (
    '<rect width="90" height="60" fill="#c80000"/><rect x="45" width="45" height="60" fill="#0000c8"/>'
    '<rect y="40" width="90" height="20" fill="#00a000"/>'
)


def svg(inside: str, attributes: str = 'viewBox="0 0 90 60"') -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f"{attributes}>{inside}</svg>"
    ).encode()


@pytest.mark.parametrize(
    "attributes",
    [
        'viewBox="0 0 90 60"',
        'viewBox="0,0,90,60" width="100%" height="100%"',
        'width="90" height="60"',
        'width="90px" height="60.0px"',
        'viewBox="0 0 90 60" width="9" height="6" preserveAspectRatio="none"',
    ],
)
def test_a_drawing_is_as_large_as_a_logo_may_be(attributes: str) -> None:
    image = kept(svg(FLAG, attributes))
    assert image.size == (512, 342)  # resvg rounds up
    assert is_flag(image, 0)


def test_what_drawing_programs_add_is_left_out() -> None:
    inkscape = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?><!-- Created with Inkscape -->'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:svg="http://www.w3.org/2000/svg" viewBox="0 0 90 60" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:version="1.2" '
        'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xml:space="preserve">'
        '<sodipodi:namedview pagecolor="#fff"><inkscape:grid type="xygrid"/></sodipodi:namedview>'
        "<title>Flag</title><metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></metadata>"
        f'<svg:g inkscape:label="Layer 1" sodipodi:insensitive="true">{FLAG}</svg:g></svg>'
    )
    assert is_flag(kept(inkscape.encode()), 0)


def test_a_document_type_without_declarations_is_harmless() -> None:
    declared = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert is_flag(kept(b"\xef\xbb\xbf" + declared + svg(FLAG)), 0)


def test_sheets_gradients_clips_and_uses_are_drawn() -> None:
    image = kept(
        svg(
            "<defs><style>/* colours */ .st0{fill:url(#g);} .st1 { fill : #00A000 }</style>"
            '<linearGradient id="a"><stop offset=".5" stop-color="#c80000"/><stop offset=".5" stop-color="#0000c8"/>'
            '</linearGradient><linearGradient id="g" xlink:href="#a"/>'
            '<clipPath id="c"><rect width="90" height="60"/></clipPath>'
            '<symbol id="s"><rect class="st1" width="90" height="20"/></symbol></defs>'
            '<g clip-path="url(#c)" style="opacity:1">'
            '<rect class="st0" width="900" height="600" transform="scale(.1)"/></g><use xlink:href="#s" y="40"/>'
        )
    )
    assert is_flag(image, 2)


def test_what_is_not_drawn_stays_transparent() -> None:
    image = kept(svg('<circle cx="45" cy="30" r="20" fill="#00a000"/>'))
    assert near(image, 0.5, 0.5, GREEN, 0)
    assert image.getpixel((5, 5)) == (0, 0, 0, 0)


def test_other_encodings_are_read() -> None:
    text = svg(FLAG + "<desc>Ä</desc>").decode()
    for encoding in ("utf-16", "utf-8", "iso-8859-1"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>{text}'
        assert is_flag(kept(declared.encode(encoding)), 0)


@pytest.mark.parametrize(
    ("inside", "advice"),
    [
        ("<text>Logo</text>", "outlines"),
        ('<image href="data:image/png;base64,AAAA"/>', "upload such a picture itself"),
        ("<script/>", "scripts"),
        ('<g onclick="x()"/>', "onclick"),
        ('<filter id="f"/>', "Flatten its effects"),
        ('<use href="other.svg#a"/>', "outside the file"),
        ("<pattern/>", "<pattern>"),
        ("<g>" * 40 + "</g>" * 40, "32 deep"),
    ],
)
def test_advice_says_what_to_change(inside: str, advice: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        logos.kept(svg(FLAG + inside))
    assert refused.value.field == "logo"
    assert advice in refused.value.advice


def test_colours_are_those_of_the_file() -> None:
    assert near(kept(svg(FLAG)), 0.2, 0.3, RED, 0)
    assert near(kept(svg(FLAG)), 0.8, 0.3, BLUE, 0)
