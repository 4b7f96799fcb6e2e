"""The picture as PDF: vector paths, gradients that stay gradients, on a page of exactly the picture's size."""

from io import BytesIO

from PIL import Image

from links.qr.art import Art, Bitmap, Fill, Solid
from links.qr.inks import NAMES, ColorSpace, operands, pixels, shading
from links.qr.paths import number, operators
from links.qr.pdf_file import PdfFile

POINTS_A_MM = 72 / 25.4
_SOLID = {"rgb": "rg", "cmyk": "k"}


def draw(art: Art, *, module_mm: float, color_space: ColorSpace = "rgb") -> bytes:
    """A file of one page; `module_mm` is the width of a module in print. Same input, same bytes."""
    file = BytesIO()
    document = PdfFile(file, art.title)
    page = PdfPage(document, art.width * module_mm, art.height * module_mm, color_space)
    page.place(art, 0, 0, module_mm)
    page.finish()
    document.close()
    return file.getvalue()


class PdfPage:
    """A page while it is drawn, in millimetres from its top left corner."""

    def __init__(self, document: PdfFile, width: float, height: float, color_space: ColorSpace) -> None:
        self._document = document
        self._size = width * POINTS_A_MM, height * POINTS_A_MM
        self._space = color_space
        self._content = [f"{POINTS_A_MM:.8f} 0 0 {-POINTS_A_MM:.8f} 0 {self._size[1]:.4f} cm\n"]
        self._shadings = set[int]()
        self._images = set[int]()

    def place(self, art: Art, x: float, y: float, module: float) -> None:
        """Draw a picture whose modules are so many millimetres wide."""
        self._content.append(f"q {module:.8f} 0 0 {module:.8f} {number(x)} {number(y)} cm\n")
        for layer in art.layers:
            self._content.append(self._filled(layer) if isinstance(layer, Fill) else self._stretched(layer))
        self._content.append("Q\n")

    def fill(self, layer: Fill) -> None:
        """Draw a path in millimetres."""
        self._content.append(self._filled(layer))

    def finish(self) -> None:
        """Write the page; nothing of it is kept."""
        resources = " ".join(
            f"/{kind} << {' '.join(f'/{kind[0]}{n} {n} 0 R' for n in sorted(numbers))} >>"
            for kind, numbers in (("Shading", self._shadings), ("XObject", self._images))
            if numbers
        )
        self._document.add_page(*self._size, resources, "".join(self._content).encode())

    def _filled(self, layer: Fill) -> str:
        path = operators(layer.path)
        rule = "*" if layer.is_even_odd else ""
        if isinstance(layer.paint, Solid):
            color = f"{operands(layer.paint.color, self._space)} {_SOLID[self._space]}"
            return f"{color}\n{path}f{rule}\n"
        dictionary = shading(layer.paint, self._space)
        key = dictionary.encode()
        reference = self._document.shared(key) or self._document.share(key, self._document.add(dictionary))
        self._shadings.add(reference)
        return f"q\n{path}W{rule} n\n/S{reference} sh\nQ\n"

    def _stretched(self, layer: Bitmap) -> str:
        reference = self._document.shared(layer.png) or self._document.share(layer.png, self._image(layer.png))
        self._images.add(reference)
        clip = f"{operators(layer.clip)}W n\n" if layer.clip else ""
        # A picture is a square whose first row is at its top, where y is 1.
        place = [layer.width, 0, 0, -layer.height, layer.x, layer.y + layer.height]
        return f"q\n{clip}{' '.join(map(number, place))} cm\n/X{reference} Do\nQ\n"

    def _image(self, png: bytes) -> int:
        image = Image.open(BytesIO(png), formats=["PNG"]).convert("RGBA")
        size = f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} /BitsPerComponent 8"
        alpha = image.getchannel("A")
        mask = ""
        if alpha.getextrema() != (255, 255):
            mask = f"/SMask {self._document.add_stream(f'{size} /ColorSpace /DeviceGray', alpha.tobytes())} 0 R"
        data = pixels(image.convert("RGB"), self._space)
        return self._document.add_stream(f"{size} /ColorSpace {NAMES[self._space]} {mask}", data)
