"""Fields of a form for sheets of labels: which sheet, how it is printed, what stands beside the codes."""

from collections.abc import Mapping
from typing import Any

from django import forms

from links.batches.captions import LONGEST_NAME, MOST_CAPTIONS, OWN
from links.batches.outputs import Labels
from links.batches.tables import column_name
from links.qr import label_sheets
from links.qr.label_sheets import Printing
from links.qr.payloads.fields import FieldRefused
from links.qr.sheets import LEAST_SIDE, MOST_IN_LINE, PAPERS, Sheet, named_sheets, sheet_title
from links.studio.forms import ColorField

GRID = "own"
USUAL = "avery-l7160"
# Fields of a grid of one's own: what a sheet calls them, and the form.
GRID_FIELDS = {
    "paper": "paper",
    "columns": "columns",
    "rows": "rows",
    "width": "label_width",
    "height": "label_height",
    "left": "left",
    "top": "top",
    "across": "across",
    "down": "down",
}


def _count(label: str, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=MOST_IN_LINE, initial=initial)


def _length(label: str, initial: float, least: float = 0, help_text: str = "") -> forms.FloatField:
    return forms.FloatField(label=f"{label}, mm", min_value=least, max_value=300, initial=initial, help_text=help_text)


def _sheets() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Named sheets by paper, and one's own."""
    choices: list[tuple[str, str | list[tuple[str, str]]]] = []
    for paper in PAPERS:
        found = {name: sheet for name, sheet in named_sheets().items() if sheet.paper == paper}
        choices.append((paper, [(name, _in_words(name, sheet)) for name, sheet in found.items()]))
    return [*choices, (GRID, "Another sheet: measures of my own")]


def _in_words(name: str, sheet: Sheet) -> str:
    return f"{sheet_title(name)}: {sheet.labels} of {sheet.width:.4g} × {sheet.height:.4g} mm"


class LabelFields(forms.Form):
    """Sheets of labels. `labels` is what was asked for, once these fields are valid."""

    sheet = forms.ChoiceField(label="Sheet", choices=_sheets, initial=USUAL)
    paper = forms.ChoiceField(label="Paper", choices=[(paper, paper) for paper in PAPERS], initial="A4")
    columns = _count("Labels side by side", 3)
    rows = _count("Rows of labels", 7)
    label_width = _length("Width of a label", 63.5, LEAST_SIDE)
    label_height = _length("Height of a label", 38.1, LEAST_SIDE)
    left = _length("Left margin", 7.21, help_text="From the paper's edge to the first label.")
    top = _length("Top margin", 15.15, help_text="From the paper's edge to the first label.")
    across = _length("Step to the right", 66.04, help_text="From the left edge of a label to that of the next one.")
    down = _length("Step down", 38.1, help_text="From the upper edge of a label to that of the next one.")
    captions = forms.MultipleChoiceField(
        label="Beside the code",
        required=False,
        choices=[(name, name.capitalize()) for name in OWN],
        initial=["placement", "address"],
        widget=forms.CheckboxSelectMultiple,
    )
    cells = forms.CharField(
        label="Columns of the file beside the code",
        required=False,
        max_length=MOST_CAPTIONS * (LONGEST_NAME + 1),
        help_text="Names of further columns of the CSV file, with commas between them.",
    )
    skipped = forms.IntegerField(
        label="Labels to skip", min_value=0, initial=0, help_text="Of the first sheet, where some are used already."
    )
    has_ground = forms.BooleanField(label="Labels have a colour", required=False)
    ground = ColorField(label="Colour of labels", initial="#fff3c4")
    bleed = forms.FloatField(
        label="Bleed, mm",
        min_value=0,
        max_value=label_sheets.MOST_BLEED,
        initial=0,
        help_text="So far colour runs over the edge, for labels that are cut out.",
    )
    has_crop_marks = forms.BooleanField(label="Crop marks, for labels that are cut out", required=False)

    def labels_of(self, wanted: Mapping[str, Any], *, has_cells: bool) -> Labels | None:
        """What valid fields ask for; None, and the reason beside the field, for what cannot be printed."""
        named = named_sheets().get(wanted["sheet"])
        sheet = named or Sheet(**{name: wanted[field] for name, field in GRID_FIELDS.items()})
        printing = Printing(
            wanted["skipped"],
            wanted["bleed"] if wanted["has_ground"] else 0,
            wanted["ground"].lower() if wanted["has_ground"] else None,
            wanted["has_crop_marks"],
            wanted["color_space"],
        )
        cells = [column_name(name) for name in wanted["cells"].split(",") if name.strip()] if has_cells else []
        try:
            label_sheets.check(sheet, printing)
        except FieldRefused as refused:
            self.add_error(_field_of(refused.field), refused.advice)
            return None
        captions = dict.fromkeys([*wanted["captions"], *cells])
        return Labels(sheet, printing, tuple(captions), wanted["sheet"] if named else "")


def _field_of(field: str) -> str:
    name = field.removeprefix("sheet.")
    return "has_crop_marks" if name == "crop_marks" else GRID_FIELDS.get(name, name)
