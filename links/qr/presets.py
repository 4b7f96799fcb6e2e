"""Styles worth using out of the box, by their names; all of them scan well at every size."""

from links.qr.styles import Gradient, Style

PRESETS: dict[str, Style] = {
    "Plain": Style(),
    "Soft corners": Style(modules="rounded", eye_frame="rounded", eye_ball="rounded"),
    "Dots": Style(modules="dots", dot_size=0.95, eye_frame="rounded", eye_ball="circle", foreground="#1b1b1b"),
    "Red eyes": Style(foreground="#1b1b1b", eye_ball_color="#c62828", eye_frame="rounded"),
    "Columns": Style(modules="vertical", dot_size=0.85, eye_frame="rounded", eye_ball="circle", foreground="#1a237e"),
    "Ribbons": Style(
        modules="horizontal", dot_size=0.85, eye_frame="rounded", eye_ball="rounded", foreground="#004d40"
    ),
    "Diamonds": Style(modules="diamond", foreground="#311b92", eye_ball_color="#880e4f"),
    "Leaves": Style(
        modules="classy", eye_frame="leaf", eye_ball="leaf", foreground="#1b5e20", eye_ball_color="#33691e"
    ),
    "Ink on cream": Style(
        modules="classy", eye_frame="rounded", eye_ball="rounded", foreground="#3e2723", background="#fff8e7"
    ),
    "Dusk": Style(
        modules="rounded",
        eye_frame="rounded",
        eye_ball="circle",
        foreground=Gradient("linear", ((0, "#4a148c"), (1, "#b71c1c")), 45),
    ),
    "Deep sea": Style(
        modules="dots",
        eye_frame="rounded",
        eye_ball="circle",
        foreground=Gradient("radial", ((0, "#00695c"), (1, "#0d47a1"))),
    ),
    "Night sky": Style(
        modules="square",
        dot_size=0.9,
        eye_frame="leaf",
        eye_ball="circle",
        foreground=Gradient("linear", ((0, "#0d1b4c"), (1, "#6a1b9a")), 90),
        background="#f5f3ff",
    ),
}
