"""What an administrator sees of links: read-only but for domains, so that every edit has its history."""

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from links.models import Campaign, Change, Code, Domain, Link, LinkRevision, Tag


class ReadOnlyAdmin(admin.ModelAdmin[Model]):
    """To look at: what changes has its history in actions.py, and facts do not change."""

    show_full_result_count = False  # a filtered list does not also count the whole table
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Link)
class LinkAdmin(ReadOnlyAdmin):
    list_display = ("id", "title", "leads_to", "workspace", "verdict", "is_paused", "expires_at", "deleted_at")
    list_filter = ("verdict", "is_paused", "workspace")
    list_select_related = ("workspace",)
    search_fields = ("title", "destination", "codes__path")


@admin.register(Code)
class CodeAdmin(ReadOnlyAdmin):
    list_display = ("path", "kind", "domain", "link", "placement", "counts_only", "created_at")
    list_select_related = ("domain", "link")
    search_fields = ("path", "placement")


@admin.register(Campaign, Tag)
class NamedAdmin(ReadOnlyAdmin):
    list_display = ("name", "workspace", "created_at")
    list_filter = ("workspace",)
    list_select_related = ("workspace",)
    search_fields = ("name",)


@admin.register(LinkRevision)
class LinkRevisionAdmin(ReadOnlyAdmin):
    list_display = ("link", "number", "changed_by", "api_key", "changed_at")
    list_select_related = ("link", "changed_by", "api_key")


@admin.register(Domain)
class DomainAdmin(admin.ModelAdmin[Domain]):
    """Domains can be added and edited; none is deleted, because its codes are printed."""

    list_display = ("host", "scheme", "port", "is_site")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Domain, form: ModelForm[Domain], change: bool) -> None:
        """Every cached target names its domain, so every process drops all of them."""
        super().save_model(request, obj, form, change)
        Change.of_everything()
