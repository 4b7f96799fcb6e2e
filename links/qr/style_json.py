"""Styles as JSON, in the database and over REST."""

from base64 import b64decode, b64encode
from dataclasses import MISSING, asdict, fields
from typing import Any

from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Frame, Gradient, Logo, Style


def to_json(style: Style) -> dict[str, Any]:
    """Plain lists, numbers and texts; the logo's PNG in base64."""
    stored = asdict(style)
    for field in ("foreground", "background"):
        if isinstance(stored[field], dict):
            stored[field]["stops"] = [list(stop) for stop in stored[field]["stops"]]
    if stored["logo"]:
        stored["logo"]["png"] = b64encode(stored["logo"]["png"]).decode()
    return stored


def from_json(stored: object) -> Style:
    """A style whose values `style_checks.check` has still to see; what is missing is as in a plain style.

    Raises FieldRefused for what no style has, and for what has another structure.
    """
    values = _values(Style, stored, "")
    for field in ("foreground", "background"):
        if field in values:
            values[field] = _paint(field, values[field])
    if values.get("logo") is not None:
        values["logo"] = _logo(values["logo"])
    if values.get("frame") is not None:
        values["frame"] = Frame(**_with_lower_case("color", "text_color", of=_values(Frame, values["frame"], "frame")))
    return Style(**_with_lower_case("eye_frame_color", "eye_ball_color", of=values))


def _values(part: type, stored: object, field: str) -> dict[str, Any]:
    """What is given for a dataclass; raises FieldRefused for unknown names and for what cannot be left out."""
    names = [each.name for each in fields(part)]
    if not isinstance(stored, dict):
        raise FieldRefused(field or "style", f"Write an object of {', '.join(names)}.")
    for name in stored:
        if name not in names:
            raise FieldRefused(_inside(field, name), f"Leave this out, or choose one of {', '.join(names)}.")
    for each in fields(part):
        if each.default is MISSING and each.name not in stored:
            raise FieldRefused(_inside(field, each.name), "Fill this in.")
    return dict(stored)


def _inside(field: str, name: object) -> str:
    return f"{field}.{name}" if field else str(name)


def _paint(field: str, paint: object) -> object:
    if not isinstance(paint, dict):
        return _lower(paint)
    values = _values(Gradient, paint, field)
    stops = values["stops"]
    if not isinstance(stops, list | tuple) or not all(
        isinstance(stop, list | tuple) and len(stop) == 2 for stop in stops
    ):
        raise FieldRefused(f"{field}.stops", "Write a list of pairs of a place from 0 to 1 and a colour.")
    return Gradient(**values | {"stops": tuple((place, _lower(color)) for place, color in stops)})


def _logo(logo: object) -> Logo:
    values = _values(Logo, logo, "logo")
    try:
        return Logo(**values | {"png": b64decode(values["png"], validate=True)})
    except (TypeError, ValueError):
        raise FieldRefused("logo.png", "Write the picture's bytes in base64.") from None


def _with_lower_case(*names: str, of: dict[str, Any]) -> dict[str, Any]:
    return of | {name: _lower(of[name]) for name in names if name in of}


def _lower(color: object) -> object:
    """Colours are compared and stored in lower case, as people type them either way."""
    return color.lower() if isinstance(color, str) else color
