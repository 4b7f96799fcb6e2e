"""Every dark module is painted at its centre and no light one is, in every shape; a logo covers mere data."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from links.qr import eyes, raster
from links.qr.art import Art, Bitmap, Fill, Linear, Radial, Solid
from links.qr.clear_zone import Zone
from links.qr.matrix import QUIET_ZONE, Level, Symbol
from links.qr.payloads.fields import FieldRefused
from links.qr.shapes import compose
from links.qr.styles import EyeShape, Gradient, Logo, LogoShape, ModuleShape, Style
from tests.links.qr.pictures import logo_png

TEXT = "https://Q.EXAMPLE.COM/ABC123"
SHAPES, EYES, LOGOS = get_args(ModuleShape), get_args(EyeShape), get_args(LogoShape)
SCALE = 5  # odd, so that a module's centre is a pixel's

texts = st.text("aB1/", min_size=1, max_size=60)
module_shapes = st.sampled_from(SHAPES)
eye_shapes = st.sampled_from(EYES)
dot_sizes = st.floats(0.4, 1)


def centres(art: Art) -> list[list[bool]]:
    """Whether each module's middle pixel is dark."""
    image = raster.draw(art, scale=SCALE).convert("L")
    half = SCALE // 2
    return [
        [image.getpixel((x + half, y + half)) < 128 for x in range(0, image.width, SCALE)]  # type: ignore[operator]
        for y in range(0, image.height, SCALE)
    ]


def without_eyes(grid: list[list[bool]]) -> list[list[bool]]:
    size = len(grid) - 2 * QUIET_ZONE
    kept = [list(row) for row in grid]
    for left, top in eyes.places(size):
        for y in range(top + QUIET_ZONE, top + QUIET_ZONE + eyes.SIZE):
            kept[y][left + QUIET_ZONE : left + QUIET_ZONE + eyes.SIZE] = [False] * eyes.SIZE
    return kept


@settings(deadline=None, max_examples=60)
@given(texts, module_shapes, eye_shapes, dot_sizes)
def test_what_is_dark_is_painted(text: str, shape: ModuleShape, eye: EyeShape, dot_size: float) -> None:
    symbol = Symbol.of(text)
    drawn = centres(compose(symbol, Style(modules=shape, dot_size=dot_size, eye_frame=eye, eye_ball=eye)))
    assert without_eyes(drawn) == without_eyes([list(row) for row in symbol.modules()])


@pytest.mark.parametrize("frame", EYES)
@pytest.mark.parametrize("ball", EYES)
def test_eyes_are_crossed_as_1_1_3_1_1(frame: EyeShape, ball: EyeShape) -> None:
    """Level and upright through the middle of every eye, at ten pixels a module."""
    symbol = Symbol.of(TEXT)
    image = raster.draw(compose(symbol, Style(eye_frame=frame, eye_ball=ball)), scale=10).convert("L")
    expected = [False] * 10 + [True] * 10 + [False] * 10 + [True] * 30 + [False] * 10 + [True] * 10 + [False] * 10
    for left, top in eyes.places(symbol.size):
        x, y = 10 * (left + QUIET_ZONE), 10 * (top + QUIET_ZONE)
        for line in (image.crop((x - 10, y + 35, x + 80, y + 36)), image.crop((x + 35, y - 10, x + 36, y + 80))):
            assert [value < 128 for value in line.tobytes()] == expected


def test_eyes_have_their_own_shapes_and_colors() -> None:
    style = Style(eye_frame="circle", eye_ball="leaf", eye_frame_color="#ff0000", eye_ball_color="#0000ff")
    image = raster.draw(compose(Symbol.of(TEXT), style), scale=10).convert("RGB")
    assert image.getpixel((75, 45)) == (255, 0, 0)
    assert image.getpixel((75, 75)) == (0, 0, 255)
    assert image.getpixel((42, 42)) == (255, 255, 255), "a circle has no corner"


def test_a_leaf_points_to_the_corner_and_to_the_middle() -> None:
    symbol = Symbol.of(TEXT)
    image = raster.draw(compose(symbol, Style(eye_frame="leaf")), scale=10).convert("L")
    near, far = 42, 10 * (symbol.size + QUIET_ZONE) - 3
    assert [image.getpixel(place) for place in ((near, near), (far, near), (near, far))] == [0, 0, 0]
    assert image.getpixel((near + 65, near)) == image.getpixel((near, near + 65)) == 255


@pytest.mark.parametrize("shape", ["rounded", "classy"])
@pytest.mark.parametrize("text", ["A", TEXT, "a" * 300])
def test_touching_modules_are_one_shape(shape: ModuleShape, text: str) -> None:
    """So there is no seam between them at any size: one outline for each dark region, and one for each hole in it."""
    symbol = Symbol.of(text)
    fill = compose(
        symbol,
        Style(
            modules=shape, eye_frame="circle", eye_ball="circle", eye_frame_color="#000001", eye_ball_color="#000001"
        ),
    ).layers[1]
    assert isinstance(fill, Fill)
    dark = without_eyes([list(row) for row in symbol.modules()])
    light = [[not cell for cell in row] for row in dark]
    level_and_upright = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    all_around = [*level_and_upright, (1, 1), (1, -1), (-1, 1), (-1, -1)]
    outside = 1
    assert fill.path.count("M") == regions(dark, level_and_upright) + regions(light, all_around) - outside


def regions(grid: list[list[bool]], ways: list[tuple[int, int]]) -> int:
    """How many areas of True there are."""
    left = {(x, y) for y, row in enumerate(grid) for x, cell in enumerate(row) if cell}
    count = 0
    while left:
        count, edge = count + 1, [left.pop()]
        while edge:
            x, y = edge.pop()
            near = {(x + dx, y + dy) for dx, dy in ways} & left
            left -= near
            edge += near
    return count


def test_a_gradient_goes_over_the_whole_symbol() -> None:
    symbol = Symbol.of(TEXT)
    stops = ((0, "#ff0000"), (1, "#0000ff"))
    across, diagonal, middle = (
        compose(symbol, Style(foreground=gradient)).layers[1]
        for gradient in (Gradient("linear", stops), Gradient("linear", stops, 45), Gradient("radial", stops))
    )
    far = QUIET_ZONE + symbol.size
    assert isinstance(across, Fill)
    assert across.paint == Linear(QUIET_ZONE, 16.5, far, 16.5, stops)
    assert isinstance(diagonal, Fill)
    assert isinstance(diagonal.paint, Linear)
    assert (diagonal.paint.x1, diagonal.paint.y2) == pytest.approx((QUIET_ZONE, far))
    assert isinstance(middle, Fill)
    assert isinstance(middle.paint, Radial)
    assert (middle.paint.x, middle.paint.y, middle.paint.radius) == pytest.approx((16.5, 16.5, 12.5 * 2**0.5))


def test_without_a_background_there_is_none() -> None:
    layers = compose(Symbol.of(TEXT), Style(background=None)).layers
    assert [layer.paint for layer in layers if isinstance(layer, Fill)] == [Solid("#000000")]


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(["M", "Q", "H"]),
    st.integers(0, 200),
    st.sampled_from(LOGOS),
    st.floats(0.05, 0.4),
    st.floats(0, 3),
    st.sampled_from([(1, 1), (3, 1), (2, 5)]),
)
def test_a_logo_has_room_and_covers_data_only(
    level: Level, length: int, shape: LogoShape, width: float, margin: float, sides: tuple[int, int]
) -> None:
    symbol = Symbol.of("a" * length, at_least=level)
    logo = Logo(logo_png(*sides, "#ffffff"), width, margin, shape)
    cells = set(Zone.of(logo, symbol.size).cells())
    assert cells, "a logo always takes room"
    style = Style(modules="dots", logo=logo)
    if cells & function_cells(symbol):
        with pytest.raises(FieldRefused, match=r"logo\.width"):
            compose(symbol, style)
        return
    drawn = centres(compose(symbol, style))
    expected = [list(row) for row in symbol.modules()]
    for column, row in cells:
        expected[row + QUIET_ZONE][column + QUIET_ZONE] = False
    assert drawn == expected


def function_cells(symbol: Symbol) -> set[tuple[int, int]]:
    """Eyes with their light line and format information, timing, versions: what no logo may touch."""
    size = symbol.size
    corners = {(x, y) for x in range(9) for y in range(9)}
    corners |= {(size - 1 - x, y) for x in range(8) for y in range(9)} | {
        (x, size - 1 - y) for x in range(9) for y in range(8)
    }
    timing = {(6, i) for i in range(size)} | {(i, 6) for i in range(size)}
    versions = {(x, y) for x in range(6) for y in range(size - 11, size - 8)} if symbol.version >= 7 else set()
    return corners | timing | versions | {(y, x) for x, y in versions}


@pytest.mark.parametrize("shape", LOGOS)
@pytest.mark.parametrize(("across", "down"), [(40, 40), (80, 20), (30, 90)])
def test_a_logo_keeps_its_proportions(shape: LogoShape, across: int, down: int) -> None:
    symbol = Symbol.of(TEXT, at_least="H")
    logo = compose(symbol, Style(logo=Logo(logo_png(across, down), 0.2, 1, shape))).layers[-1]
    assert isinstance(logo, Bitmap)
    assert logo.width / logo.height == pytest.approx(across / down)
    assert (logo.x + logo.width / 2, logo.y + logo.height / 2) == pytest.approx((QUIET_ZONE + symbol.size / 2,) * 2)
    seen = min(logo.width, logo.height) if shape == "circle" else max(logo.width, logo.height)
    assert seen == pytest.approx(0.2 * symbol.size)


def test_a_logo_that_does_not_fit_says_what_does() -> None:
    symbol = Symbol.of(TEXT)
    logo = Logo(logo_png(10, 10), 0.4)
    with pytest.raises(FieldRefused, match=r"logo\.width: Make the logo at most 20 % wide") as refused:
        compose(symbol, Style(logo=logo))
    percent = int("".join(filter(str.isdigit, refused.value.advice)))
    compose(symbol, Style(logo=Logo(logo.png, percent / 100)))
    with pytest.raises(FieldRefused):
        compose(symbol, Style(logo=Logo(logo.png, (percent + 1) / 100)))


def test_a_margin_that_leaves_no_room_says_so() -> None:
    with pytest.raises(FieldRefused, match="make its margin smaller"):
        compose(Symbol.of("A"), Style(logo=Logo(logo_png(1, 1), 0.1, 5)))


def test_a_round_logo_is_cut_out() -> None:
    symbol = Symbol.of(TEXT, at_least="H")
    style = Style(logo=Logo(logo_png(30, 30, "#ff0000"), 0.2, 1, "circle"))
    image: Image.Image = raster.draw(compose(symbol, style), scale=10)
    middle, reach = image.width // 2, int(symbol.size * 10 * 0.1)
    assert image.getpixel((middle, middle)) == (255, 0, 0)
    assert image.getpixel((middle - reach + 2, middle)) == (255, 0, 0)
    assert image.getpixel((middle - reach + 2, middle - reach + 2)) == (255, 255, 255)
