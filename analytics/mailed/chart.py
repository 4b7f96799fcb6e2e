"""The chart of a mailed report as a PNG: bars on an opaque card, so that it reads in dark and light mail programs."""

from collections.abc import Sequence
from io import BytesIO
from itertools import count

from PIL import Image, ImageDraw, ImageFont

# Drawn at twice the size it is shown at, for sharp screens.
WIDTH, HEIGHT = 1200, 460
SHOWN_WIDTH, SHOWN_HEIGHT = WIDTH // 2, HEIGHT // 2
_LEFT, _RIGHT, _TOP, _BOTTOM = 110, 40, 76, 76
# A transparent picture would put dark letters on a dark program: so the card is opaque, and not glaring white.
_CARD, _INK, _QUIET, _LINE = "#f6f7fb", "#1d2333", "#586074", "#d4d8e4"
_BAR, _BEFORE = "#3b4fd8", "#b9c0d6"
_MOST_LABELS = 12


def draw(labels: Sequence[str], now: Sequence[int], before: Sequence[int], names: tuple[str, str]) -> bytes:
    """A bar for each label, and behind it the number it is compared with. `names` say what the two are."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _CARD)
    pen = ImageDraw.Draw(image)
    top = scale_of(max([1, *now, *before]))
    _draw_scale(pen, top)
    _draw_bars(pen, now, before, top)
    _draw_labels(pen, labels)
    _draw_legend(pen, names)
    file = BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def scale_of(most: int) -> int:
    """The end of an axis of four steps that holds a number: 4, 8, 12, 20, 40, 80, 120 …"""
    ends = (4 * step * int(10**power) for power in count() for step in (1, 2, 3, 5))
    return next(end for end in ends if end >= most)


def _draw_scale(pen: ImageDraw.ImageDraw, top: int) -> None:
    for quarter in range(5):
        y = HEIGHT - _BOTTOM - quarter * (HEIGHT - _TOP - _BOTTOM) // 4
        pen.line((_LEFT, y, WIDTH - _RIGHT, y), fill=_LINE, width=2)
        pen.text((_LEFT - 16, y), short(top * quarter // 4), fill=_QUIET, font=_font(24), anchor="rm")


def short(number: int) -> str:
    """A number for an axis: 950, 12k, 1.5M."""
    for size, name in ((1_000_000, "M"), (1_000, "k")):
        if number >= 10 * size or (number >= size and number % (size // 10) == 0):
            return f"{number / size:.3g}{name}"
    return f"{number:,}"


def _draw_bars(pen: ImageDraw.ImageDraw, now: Sequence[int], before: Sequence[int], top: int) -> None:
    floor, room = HEIGHT - _BOTTOM, HEIGHT - _TOP - _BOTTOM
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(now))
    for number, scans in enumerate(now):
        left = _LEFT + number * step
        compared = before[number] if number < len(before) else 0
        for value, colour, start, end in ((compared, _BEFORE, 0.10, 0.70), (scans, _BAR, 0.30, 0.90)):
            if value:
                y = floor - max(3, round(room * value / top))
                pen.rectangle((left + start * step, y, left + end * step, floor), fill=colour)


def _draw_labels(pen: ImageDraw.ImageDraw, labels: Sequence[str]) -> None:
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    every = max(1, -(-len(labels) // _MOST_LABELS))
    for number in range(0, len(labels), every):
        at = (_LEFT + (number + 0.5) * step, HEIGHT - _BOTTOM + 18)
        pen.text(at, labels[number], fill=_QUIET, font=_font(24), anchor="ma")


def _draw_legend(pen: ImageDraw.ImageDraw, names: tuple[str, str]) -> None:
    x = float(_LEFT)
    for name, colour in zip(names, (_BAR, _BEFORE), strict=True):
        pen.rectangle((x, 26, x + 24, 50), fill=colour)
        pen.text((x + 36, 38), name, fill=_INK, font=_font(26), anchor="lm")
        x += 36 + pen.textlength(name, font=_font(26)) + 48


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The one that Pillow brings: nothing hangs on what the machine has."""
    return ImageFont.load_default(size)
