"""Batch: pictures of many codes, wanted as one ZIP. The row is also the job: whoever works on it finds what is left."""

import math
from typing import ClassVar

from django.db import models

from links.jobs import FileJob


class Batch(FileJob):
    """Codes as pictures in a ZIP. Taking the row away cancels it; its files go with it, links that it made stay."""

    class Source(models.TextChoices):
        """Whose codes they are."""

        LINK = "link"
        CAMPAIGN = "campaign"
        TAG = "tag"
        CODES = "codes", "chosen codes"
        FILE = "file", "links of a CSV file"

    folder_setting = "BATCHES_DIR"
    reached = ("links_made", "codes_drawn", "last_code", "size", "index_size", "refused")

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="batches")
    source = models.CharField(max_length=8, choices=Source)
    source_id = models.BigIntegerField(null=True, blank=True, help_text="Of the link, campaign or tag.")
    code_ids = models.JSONField(default=list, blank=True, help_text="Of the chosen codes.")
    format = models.CharField(max_length=10, help_text="One of the extensions of links/studio/files.py.")
    scale = models.PositiveSmallIntegerField(help_text="Pixels a module.")
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
    size = models.BigIntegerField(default=0, help_text="Bytes of the ZIP that holds these codes.")
    index_size = models.BigIntegerField(default=0, help_text="Bytes of the index that names them.")

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
    link = models.ForeignKey("links.Link", on_delete=models.CASCADE, null=True, related_name="batch_rows")
    refused = models.CharField(max_length=300, blank=True, help_text="Why it became no link, in words.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "line"], name="one_row_a_line")]

    def __str__(self) -> str:
        return f"{self.batch_id}: line {self.line}"
