"""What a decoder reads from a picture: zxing-cpp, the way phones look at printed codes."""

from typing import Any

import numpy as np
import numpy.typing as npt
import zxingcpp

_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def texts_read(picture: npt.NDArray[np.uint8]) -> list[str]:
    """The texts of all QR codes found, dark on light only: not every scanner tries the other way round.

    Eyes are found at any angle, so quarter turns need no try of their own.
    """
    found: list[Any] = zxingcpp.read_barcodes(
        picture,
        formats=_FORMATS,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [barcode.text for barcode in found]
