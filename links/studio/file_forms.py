"""What people fill in to get a picture as a file: its format, and how large it is printed."""

from typing import Any, get_args

from django import forms

from links.studio import files
from links.studio.files import Format, Output

FORMATS: dict[Format, str] = {
    "svg": "SVG: for print shops and web pages",
    "pdf": "PDF: for print shops",
    "eps": "EPS: for older print programs",
    "png": "PNG: for documents and screens",
    "webp": "WebP: for web pages",
    "jpg": "JPEG: where nothing else is taken",
}
UNITS = {"mm": "millimetres", "inches": "inches"}
COLOR_SPACES = {"rgb": "RGB", "cmyk": "CMYK, for presses"}


class FileChoice(forms.Form):
    """The format and size of a file. Templates show the fields that matter for a format: _file_fields.html."""

    format = forms.ChoiceField(label="Format", choices=list(FORMATS.items()), initial=get_args(Format)[0])
    width = forms.FloatField(label="Width in print", min_value=0, initial=round(files.DEFAULT_MM))
    unit = forms.ChoiceField(label="Measured in", choices=list(UNITS.items()), initial="mm")
    dpi = forms.IntegerField(
        label="Dots an inch",
        min_value=files.DPIS[0],
        max_value=files.DPIS[1],
        initial=300,
        help_text="Every module is as many whole pixels as fit, so the picture may be a little narrower.",
    )
    color_space = forms.ChoiceField(label="Colours", choices=list(COLOR_SPACES.items()), initial="rgb")

    def __init__(self, *given: Any, symbol_mm: float | None = None, **options: Any) -> None:
        """No width is asked for where the symbol's own is fixed."""
        super().__init__(*given, **options)
        self.symbol_mm = symbol_mm
        if symbol_mm is not None:
            del self.fields["width"], self.fields["unit"]

    def clean(self) -> dict[str, object]:
        wanted = super().clean() or self.cleaned_data
        width, unit = wanted.get("width"), wanted.get("unit")
        if width is not None and unit:
            least, most = files.MILLIMETRES if unit == "mm" else files.INCHES
            if not least <= width <= most:
                self.add_error("width", f"Use from {least:g} to {most:,} {UNITS[unit]}.")
        return wanted

    def chosen(self) -> Output:
        """What a valid form asks for."""
        wanted = self.cleaned_data
        how = {"dpi": wanted["dpi"], "color_space": wanted["color_space"]}
        if self.symbol_mm is not None:
            return Output(wanted["format"], symbol_mm=self.symbol_mm, **how)
        return Output(wanted["format"], **{wanted["unit"]: wanted["width"]}, **how)
