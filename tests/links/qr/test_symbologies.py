"""Symbols other than QR codes: drawn with their quiet zone, read back, refused where they hold too little."""

from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from links.qr import raster, symbologies
from links.qr.payloads.fields import FieldRefused
from links.qr.symbologies import SYMBOLOGIES, Symbology

NAMES = {
    "micro_qr": "Micro QR Code",
    "rmqr": "rMQR Code",
    "data_matrix": "Data Matrix",
    "aztec": "Aztec",
    "pdf417": "PDF417",
}
short = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=12)


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
@given(text=short)
def test_what_is_drawn_is_read(symbology: Symbology, text: str) -> None:
    art = symbologies.compose(text, symbology)
    image = Image.open(BytesIO(raster.png(raster.draw(art, scale=4))))
    assert image.size == (art.width * 4, art.height * 4)
    (found,) = zxingcpp.read_barcodes(image.convert("L"), try_invert=False, text_mode=zxingcpp.TextMode.Plain)
    assert (found.text, str(found.format)) == (text, NAMES[symbology])


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
def test_a_quiet_zone_is_inside(symbology: Symbology) -> None:
    picture = raster.draw(symbologies.compose("LABEL-1", symbology), scale=1).convert("L")
    border = [picture.getpixel((x, y)) for x in (0, picture.width - 1) for y in range(picture.height)]
    border += [picture.getpixel((x, y)) for y in (0, picture.height - 1) for x in range(picture.width)]
    assert set(border) == {255}


@pytest.mark.parametrize("symbology", SYMBOLOGIES)
@pytest.mark.parametrize("text", ["", "x" * 5000])
def test_what_it_cannot_hold_is_refused(symbology: Symbology, text: str) -> None:
    with pytest.raises(FieldRefused, match="another symbology"):
        symbologies.compose(text, symbology)


def test_a_text_that_is_read_differently_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    encode = zxingcpp.create_barcode
    monkeypatch.setattr(zxingcpp, "create_barcode", lambda text, kind: encode(text + "?", kind))
    with pytest.raises(FieldRefused, match="special characters"):
        symbologies.compose("LABEL-1", "data_matrix")
