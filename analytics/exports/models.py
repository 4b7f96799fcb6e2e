"""Export: a file that was asked for. The row is also the job: whoever works on it finds in it what is left to do."""

import math
from typing import ClassVar, Self

from django.conf import settings
from django.db import models


class ExportQuerySet(models.QuerySet["Export"]):
    def unfinished(self) -> Self:
        """Those that are still worked on."""
        return self.filter(done_at=None, failed="")


class Export(models.Model):
    """Scans or a report, wanted as a file. Taking the row away cancels it; its file goes with it."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="exports")
    title = models.CharField(max_length=300, help_text="What is in it, in words.")
    file_name = models.CharField(max_length=150)
    wanted = models.JSONField(help_text="See analytics/exports/wanted.py.")
    format = models.CharField(max_length=10)
    bom = models.BooleanField(default=False, help_text="A CSV file begins with a byte order mark, for Excel.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    api_key = models.ForeignKey("accounts.ApiKey", on_delete=models.SET_NULL, null=True, blank=True)
    total = models.BigIntegerField(null=True, blank=True, help_text="About how many rows it will have.")
    rows = models.BigIntegerField(default=0, help_text="Rows written so far.")
    size = models.BigIntegerField(default=0, help_text="Bytes of the file that hold these rows.")
    place = models.JSONField(null=True, blank=True, help_text="The last scan written: where to go on.")
    holder = models.CharField(max_length=300, blank=True, help_text="The host and folder where the file is.")
    starts = models.PositiveIntegerField(default=0, help_text="How often it had to begin anew.")
    worked_at = models.DateTimeField(null=True, blank=True, help_text="The last sign of whoever works on it.")
    failed = models.CharField(max_length=300, blank=True, help_text="Why there will be no file, in words.")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-id"], name="exports_of_a_workspace")]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """What is happening: waiting, running, done or failed."""
        if self.failed:
            return "failed"
        if self.done_at is not None:
            return "done"
        return "waiting" if self.worked_at is None else "running"

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")

    @property
    def percent(self) -> int:
        """How far the work is; 100 only when all of it is done."""
        if self.done_at is not None:
            return 100
        return min(99, math.floor(100 * self.rows / self.total)) if self.total else 0
