"""The sheet of labels that a form asks for, as a small picture, and how many sheets there will be."""

from dataclasses import dataclass

from links.batches.actions import planned
from links.batches.forms import BatchForm
from links.batches.models import Batch
from links.batches.outputs import Labels
from links.batches.sources import codes_of
from links.qr import svg
from links.qr.label_sheets import pages_of, sketch
from links.qr.sheets import named_sheets
from links.studio.preview import data_uri

SHOWN_WIDTH = 220  # CSS pixels


@dataclass(frozen=True)
class SheetPreview:
    """Labels of a sheet, and how many codes there are for them; None where a file will say."""

    labels: Labels
    codes: int | None

    @classmethod
    def of(cls, form: BatchForm) -> "SheetPreview | None":
        """None while the form asks for none, or for one that cannot be."""
        form.is_valid()
        labels = form.labels if form.is_bound else Labels(named_sheets()[form["sheet"].value()])
        if labels is None:
            return None
        if form.source is None or form.source.kind == Batch.Source.FILE:
            return cls(labels, None)
        return cls(labels, codes_of(planned(form.source, labels)).count())

    @property
    def a_sheet(self) -> int:
        """Labels of a sheet."""
        return self.labels.sheet.labels

    @property
    def pages(self) -> int | None:
        return None if self.codes is None else pages_of(self.codes, self.labels.sheet, self.labels.printing)

    @property
    def address(self) -> str:
        """The first sheet, in the page: a data URI."""
        art = sketch(self.labels.sheet, self.labels.printing.skipped, self.codes)
        return data_uri("image/svg+xml", svg.draw(art, width=SHOWN_WIDTH))
