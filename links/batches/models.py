"""Batch: many codes, wanted as one file. The row is also the job: whoever works on it finds what is left."""

import math
from typing import ClassVar

from django.db import models

from links.jobs import FileJob


class Batch(FileJob):
    """Codes as pictures in a ZIP, or on sheets of labels in a PDF.

    Taking the row away cancels it; its files go with it, links that it made stay.
    """

    class Source(models.TextChoices):
        """Whose codes they are."""

        LINK = "link"
        CAMPAIGN = "campaign"
        TAG = "tag"
        CODES = "codes", "chosen codes"
        FILE = "file", "links of a CSV file"

    class Output(models.TextChoices):
        """What is made of them."""

        ZIP = "zip", "ZIP of pictures"
        LABELS = "labels", "Label sheets"

    folder_setting = "BATCHES_DIR"
    reached = ("links_made", "codes_drawn", "last_code", "size", "index_size", "refused")

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="batches")
    source = models.CharField(max_length=8, choices=Source)
    source_id = models.BigIntegerField(null=True, blank=True, help_text="Of the link, campaign or tag.")
    code_ids = models.JSONField(default=list, blank=True, help_text="Of the chosen codes.")
    output = models.CharField(max_length=8, choices=Output, default=Output.ZIP)
    format = models.CharField(max_length=10, help_text="Of pictures: one of the extensions of links/studio/files.py.")
    options = models.JSONField(default=dict, help_text="How it is drawn: see links/batches/outputs.py.")
    links_total = models.PositiveIntegerField(default=0, help_text="Rows of the CSV file, a link each.")
    links_made = models.PositiveIntegerField(default=0, help_text="Rows that are links by now, or were refused.")
    refused = models.JSONField(
        default=list,
        blank=True,
        help_text="Some rows without a link and codes that would not scan: {line or null, message}.",
    )
    codes_total = models.PositiveIntegerField(help_text="How many codes it was asked for; once done, exactly.")
    codes_drawn = models.PositiveIntegerField(default=0)
    last_code = models.BigIntegerField(default=0, help_text="The id of the code drawn last: where to go on.")
    size = models.BigIntegerField(default=0, help_text="Bytes of the file that holds these codes.")
    index_size = models.BigIntegerField(default=0, help_text="Bytes of what is written beside it.")

    class Meta:
        verbose_name_plural = "batches"
        indexes: ClassVar = [models.Index(fields=["workspace", "-id"], name="batches_of_a_workspace")]

    @property
    def is_making_links(self) -> bool:
        return self.links_made < self.links_total

    @property
    def percent(self) -> int:
        """How far the work is, a link being as much of it as a picture; 100 only when all of it is done."""
        if self.done_at is not None:
            return 100
        total = self.links_total + self.codes_total
        return min(99, math.floor(100 * (self.links_made + self.codes_drawn) / total)) if total else 0


class BatchRow(models.Model):
    """One row of a batch's CSV file, and the link that it became: set with the link, so that no row makes two."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(help_text="Where it begins in the file; the first line is 1.")
    wanted = models.JSONField(help_text="What links.actions.create_link takes: see links/batches/rows.py.")
    captions = models.JSONField(
        default=dict, blank=True, help_text="Cells that are printed beside its code, by column."
    )
    link = models.ForeignKey("links.Link", on_delete=models.CASCADE, null=True, related_name="batch_rows")
    refused = models.CharField(max_length=300, blank=True, help_text="Why it became no link, in words.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "line"], name="one_row_a_line")]

    def __str__(self) -> str:
        return f"{self.batch_id}: line {self.line}"
