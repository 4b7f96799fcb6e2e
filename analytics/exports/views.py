"""Dashboard pages of exports: ask, watch, download, remove."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_object
from accounts.models import Workspace
from analytics.exports import downloads
from analytics.exports.actions import TooMany, kept_until, remove_export, request_export
from analytics.exports.formats import Format
from analytics.exports.forms import ExportForm
from analytics.exports.models import Export
from analytics.reports import Refused
from links.views import actor_of, in_workspace, takes_form

PAGE_SIZE = 25
# What the address may fill in, so that a page of statistics can lead here: ?what=scans&about=link:5&since=2026-05-01
PREFILLED = ("what", "about", "since", "until", "classes", "filter", "interval", "breakdown", "format")


@takes_form
@in_workspace  # type: ignore[arg-type]  # a stream is no HttpResponse, and as good as one
def exports(request: HttpRequest, workspace: Workspace) -> HttpResponseBase:
    """The form, and what was asked for; what is short is answered at once with the file itself."""
    if request.method != "POST":
        initial = {name: value for name in PREFILLED if (value := request.GET.get(name))}
        return _page(request, workspace, ExportForm(workspace, initial=initial))
    form = ExportForm(workspace, request.POST)
    if form.is_valid():
        try:
            return _answer(request, form)
        except Refused as refusal:
            form.show_refusal(refusal.parameter, refusal.message)
        except TooMany as refusal:
            form.add_error(None, str(refusal))
    return _page(request, workspace, form)


def _answer(request: HttpRequest, form: ExportForm) -> HttpResponseBase:
    wanted, kind, bom = form.wanted(), Format(form.cleaned_data["format"]), form.cleaned_data["bom"]
    if wanted.is_short:
        return downloads.streamed(wanted.table(), kind, wanted.file_name(kind), bom=bom)
    request_export(wanted, kind, bom=bom, actor=actor_of(request))
    messages.success(request, "That is a large file. It is being made; this page shows how far it is.")
    return redirect("exports:list", wanted.subject.workspace.slug)


def _page(request: HttpRequest, workspace: Workspace, form: ExportForm) -> HttpResponse:
    found = Export.objects.filter(workspace=workspace).select_related("created_by", "api_key").order_by("-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"workspace": workspace, "form": form, "page": page, "now": timezone.now()}
    context["rows"] = [(export, kept_until(export)) for export in page]
    return render(request, "analytics/exports.html", context)


@require_safe
@in_workspace
def refresh_export(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """How far one export is, for a page that watches it."""
    export = _export(request, workspace, pk)
    context = {"workspace": workspace, "export": export, "kept_until": kept_until(export)}
    return render(request, "analytics/exports_progress.html", context)


@require_POST
@in_workspace
def remove(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    export = _export(request, workspace, pk)
    words = "The file is removed." if export.is_over else "The export is cancelled."
    remove_export(export)
    messages.success(request, words)
    return redirect("exports:list", workspace.slug)


@require_safe
@in_workspace  # type: ignore[arg-type]  # as above
def download(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    export = _export(request, workspace, pk)
    if export.done_at is None:
        raise Http404("The file is not made yet.")
    try:
        return downloads.file_of(export)
    except downloads.NotHere as error:
        raise Http404(str(error)) from error


def _export(request: HttpRequest, workspace: Workspace, pk: int) -> Export:
    export: Export = get_object(request, Export.objects.filter(workspace=workspace), pk=pk)
    return export
