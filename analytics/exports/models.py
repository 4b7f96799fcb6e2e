"""Export: a file that was asked for. The row is also the job: whoever works on it finds in it what is left to do."""

import math
from typing import ClassVar

from django.db import models

from links.jobs import FileJob


class Export(FileJob):
    """Scans or a report, wanted as a file. Taking the row away cancels it; its file goes with it."""

    folder_setting = "EXPORTS_DIR"
    reached = ("rows", "size", "place", "total")

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="exports")
    wanted = models.JSONField(help_text="See analytics/exports/wanted.py.")
    format = models.CharField(max_length=10)
    bom = models.BooleanField(default=False, help_text="A CSV file begins with a byte order mark, for Excel.")
    total = models.BigIntegerField(null=True, blank=True, help_text="About how many rows it will have.")
    rows = models.BigIntegerField(default=0, help_text="Rows written so far.")
    size = models.BigIntegerField(default=0, help_text="Bytes of the file that hold these rows.")
    place = models.JSONField(null=True, blank=True, help_text="The last scan written: where to go on.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-id"], name="exports_of_a_workspace")]

    @property
    def percent(self) -> int:
        """How far the work is; 100 only when all of it is done."""
        if self.done_at is not None:
            return 100
        return min(99, math.floor(100 * self.rows / self.total)) if self.total else 0
