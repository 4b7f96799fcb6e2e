"""Styles of every kind for the certificate's tests, and what logos are made of."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from links.qr.styles import Gradient, Logo, ModuleShape, Style

SHAPES: tuple[ModuleShape, ...] = ("square", "rounded", "dots", "vertical", "horizontal", "diamond", "classy")


def logo_png(color: str = "#cc2222") -> bytes:
    image = Image.new("RGB", (96, 96), color)
    ImageDraw.Draw(image).ellipse((20, 20, 76, 76), fill="#ffffff")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


LOGO_PNG = logo_png()


def any_style(dice: Random) -> Style:
    """From plain to daring; most pass, some do not."""
    logo = Logo(LOGO_PNG, dice.choice([0.1, 0.15, 0.2]), dice.choice([0, 0.5]))
    return Style(
        modules=dice.choice(SHAPES),
        dot_size=dice.choice([0.7, 0.8, 0.9, 1]),
        foreground=dice.choice(["#000000", _paint(dice, 0, 110)]),
        background=dice.choice(["#ffffff", None, _paint(dice, 200, 255)]),
        eye_frame=dice.choice(["square", "square", "leaf", "rounded", "circle"]),
        eye_ball=dice.choice(["square", "rounded", "circle", "leaf"]),
        eye_frame_color=dice.choice([None, _color(dice, 0, 120)]),
        logo=dice.choice([None, None, logo]),
    )


def _paint(dice: Random, darkest: int, lightest: int) -> str | Gradient:
    if dice.random() < 0.7:
        return _color(dice, darkest, lightest)
    stops = ((0, _color(dice, darkest, lightest)), (1, _color(dice, darkest, lightest)))
    return Gradient(dice.choice(["linear", "radial"]), stops, dice.randint(0, 180))


def _color(dice: Random, darkest: int, lightest: int) -> str:
    return "#" + "".join(f"{dice.randint(darkest, lightest):02x}" for _ in range(3))
