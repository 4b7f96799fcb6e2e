"""Dashboard pages of batches: ask, watch, download, remove."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_object
from accounts.models import Workspace
from links.batches import downloads
from links.batches.actions import MOST_CODES, BatchRefused, kept_until, remove_batch, request_batch
from links.batches.forms import BatchForm
from links.batches.models import Batch
from links.batches.rows import COLUMNS, MOST_ROWS
from links.batches.sheet_preview import SheetPreview
from links.views import actor_of, in_workspace, takes_form, typed

PAGE_SIZE = 25


@takes_form
@in_workspace
def batches(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What was asked for, and the form; what is wrong in it, or in a file, is said before anything is made."""
    files = request.FILES if request.method == "POST" else None
    form = BatchForm(workspace, typed(request), files, initial=_preset(request))
    if form.is_valid() and _ask(request, form):
        return redirect("batches:list", workspace.slug)
    found = Batch.objects.filter(workspace=workspace).select_related("created_by", "api_key").defer("code_ids")
    page = Paginator(found.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "workspace": workspace,
        "form": form,
        "columns": COLUMNS,
        "most_codes": MOST_CODES,
        "most_rows": MOST_ROWS,
        "page": page,
        "rows": [(batch, kept_until(batch)) for batch in page],
        "preview": SheetPreview.of(form),
    }
    return render(request, "links/batches.html", context)


def _preset(request: HttpRequest) -> dict[str, str]:
    """What the address chooses."""
    preset = {"of": request.GET.get("of", "")}
    if request.GET.get("output") in Batch.Output.values:
        preset["output"] = request.GET["output"]
    return preset


def _ask(request: HttpRequest, form: BatchForm) -> Batch | None:
    """The batch; None, and the reason in the form, where there is none."""
    assert form.source is not None  # noqa: S101 a valid form has one
    try:
        batch = request_batch(form.source, form.made, actor=actor_of(request), rows=form.file_rows)
    except BatchRefused as refusal:
        form.add_error(None, ValidationError(list(refusal.sentences)))
        return None
    messages.success(request, "The batch is being made. This page shows how far it is.")
    return batch


@require_POST
@in_workspace
def preview_sheet(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The first sheet as a small picture, and how many there will be, while somebody chooses."""
    form = BatchForm(workspace, request.POST)
    preview = SheetPreview.of(form)
    wrong = [(form[name].label, error) for name, errors in form.errors.items() if name != "of" for error in errors]
    problems = [f"{label}: {error}" for label, error in wrong]
    return render(request, "links/_sheet.html", {"preview": preview, "problems": problems})


@require_safe
@in_workspace
def refresh_batch(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """How far one batch is, for a page that watches it."""
    batch = _batch(request, workspace, pk)
    context = {"workspace": workspace, "batch": batch, "kept_until": kept_until(batch)}
    return render(request, "links/_batch.html", context)


@require_POST
@in_workspace
def remove(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    batch = _batch(request, workspace, pk)
    words = "The batch is removed." if batch.is_over else "The batch is cancelled. Links that it has made stay."
    remove_batch(batch)
    messages.success(request, words)
    return redirect("batches:list", workspace.slug)


@require_safe
@in_workspace  # type: ignore[arg-type]  # a stream is no HttpResponse, and as good as one
def download(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponseBase:
    batch = _batch(request, workspace, pk)
    if batch.done_at is None:
        raise Http404("The file is not made yet.")
    try:
        return downloads.file_of(batch)
    except downloads.NotHere as error:
        raise Http404(str(error)) from error


def _batch(request: HttpRequest, workspace: Workspace, pk: int) -> Batch:
    batch: Batch = get_object(request, Batch.objects.filter(workspace=workspace), pk=pk)
    return batch
