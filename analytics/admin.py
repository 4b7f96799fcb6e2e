"""Scans, orphan scans and records set aside, to look at: facts are not edited."""

from django.contrib import admin

from analytics.models import OrphanScan, Scan, SetAsideRecord
from links.admin import ReadOnlyAdmin

MAX_SHOWN = 5000


@admin.register(Scan)
class ScanAdmin(ReadOnlyAdmin):
    list_display = ("at", "scan_class", "class_reason", "outcome", "link_id", "code_id", "device", "os", "browser")
    list_filter = ("scan_class",)
    ordering = ("-event_id",)  # event ids begin with the time, and they are the primary key


@admin.register(OrphanScan)
class OrphanScanAdmin(ReadOnlyAdmin):
    list_display = ("at", "host", "path", "scan_class", "user_agent")
    ordering = ("-at",)


@admin.register(SetAsideRecord)
class SetAsideRecordAdmin(ReadOnlyAdmin):
    list_display = ("at", "segment", "reason", "digest")
    list_filter = ("at",)
    fields = ("at", "segment", "reason", "digest", "content")
    readonly_fields = ("content",)
    search_fields = ("reason", "segment")
    ordering = ("-at",)

    @admin.display(description="record")
    def content(self, aside: SetAsideRecord) -> str:
        """As far as it is text; the rest escaped, so that nothing in it can be mistaken for the page."""
        return bytes(aside.record)[:MAX_SHOWN].decode("ascii", "backslashreplace")
