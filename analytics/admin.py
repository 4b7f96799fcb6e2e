"""Scans, orphan scans and records set aside, to look at: facts are not edited."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from analytics.models import OrphanScan, Scan, SetAsideRecord

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin  # generic only in its stubs


class ReadOnlyAdmin(ModelAdmin):
    """Lists and shows; a filtered list does not also count the whole table."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


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
    search_fields = ("reason", "segment")
    ordering = ("-at",)
