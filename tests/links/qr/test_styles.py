"""A style is stored as JSON and comes back the same; what cannot be drawn is refused by the name of its field."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from links.qr.payloads.fields import FieldRefused
from links.qr.style_checks import check
from links.qr.style_json import from_json, to_json
from links.qr.styles import Frame, Gradient, Logo, Style
from tests.links.qr.pictures import logo_png

GRADIENT = Gradient("linear", ((0, "#112233"), (1, "#445566")), 45)
LOGO = Logo(logo_png(40, 20), 0.25, 1.5, "rounded")
FULL = Style(
    "dots", 0.8, GRADIENT, GRADIENT, "leaf", "circle", "#001122", "#334455", LOGO, Frame("banner", "Scan"), True
)

colors = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
places = st.lists(st.floats(0, 1), min_size=2, max_size=8).map(sorted)
stops = st.tuples(places, st.lists(colors, min_size=8, max_size=8)).map(lambda two: tuple(zip(*two, strict=False)))
paints = colors | st.builds(Gradient, st.sampled_from(["linear", "radial"]), stops, st.floats(-360, 360))
styles = st.builds(
    Style,
    modules=st.sampled_from(["square", "rounded", "dots", "vertical", "horizontal", "diamond", "classy"]),
    dot_size=st.floats(0.1, 1),
    foreground=paints,
    background=paints | st.none(),
    eye_frame=st.sampled_from(["square", "rounded", "circle", "leaf"]),
    eye_ball_color=colors | st.none(),
    logo=st.none() | st.builds(replace, st.just(LOGO), width=st.floats(0.05, 0.5), margin=st.floats(0, 5)),
    has_caption=st.booleans(),
)


@given(styles | st.just(FULL))
def test_a_style_survives_storing(style: Style) -> None:
    check(style)
    assert from_json(json.loads(json.dumps(to_json(style)))) == style


def test_an_old_row_has_what_a_plain_style_has() -> None:
    assert from_json({}) == Style()
    assert from_json({"modules": "dots"}) == Style(modules="dots")


def test_colors_are_kept_in_lower_case() -> None:
    given = {
        "foreground": "#AABBCC",
        "eye_ball_color": "#DDEEFF",
        "frame": {"design": "a", "text": "b", "color": "#ABCDEF"},
    }
    style = from_json(given)
    assert (style.foreground, style.eye_ball_color) == ("#aabbcc", "#ddeeff")
    assert style.frame == Frame("a", "b", "#abcdef")


@pytest.mark.parametrize(
    ("stored", "field"),
    [
        ([], "style"),
        ({"shape": "dots"}, "shape"),
        ({1: 2}, "1"),
        ({"logo": {"png": "", "size": 1}}, "logo.size"),
        ({"logo": {}}, "logo.png"),
        ({"logo": {"png": "no base64!"}}, "logo.png"),
        ({"logo": {"png": 5}}, "logo.png"),
        ({"logo": "x"}, "logo"),
        ({"frame": {"design": "a"}}, "frame.text"),
        ({"frame": 5}, "frame"),
        ({"foreground": {"kind": "linear"}}, "foreground.stops"),
        ({"foreground": {"kind": "linear", "stops": 5}}, "foreground.stops"),
        ({"background": {"kind": "linear", "stops": [[0, "#000000", 1]]}}, "background.stops"),
        ({"background": {"kind": "linear", "stops": [0, 1]}}, "background.stops"),
        ({"background": {"kind": "linear", "stops": [], "center": 0}}, "background.center"),
    ],
)
def test_another_structure_is_refused(stored: object, field: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        from_json(stored)
    assert refused.value.field == field


BAD_VALUES: list[tuple[str, dict[str, Any]]] = [
    ("modules", {"modules": "stars"}),
    ("modules", {"modules": ["dots"]}),
    ("dot_size", {"dot_size": 0}),
    ("dot_size", {"dot_size": 1.01}),
    ("dot_size", {"dot_size": float("nan")}),
    ("dot_size", {"dot_size": "1"}),
    ("dot_size", {"dot_size": True}),
    ("foreground", {"foreground": "red"}),
    ("foreground", {"foreground": "#00000"}),
    ("foreground", {"foreground": '#000000"/><script>'}),
    ("foreground", {"foreground": None}),
    ("background", {"background": "#00000g"}),
    ("eye_frame", {"eye_frame": None}),
    ("eye_ball", {"eye_ball": "star"}),
    ("eye_frame_color", {"eye_frame_color": "#12"}),
    ("eye_ball_color", {"eye_ball_color": 5}),
    ("has_caption", {"has_caption": "yes"}),
    ("has_caption", {"has_caption": 1}),
    ("foreground.kind", {"foreground": Gradient("conic", GRADIENT.stops)}),  # type: ignore[arg-type]
    ("foreground.angle", {"foreground": replace(GRADIENT, angle=float("inf"))}),
    ("foreground.stops", {"foreground": replace(GRADIENT, stops=((0, "#000000"),))}),
    ("foreground.stops", {"foreground": replace(GRADIENT, stops=((0, "#000000"),) * 9)}),
    ("foreground.stops", {"foreground": replace(GRADIENT, stops=((1, "#000000"), (0, "#000000")))}),
    ("background.stops", {"background": replace(GRADIENT, stops=((0, "#000000"), (2, "#000000")))}),
    ("background.stops", {"background": replace(GRADIENT, stops=((0, "#000000"), (1, "blue")))}),
    ("logo.png", {"logo": Logo(b"GIF89a")}),
    ("logo.png", {"logo": Logo(LOGO.png[:20])}),
    ("logo.png", {"logo": Logo(LOGO.png[:16] + b"\xff" * 8)}),
    ("logo.width", {"logo": replace(LOGO, width=0.51)}),
    ("logo.margin", {"logo": replace(LOGO, margin=-1)}),
    ("logo.shape", {"logo": Logo(LOGO.png, shape="star")}),  # type: ignore[arg-type]
    ("frame.design", {"frame": Frame(5, "text")}),  # type: ignore[arg-type]
    ("frame.text", {"frame": Frame("banner", None)}),  # type: ignore[arg-type]
    ("frame.color", {"frame": Frame("banner", "text", "black")}),
    ("frame.text_color", {"frame": Frame("banner", "text", text_color="white")}),
]


@pytest.mark.parametrize(("field", "values"), BAD_VALUES)
def test_what_cannot_be_drawn_is_refused(field: str, values: dict[str, Any]) -> None:
    with pytest.raises(FieldRefused) as refused:
        check(Style(**values))
    assert refused.value.field == field
    assert refused.value.advice.endswith(".")


def test_the_logo_of_the_tests_is_a_picture() -> None:
    assert Image.open(BytesIO(LOGO.png)).size == (40, 20)
