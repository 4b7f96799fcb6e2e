"""Asking for an export, and taking one away: what API and dashboard have in common."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from analytics.exports import files
from analytics.exports.formats import Format
from analytics.exports.models import Export
from analytics.exports.wanted import Wanted
from links.actions import Actor
from links.jobs import remove_nobodys_files

# So many files of one workspace may be in the making at once.
MOST_UNFINISHED = 10


class TooMany(Exception):
    """The workspace has enough exports in the making."""


def request_export(wanted: Wanted, format: Format, *, bom: bool, actor: Actor) -> Export:
    """Write the row of an export: a worker finds it within two seconds. Raises TooMany."""
    workspace = wanted.subject.workspace
    if Export.objects.unfinished().filter(workspace=workspace).count() >= MOST_UNFINISHED:
        raise TooMany(f"{MOST_UNFINISHED} exports are in the making. Wait for one of them, or remove it.")
    return Export.objects.create(
        workspace=workspace,
        title=wanted.title,
        file_name=wanted.file_name(format),
        wanted=wanted.dumped(),
        format=format.value,
        bom=bom,
        created_by=actor.user,
        api_key=actor.api_key,
        total=wanted.about(),
    )


def remove_export(export: Export) -> None:
    """Cancel what is in the making, take away what is made. A worker at it notices before its next page."""
    export_file = Export(pk=export.pk, format=export.format)
    export.delete()
    files.remove_file(export_file)


def kept_until(export: Export) -> datetime:
    """When an export goes by itself."""
    return (export.done_at or export.created_at) + timedelta(days=settings.EXPORT_DAYS)


def forget_old_exports() -> None:
    """Take away exports past their time, done or not, and files whose row has gone."""
    horizon = timezone.now() - timedelta(days=settings.EXPORT_DAYS)
    Export.objects.filter(done_at__lt=horizon).delete()
    Export.objects.filter(done_at=None, created_at__lt=horizon).delete()
    remove_nobodys_files(Export)
