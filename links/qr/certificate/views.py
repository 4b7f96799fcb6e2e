"""What a code looks like from afar, at a slant and out of focus, for people's eyes; pictures keep their size."""

import math

from PIL import Image, ImageFilter

SMALLER = 4  # times
SLANT = 50  # degrees from facing the code
_TO_LENS = 2.0  # distance of the picture's middle from the lens, in its heights
_BLUR = 0.008  # standard deviation, as a share of the picture's width
_BEYOND = "#ffffff"


def small(image: Image.Image) -> Image.Image:
    """As if four times further away: details between a camera's pixels are gone."""
    size = max(image.width // SMALLER, 1), max(image.height // SMALLER, 1)
    return _on_paper(image).resize(size, Image.Resampling.BOX).resize(image.size, Image.Resampling.BILINEAR)


def tilted(image: Image.Image) -> Image.Image:
    """As if lying on a table, its lower edge nearer."""
    cos, sin = math.cos(math.radians(SLANT)), -math.sin(math.radians(SLANT))
    width, height = image.size
    middle_x, middle_y = width / 2, height / 2
    # From the middle, a ray through the view at (x, y) meets the picture at (x · lens · cos, y · lens) divided by
    # lens · cos - y · sin. Pillow wants that as eight numbers, in pixels from the corner. The upper edge leans away.
    lens = _TO_LENS * height
    scale = lens * cos + middle_y * sin
    across = (lens * cos, -middle_x * sin, middle_x * (scale - lens * cos))
    down = (0.0, lens - middle_y * sin, middle_y * (scale - lens))
    numbers = [number / scale for number in (*across, *down, 0.0, -sin)]
    return _on_paper(image).transform(
        image.size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC, fillcolor=_BEYOND
    )


def blurred(image: Image.Image) -> Image.Image:
    """As if the camera had not found its focus."""
    return _on_paper(image).filter(ImageFilter.GaussianBlur(image.width * _BLUR))


def _on_paper(image: Image.Image) -> Image.Image:
    """Without transparency, whose blending differs between filters."""
    if image.mode == "RGB":
        return image
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, _BEYOND), layer).convert("RGB")
