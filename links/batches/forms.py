"""What people fill in to get a batch: of codes that there are, or of a CSV file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Workspace
from links.batches.models import Batch, BatchRow
from links.batches.rows import MOST_BYTES, RowsRefused, read_rows
from links.batches.sources import THINGS, Source, find_thing
from links.studio.files import CONTENT_TYPES, DEFAULT_SCALE, SCALES

# The list is for choosing from; whatever else the workspace has may be named in the address (?of=link:7).
SHOWN_OF_A_KIND = 100
Choices = list[tuple[str, str | list[tuple[str, str]]]]


class PicturesForm(forms.Form):
    """How the pictures are drawn."""

    format = forms.ChoiceField(label="Format", choices=[(extension, extension.upper()) for extension in CONTENT_TYPES])
    scale = forms.IntegerField(
        label="Pixels a module",
        min_value=SCALES[0],
        max_value=SCALES[-1],
        help_text="A module is one square of the code. PDF and EPS are 40 mm wide. They and SVG can be scaled later.",
    )

    def __init__(self, workspace: Workspace, data: Any = None, files: Any = None, **options: Any) -> None:
        usual = {"format": next(iter(CONTENT_TYPES)), "scale": DEFAULT_SCALE}
        super().__init__(data, files, initial=usual | options.pop("initial", {}), **options)
        self.workspace = workspace


class CodesForm(PicturesForm):
    """Codes of a link, a campaign or a tag."""

    of = forms.CharField(label="Codes of", error_messages={"required": "Choose one of the list."})
    field_order = ("of", "format", "scale")

    def __init__(self, workspace: Workspace, data: Any = None, **options: Any) -> None:
        super().__init__(workspace, data, **options)
        shown = (data or self.initial).get("of")
        self.fields["of"].widget = forms.Select(choices=_choices(workspace, shown))

    def clean_of(self) -> Source:
        source = _find(self.workspace, self.cleaned_data["of"])
        if source is None:
            raise ValidationError("Choose one of the list.", code="of")
        return source


class FileForm(PicturesForm):
    """Links that are made first, a row each."""

    file = forms.FileField(
        label="CSV file",
        max_length=100,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )
    field_order = ("file", "format", "scale")

    def __init__(self, workspace: Workspace, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(workspace, data, files, auto_id="id_new_%s", **options)
        self.rows: list[BatchRow] = []

    def clean_file(self) -> Source:
        """The file as a source; its rows are in `rows`."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(f"The file has more than {MOST_BYTES:,} bytes. Cut it in several.", code="size")
        try:
            self.rows = read_rows(self.workspace, file.read())
        except RowsRefused as refusal:
            raise ValidationError(refusal.sentences) from refusal
        return Source(self.workspace, Batch.Source.FILE, file.name or "codes.csv")


def _find(workspace: Workspace, text: str) -> Source | None:
    kind, _, number = text.partition(":")
    if kind not in THINGS or not number.isascii() or not number.isdecimal() or len(number) > 18:
        return None
    return find_thing([workspace], Batch.Source(kind), int(number))


def _choices(workspace: Workspace, shown: Any) -> Choices:
    newest: list[tuple[str, str, Any]] = [
        ("campaign", "Campaigns", workspace.campaigns),
        ("tag", "Tags", workspace.tags),
        ("link", "Links", workspace.links.alive()),
    ]
    choices: Choices = [("", "Choose…")]
    known = set()
    for kind, words, things in newest:
        found = [(f"{kind}:{thing.pk}", str(thing)[:80]) for thing in things.order_by("-pk")[:SHOWN_OF_A_KIND]]
        known |= {value for value, _ in found}
        if found:
            choices.append((words, found))
    if isinstance(shown, str) and shown not in known and (source := _find(workspace, shown)):
        choices.append((shown, source.name[:80]))
    return choices
