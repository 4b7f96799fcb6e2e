"""The Swiss cross in the middle of a QR-bill's symbol, as the only look that such a symbol may have.

Swiss Implementation Guidelines QR-bill 2.3: 7 mm wide in a symbol of 46 mm, black on white only. The measures inside
are those of the file that SIX hands out: a white border of 0.5 mm, a black square, and a white cross whose arms are a
sixth longer than wide, as in the coat of arms.
"""

from io import BytesIO

from PIL import Image, ImageDraw

from links.qr.styles import Logo, Style

SYMBOL_MM, CROSS_MM = 46.0, 7.0
# Pixels, of which 72 are a millimetre: every edge lies between two of them.
_SIDE, _BORDER, _ARM_WIDTH, _CROSS_LENGTH = 504, 36, 84, 280


def _drawn() -> bytes:
    image = Image.new("1", (_SIDE, _SIDE), 1)
    draw = ImageDraw.Draw(image)
    draw.rectangle(_box(_SIDE - 2 * _BORDER, _SIDE - 2 * _BORDER), fill=0)
    draw.rectangle(_box(_ARM_WIDTH, _CROSS_LENGTH), fill=1)
    draw.rectangle(_box(_CROSS_LENGTH, _ARM_WIDTH), fill=1)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _box(width: int, height: int) -> tuple[int, int, int, int]:
    """In the middle; Pillow counts the last pixel in."""
    left, top = (_SIDE - width) // 2, (_SIDE - height) // 2
    return left, top, left + width - 1, top + height - 1


LOOK = Style(logo=Logo(_drawn(), width=CROSS_MM / SYMBOL_MM, margin=0))
