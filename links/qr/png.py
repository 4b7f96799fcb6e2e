"""The picture as PNG: black and white, whole pixels for every module, so that no edge is blurred."""

from io import BytesIO

from PIL import Image

from links.qr.matrix import Symbol

DPI = 300  # what print shops ask for; only a note in the file, the pixels are the same


def draw(symbol: Symbol, *, scale: int) -> bytes:
    """A file of one bit a pixel; scale is the width of a module in pixels."""
    modules = symbol.modules()
    size = len(modules)
    image = Image.new("1", (size, size))
    image.putdata([0 if is_dark else 255 for row in modules for is_dark in row])
    file = BytesIO()
    image.resize((size * scale, size * scale), Image.Resampling.NEAREST).save(file, "PNG", dpi=(DPI, DPI))
    return file.getvalue()
