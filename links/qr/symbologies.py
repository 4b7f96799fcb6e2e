"""Symbols other than QR codes, for static texts on small or long labels. zxing-cpp encodes them, and reads them back.

iQR is proprietary and has no public encoder; rMQR (ISO/IEC 23941) is the open rectangular code for the same uses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import zxingcpp

from links.qr.art import Art, Color, Fill, Solid
from links.qr.module_shapes import drawn
from links.qr.payloads.fields import FieldRefused

Symbology = Literal["micro_qr", "rmqr", "data_matrix", "aztec", "pdf417"]

_SCALE = 4  # pixels a module, at which a symbol is read back


@dataclass(frozen=True)
class _Kind:
    """What zxing-cpp calls it, and its quiet zone in modules, on every side."""

    name: str
    format: zxingcpp.BarcodeFormat
    quiet_zone: int


_KINDS: Mapping[Symbology, _Kind] = {
    "micro_qr": _Kind("Micro QR code", zxingcpp.BarcodeFormat.MicroQRCode, 2),  # ISO/IEC 18004, 6.3.8
    "rmqr": _Kind("rMQR code", zxingcpp.BarcodeFormat.RMQRCode, 2),  # ISO/IEC 23941
    "data_matrix": _Kind("Data Matrix", zxingcpp.BarcodeFormat.DataMatrix, 1),  # ISO/IEC 16022
    # ISO/IEC 24778 asks for none; whatever is printed beside it is better kept away.
    "aztec": _Kind("Aztec code", zxingcpp.BarcodeFormat.Aztec, 1),
    "pdf417": _Kind("PDF417", zxingcpp.BarcodeFormat.PDF417, 2),  # ISO/IEC 15438
}
SYMBOLOGIES: tuple[Symbology, ...] = tuple(_KINDS)


def compose(text: str, symbology: Symbology, *, color: Color = "#000000", background: Color = "#ffffff") -> Art:
    """The picture with its quiet zone; raises FieldRefused for `text` where the symbology cannot hold it."""
    kind = _KINDS[symbology]
    cells = _cells(text, kind)
    if _read(cells, kind) != text:
        raise FieldRefused("text", f"Leave out special characters: a decoder reads another text from this {kind.name}.")
    height, width = (side + 2 * kind.quiet_zone for side in cells.shape)
    rows = ["".join("1" if is_dark else "0" for is_dark in row) for row in cells]
    path = drawn("square", rows, kind.quiet_zone, kind.quiet_zone, 1)
    ground = Fill(f"M0 0h{width}v{height}h-{width}z", Solid(background), is_crisp=True)
    return Art(width, height, (ground, Fill(path, Solid(color), is_crisp=True)), text)


def _cells(text: str, kind: _Kind) -> npt.NDArray[np.bool_]:
    """Dark is True, without the quiet zone."""
    try:
        barcode = zxingcpp.create_barcode(text, kind.format)
    except ValueError as error:
        advice = f"Shorten the text, or choose another symbology: no {kind.name} holds these {len(text)} characters."
        raise FieldRefused("text", advice) from error
    cells: npt.NDArray[np.bool_] = np.array(barcode.to_image(scale=1, add_quiet_zones=False)) < 128
    return cells


def _read(cells: npt.NDArray[np.bool_], kind: _Kind) -> str | None:
    """What a decoder reads, dark on light only; None for nothing."""
    grey = np.where(np.pad(cells, kind.quiet_zone), 0, 255).astype(np.uint8)
    picture = grey.repeat(_SCALE, axis=0).repeat(_SCALE, axis=1)
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats([kind.format]), try_invert=False, text_mode=zxingcpp.TextMode.Plain
    )
    return str(found[0].text) if len(found) == 1 else None
