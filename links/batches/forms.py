"""What people fill in to get a batch: whose codes, a ZIP or sheets of labels, and how they are drawn."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Workspace
from links.batches.captions import MOST_CAPTIONS, of_file
from links.batches.label_fields import GRID, GRID_FIELDS, LabelFields
from links.batches.models import Batch, BatchRow
from links.batches.outputs import Labels, Made
from links.batches.rows import MOST_BYTES, RowsRefused, read_rows
from links.batches.sources import THINGS, Source, find_thing
from links.studio.file_forms import FileChoice

# The list is for choosing from; whatever else the workspace has may be named in the address (?of=link:7).
SHOWN_OF_A_KIND = 100
Choices = list[tuple[str, str | list[tuple[str, str]]]]
SOURCES = {"codes": "Codes that you have", "file": "New links from a CSV file"}


class BatchForm(LabelFields, FileChoice):
    """A batch. A valid one has its `source`, what is `made`, and the `file_rows` of its file.

    All fields are in the page, so that it needs no script; mistakes in those that a choice leaves out do not matter.
    """

    codes_of = forms.ChoiceField(
        label="Which codes", choices=list(SOURCES.items()), initial="codes", widget=forms.RadioSelect
    )
    of = forms.CharField(label="Codes of", error_messages={"required": "Choose one of the list."})
    file = forms.FileField(
        label="CSV file",
        max_length=100,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )
    output = forms.ChoiceField(
        label="What to make", choices=Batch.Output.choices, initial=Batch.Output.ZIP, widget=forms.RadioSelect
    )

    def __init__(self, workspace: Workspace, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        self.workspace = workspace
        self.source = None if self.is_bound else _find(workspace, self.initial.get("of") or "")
        self.labels: Labels | None = None
        self.file_rows: list[BatchRow] = []
        self.fields["of"].widget = forms.Select(choices=_choices(workspace, (data or self.initial).get("of")))

    @property
    def made(self) -> Made:
        """What a valid form asks for."""
        return self.labels or self.chosen()

    def clean(self) -> dict[str, Any]:
        wanted: dict[str, Any] = super().clean()
        for name in self._left_out():
            self.errors.pop(name, None)
        is_file = wanted.get("codes_of") == "file"
        if wanted.get("output") == Batch.Output.LABELS and not set(self.errors) - {"of", "file"}:
            self.labels = self.labels_of(wanted, has_cells=is_file)
            if self.labels and len(self.labels.captions) > MOST_CAPTIONS:
                self.add_error("captions", f"Print at most {MOST_CAPTIONS} captions.")
        if not self.errors and is_file:
            self._read(wanted["file"])
        elif "of" in wanted and not is_file:
            self._find(wanted["of"])
        return wanted

    def _left_out(self) -> set[str]:
        """Fields that what was chosen makes no use of."""
        chosen = self.cleaned_data
        left_out = {"of"} if chosen.get("codes_of") == "file" else {"file", "cells"}
        if chosen.get("output") != Batch.Output.LABELS:
            return left_out | {*LabelFields.base_fields}
        if chosen.get("sheet") != GRID:
            left_out |= set(GRID_FIELDS.values())
        if not chosen.get("has_ground"):
            left_out |= {"ground", "bleed"}
        return left_out | {"format", "width", "unit", "dpi"}

    def _find(self, of: str) -> None:
        self.source = _find(self.workspace, of)
        if self.source is None:
            self.add_error("of", "Choose one of the list.")

    def _read(self, file: UploadedFile[Any]) -> None:
        """The file as a source, and its rows."""
        if (file.size or 0) > MOST_BYTES:
            self.add_error("file", f"The file has more than {MOST_BYTES:,} bytes. Cut it in several.")
            return
        try:
            self.file_rows = read_rows(
                self.workspace, file.read(), of_file(self.labels.captions if self.labels else ())
            )
        except RowsRefused as refusal:
            self.add_error("file", ValidationError(refusal.sentences))
        self.source = Source(self.workspace, Batch.Source.FILE, file.name or "codes.csv")


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
