"""Which one change of a style would help most, found out by trying: each kind of change as far as it has to go."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from PIL import ImageColor

from links.qr.art import Color
from links.qr.certificate.contrast import PAPER, colors, luma
from links.qr.certificate.findings import Check, percent
from links.qr.certificate.geometry import APART
from links.qr.matrix import Level, Symbol, TextTooLong
from links.qr.styles import Gradient, Style

# What to say, and what it leads to.
Change: TypeAlias = tuple[str, Symbol, Style]
Kind: TypeAlias = Callable[[Symbol, Style], Iterator[Change]]

_LOGO_STEP, _SMALLEST_LOGO = 0.02, 0.08
_DOTS = (0.8, 0.9, 1.0)
_DARKER = (0.85, 0.7, 0.55, 0.4, 0.2, 0.0)
_CONTRAST: frozenset[Check] = frozenset({"contrast", "read_back", "margin_noise", "margin_contrast"})
_CORRECTION: frozenset[Check] = frozenset({"error_budget", "read_back", "margin_damage", "margin_blur", "margin_size"})
_SHAPE: frozenset[Check] = frozenset({"dot_size", "error_budget", "margin_size", "margin_tilt", "margin_rotation"})
_EYES: frozenset[Check] = frozenset({"eye_corners", "eye_frame", "read_back", "margin_tilt", "margin_size"})
_LOGO: frozenset[Check] = _CORRECTION | {"logo", "format_information", "margin_noise", "margin_contrast"}


def _swapped_colors(symbol: Symbol, style: Style) -> Iterator[Change]:
    background = PAPER if style.background is None else style.background
    if max(map(luma, colors(background))) < min(map(luma, colors(style.foreground))):
        swapped = replace(style, foreground=background, background=style.foreground)
        yield "a dark code on a light background: the two colours swapped", symbol, swapped


def _darker_code(symbol: Symbol, style: Style) -> Iterator[Change]:
    paint = style.foreground
    for share in _DARKER:
        if isinstance(paint, Gradient):
            stops = tuple((at, _darkened(color, share)) for at, color in paint.stops)
            yield (
                f"the gradient's colours {percent(1 - share)} darker",
                symbol,
                replace(style, foreground=replace(paint, stops=stops)),
            )
        else:
            darker = _darkened(paint, share)
            yield f"colour {darker} instead of {paint}", symbol, replace(style, foreground=darker)


def _darker_eye_frames(symbol: Symbol, style: Style) -> Iterator[Change]:
    if color := style.eye_frame_color:
        for darker in (_darkened(color, share) for share in _DARKER):
            yield f"eye frames {darker} instead of {color}", symbol, replace(style, eye_frame_color=darker)


def _darker_eye_balls(symbol: Symbol, style: Style) -> Iterator[Change]:
    if color := style.eye_ball_color:
        for darker in (_darkened(color, share) for share in _DARKER):
            yield f"eye middles {darker} instead of {color}", symbol, replace(style, eye_ball_color=darker)


def _darkened(color: Color, share: float) -> Color:
    return "#" + "".join(f"{round(part * share):02x}" for part in ImageColor.getrgb(color)[:3])


def _white_background(symbol: Symbol, style: Style) -> Iterator[Change]:
    if style.background not in (None, PAPER):
        yield "a white background", symbol, replace(style, background=PAPER)


def _smaller_logo(symbol: Symbol, style: Style) -> Iterator[Change]:
    logo, steps = style.logo, 1
    while logo is not None and (width := round(logo.width - steps * _LOGO_STEP, 2)) >= _SMALLEST_LOGO:
        yield (
            f"logo {percent(width)} instead of {percent(logo.width)}",
            symbol,
            replace(style, logo=replace(logo, width=width)),
        )
        steps += 1


def _stronger_level(symbol: Symbol, style: Style) -> Iterator[Change]:
    levels: tuple[Level, ...] = ("M", "Q", "H")
    for level in levels[levels.index(symbol.level) + 1 :]:
        try:
            yield f"level {level}", Symbol.of(symbol.text, level=level), style
        except TextTooLong:
            return


def _larger_dots(symbol: Symbol, style: Style) -> Iterator[Change]:
    if style.modules in APART:
        for size in (size for size in _DOTS if size > style.dot_size):
            change = f"dots of {percent(size)} instead of {percent(style.dot_size)}"
            yield change, symbol, replace(style, dot_size=size)


def _square_modules(symbol: Symbol, style: Style) -> Iterator[Change]:
    if style.modules != "square":
        yield f"square modules instead of {style.modules}", symbol, replace(style, modules="square")


def _squarer_eyes(symbol: Symbol, style: Style) -> Iterator[Change]:
    if style.eye_frame not in ("square", "rounded"):
        yield f"rounded eye frames instead of {style.eye_frame}", symbol, replace(style, eye_frame="rounded")
    if style.eye_frame != "square":
        yield f"square eye frames instead of {style.eye_frame}", symbol, replace(style, eye_frame="square")


def _no_frame(symbol: Symbol, style: Style) -> Iterator[Change]:
    if style.frame is not None:
        yield "no frame", symbol, replace(style, frame=None)


# Kinds of changes in the order in which they hurt a design least, each with the checks that it may help.
KINDS: tuple[tuple[Kind, frozenset[Check]], ...] = (
    (_swapped_colors, _CONTRAST),
    (_darker_eye_frames, frozenset({"eye_frame_contrast", "margin_noise", "margin_contrast"})),
    (_darker_eye_balls, frozenset({"eye_ball_contrast", "margin_noise", "margin_contrast"})),
    (_darker_code, _CONTRAST),
    (_white_background, _CONTRAST | {"eye_frame_contrast", "eye_ball_contrast"}),
    (_larger_dots, _SHAPE),
    (_stronger_level, _CORRECTION),
    (_smaller_logo, _LOGO),
    (_no_frame, frozenset({"frame_contrast", "quiet_zone", "read_back"})),
    (_squarer_eyes, _EYES),
    (_square_modules, _SHAPE),
)
