"""Erasure: scans that were erased. The row is also the job: whoever works on it finds in it what is left to do."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models


class Erasure(models.Model):
    """Scans that were erased and must not come back: ingestion drops what falls into it.

    The row is also the job: whoever works on it finds in it what is left to do and says how far it is.
    """

    workspace_id = models.BigIntegerField()
    link_id = models.BigIntegerField(null=True, blank=True, help_text="Empty: every link of the workspace.")
    first_day = models.DateField(help_text="Local days of the workspace, both included.")
    last_day = models.DateField()
    since = models.DateTimeField()
    until = models.DateTimeField(help_text="Exclusive, and never in the future: later scans are new ones.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    api_key = models.ForeignKey("accounts.ApiKey", on_delete=models.SET_NULL, null=True, blank=True)
    total = models.BigIntegerField(null=True, blank=True, help_text="Raw scans found when the work began.")
    erased = models.BigIntegerField(default=0, help_text="Raw scans removed so far.")
    # Lists of [first, last] as ISO dates: which of the two ways of correcting numbers was taken for which local days.
    recounted_days = models.JSONField(default=list, blank=True)
    subtracted_days = models.JSONField(default=list, blank=True)
    exports_removed = models.IntegerField(
        null=True, blank=True, help_text="Export files that may have held some of it; empty: not looked for yet."
    )
    exports_restarted = models.IntegerField(default=0, help_text="Exports in the making that had to begin anew.")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace_id"], name="erasures_of_a_workspace")]

    def __str__(self) -> str:
        return f"{self.workspace_id}/{self.link_id or 'all'}: {self.since} to {self.until}"

    def covers(self, link_id: int, at: datetime) -> bool:
        """Whether a scan of the workspace falls into it."""
        return self.link_id in (None, link_id) and self.since <= at < self.until

    @property
    def percent(self) -> int:
        """How far the work is; 100 only when all of it is done."""
        if self.done_at is not None:
            return 100
        return min(99, 100 * self.erased // self.total) if self.total else 0


class ErasedScan(models.Model):
    """The number of a scan that is accounted for and erased, so that it is not accounted for twice if it comes again.

    It says when, and nothing of what or whom; it goes once its journal segment is gone.
    """

    event_id = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)
