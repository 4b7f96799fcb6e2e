"""The studio's form: what people choose for a style, made into a look and back into what they chose."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from links.forms import NameField
from links.models import Style
from links.names import MAX_STYLE_NAME, parse_style_name
from links.qr import style_json
from links.qr.frame_designs import DESIGNS
from links.qr.frames import LONGEST_LABEL, calls_to_action
from links.qr.logos.limits import LONGEST_FILE
from links.qr.matrix import Level
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import EyeShape, Gradient, LogoShape, ModuleShape
from links.qr.styles import Style as Look
from links.studio import looks, saving

MODULES: dict[ModuleShape, str] = {
    "square": "Squares",
    "rounded": "Rounded",
    "dots": "Dots",
    "vertical": "Columns",
    "horizontal": "Rows",
    "diamond": "Diamonds",
    "classy": "Leaves",
}
EYES: dict[EyeShape, str] = {"square": "Square", "rounded": "Rounded", "circle": "Circle", "leaf": "Leaf"}
LOGO_SHAPES: dict[LogoShape, str] = {"square": "Square", "rounded": "Rounded", "circle": "Circle"}
PAINTS = {"solid": "One colour", "linear": "Two colours, across", "radial": "Two colours, from the middle"}
GROUNDS = {"color": "A colour", "none": "None: what it is printed on"}
FRAMES = {"": "No frame"} | {name: name.replace("-", " ").capitalize() for name in DESIGNS}
LEVELS = {
    "M": "M: as small as can be",
    "Q": "Q: more to spare, for small logos",
    "H": "H: the most to spare, for logos and rough places",
}
# Which field of the form a field of a look was chosen in.
_CHOSEN_IN = {
    "foreground": "color",
    "foreground.stops": "second_color",
    "foreground.angle": "angle",
    "background": "background_color",
    "logo": "logo",
    "logo.png": "logo",
}


# Parts of a look that may hold more than their fields show: gradients of three colours, say.
_PARTS = {
    "foreground": ("paint", "color", "second_color", "angle"),
    "background": ("ground", "background_color"),
    "eye_frame_color": ("has_eye_colors", "eye_frame_color"),
    "eye_ball_color": ("has_eye_colors", "eye_ball_color"),
    "dot_size": ("dot_size",),
}


class ColorField(forms.CharField):
    """A colour, chosen or typed as # and six digits."""

    widget = forms.TextInput(attrs={"type": "color"})


class StyleForm(forms.Form):
    """A style as people choose it. `look` is what renderers take; only a valid form has one."""

    name = NameField(parse_style_name, label="Name", max_length=MAX_STYLE_NAME)
    modules = forms.ChoiceField(label="Modules", choices=list(MODULES.items()))
    dot_size = forms.IntegerField(label="Size of modules, %", min_value=10, max_value=100)
    paint = forms.ChoiceField(label="Colours", choices=list(PAINTS.items()))
    color = ColorField(label="Colour")
    second_color = ColorField(label="Second colour")
    angle = forms.IntegerField(label="Direction, degrees", min_value=-360, max_value=360)
    ground = forms.ChoiceField(label="Background", choices=list(GROUNDS.items()))
    background_color = ColorField(label="Background colour")
    eye_frame = forms.ChoiceField(label="Eye frames", choices=list(EYES.items()))
    eye_ball = forms.ChoiceField(label="Eye centres", choices=list(EYES.items()))
    has_eye_colors = forms.BooleanField(label="Eyes have colours of their own", required=False)
    eye_frame_color = ColorField(label="Colour of frames")
    eye_ball_color = ColorField(label="Colour of centres")
    logo = forms.FileField(
        label="Logo",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp,.gif,.svg"}),
        help_text="PNG, JPEG, WebP, GIF or SVG.",
    )
    # The logo so far, so that it need not be chosen again whatever else is wrong.
    logo_kept = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2 * LONGEST_FILE)
    removes_logo = forms.BooleanField(label="Without the logo", required=False)
    logo_width = forms.IntegerField(label="Width of the logo, %", min_value=5, max_value=50)
    logo_margin = forms.FloatField(label="Room around it, modules", min_value=0, max_value=5)
    logo_shape = forms.ChoiceField(label="Shape of the logo", choices=list(LOGO_SHAPES.items()))
    frame = forms.ChoiceField(label="Frame", required=False, choices=list(FRAMES.items()))
    frame_text = forms.CharField(
        label="Call to action",
        required=False,
        max_length=LONGEST_LABEL,
        widget=forms.TextInput(attrs={"list": "calls-to-action", "autocomplete": "off"}),
    )
    frame_color = ColorField(label="Colour of the frame")
    frame_text_color = ColorField(label="Colour of its text")
    has_caption = forms.BooleanField(label="The short address below", required=False)
    least_level = forms.ChoiceField(
        label="Error correction, at least",
        choices=list(LEVELS.items()),
        help_text="Of codes that are drawn first in this style. One that was drawn before never changes.",
    )
    is_default = forms.BooleanField(label="Default: for codes without a style of their own", required=False)
    is_enforced = forms.BooleanField(label="For all codes, whatever their own style", required=False)
    override_reason = forms.CharField(
        label="Why use it although it does not scan?",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed for verdict F only, and kept with the style.",
    )
    look: Look

    def __init__(self, *typed: Any, before: Look = looks.PLAIN, **options: Any) -> None:
        """`before` is the look that was shown: what was not touched stays, though the form cannot show all of it."""
        super().__init__(*typed, **options)
        self._before = before

    @classmethod
    def showing(cls, look: Look, **more: Any) -> "StyleForm":
        """A form that shows a look as it stands."""
        return cls(initial=_chosen(look) | more, before=look)

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors.keys() - {"name"}:
            return chosen
        try:
            self.look = looks.parse(self._look(chosen))
        except FieldRefused as refused:
            self.refuse(refused)
        return chosen

    def refuse(self, refused: FieldRefused) -> None:
        """Say beside the field that something was chosen in why it cannot be."""
        field = _CHOSEN_IN.get(refused.field, refused.field.replace(".", "_").replace("frame_design", "frame"))
        field_or_none = field if field in self.fields else None
        if refused.advice not in self.errors.get(field_or_none or NON_FIELD_ERRORS, []):
            self.add_error(field_or_none, refused.advice)

    def wanted(self) -> saving.Wanted:
        chosen, level = self.cleaned_data, self.cleaned_data["least_level"]
        # A style for all codes becomes the default without being asked; one that is, and is not to be, is refused.
        follows = chosen["is_enforced"] and "is_default" not in self.changed_data
        is_default = None if follows else chosen["is_default"]
        return saving.Wanted(
            chosen["name"], self.look, level, is_default, chosen["is_enforced"], chosen["override_reason"]
        )

    @property
    def level(self) -> Level:
        level: Level = self.cleaned_data["least_level"]
        return level

    @property
    def logo_so_far(self) -> str:
        """The PNG in base64 that a form made anew keeps, also while the box “without the logo” is ticked."""
        if not self.is_bound:
            return str(self.initial.get("logo_kept", ""))
        look = getattr(self, "look", None)
        return b64encode(look.logo.png).decode() if look and look.logo else str(self.data.get("logo_kept", ""))

    @property
    def calls_to_action(self) -> list[str]:
        """Suggestions in all languages, each once."""
        return list(dict.fromkeys(text for texts in calls_to_action().values() for text in texts.values()))

    def _look(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        look = {name: chosen[name] for name in ("modules", "eye_frame", "eye_ball", "has_caption")}
        look |= {
            "dot_size": chosen["dot_size"] / 100,
            "foreground": _paint(chosen),
            "background": chosen["background_color"] if chosen["ground"] == "color" else None,
            "logo": self._logo(chosen),
        }
        if chosen["has_eye_colors"]:
            look |= {name: chosen[name] for name in ("eye_frame_color", "eye_ball_color")}
        look |= self._untouched(chosen)
        if chosen["frame"]:
            design = {"design": chosen["frame"], "text": chosen["frame_text"]}
            look["frame"] = design | {"color": chosen["frame_color"], "text_color": chosen["frame_text_color"]}
        return look

    def _untouched(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """The parts of the look before whose fields are as they were shown."""
        shown, before = _chosen(self._before), style_json.to_json(self._before)
        return {
            part: before[part] for part, names in _PARTS.items() if all(chosen[name] == shown[name] for name in names)
        }

    def _upload(self, chosen: Mapping[str, Any]) -> bytes:
        """The picture that was chosen, else the one so far. One that is too large is not even read."""
        if not chosen["logo"]:
            return _kept(chosen["logo_kept"])
        if chosen["logo"].size > LONGEST_FILE:
            raise FieldRefused("logo", f"Use a file of at most {LONGEST_FILE // 1_000_000} MB.")
        content: bytes = chosen["logo"].read()
        return content

    def _logo(self, chosen: Mapping[str, Any]) -> dict[str, Any] | None:
        upload = self._upload(chosen)
        if not upload or chosen["removes_logo"]:
            return None
        sizes = {"width": chosen["logo_width"] / 100, "margin": chosen["logo_margin"], "shape": chosen["logo_shape"]}
        return {"png": b64encode(upload).decode(), **sizes}


def _kept(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except ValueError:
        raise FieldRefused("logo", "Choose the logo again: what came with the form is no picture.") from None


def _paint(chosen: Mapping[str, Any]) -> Any:
    if chosen["paint"] == "solid":
        return chosen["color"]
    stops = [[0, chosen["color"]], [1, chosen["second_color"]]]
    return {"kind": chosen["paint"], "stops": stops, "angle": chosen["angle"]}


def _chosen(look: Look) -> dict[str, Any]:
    """What was chosen for a look; of gradients of more than two colours the first and the last."""
    chosen: dict[str, Any] = {name: getattr(look, name) for name in ("modules", "eye_frame", "eye_ball", "has_caption")}
    gradient = look.foreground if isinstance(look.foreground, Gradient) else None
    first, last = (gradient.stops[0][1], gradient.stops[-1][1]) if gradient else (str(look.foreground), "#1565c0")
    background = look.background.stops[0][1] if isinstance(look.background, Gradient) else look.background
    logo, frame = look.logo, look.frame
    return chosen | {
        "dot_size": round(look.dot_size * 100),
        "paint": gradient.kind if gradient else "solid",
        "color": first,
        "second_color": last,
        "angle": round(gradient.angle) if gradient else 45,
        "ground": "color" if background else "none",
        "background_color": background or "#ffffff",
        "has_eye_colors": bool(look.eye_frame_color or look.eye_ball_color),
        "eye_frame_color": look.eye_frame_color or first,
        "eye_ball_color": look.eye_ball_color or first,
        "logo_kept": b64encode(logo.png).decode() if logo else "",
        "logo_width": round(logo.width * 100) if logo else 15,
        "logo_margin": logo.margin if logo else 1,
        "logo_shape": logo.shape if logo else "square",
        "frame": frame.design if frame else "",
        "frame_text": frame.text if frame else "Scan me",
        "frame_color": frame.color if frame else "#000000",
        "frame_text_color": frame.text_color if frame else "#ffffff",
        "least_level": Style.Level.M,
    }
