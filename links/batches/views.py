"""Dashboard pages of batches: ask, watch, download, remove."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_object
from accounts.models import Workspace
from links.batches import downloads
from links.batches.actions import MOST_CODES, BatchRefused, kept_until, remove_batch, request_batch
from links.batches.forms import CodesForm, FileForm
from links.batches.models import Batch
from links.batches.rows import COLUMNS, MOST_ROWS
from links.batches.sources import Source
from links.views import actor_of, in_workspace, takes_form, typed

PAGE_SIZE = 25


@takes_form
@in_workspace
def batches(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What was asked for, and the forms; a POST asks for codes that there are."""
    form = CodesForm(workspace, typed(request), initial={"of": request.GET.get("of", "")})
    if form.is_valid() and _ask(request, form, form.cleaned_data["of"]):
        return redirect("batches:list", workspace.slug)
    return _page(request, workspace, form, FileForm(workspace))


@require_POST
@in_workspace
def ask_for_file(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Make links of a CSV file, and pictures of their codes; what is wrong in it is said before anything is made."""
    form = FileForm(workspace, request.POST, request.FILES)
    if form.is_valid() and _ask(request, form, form.cleaned_data["file"]):
        return redirect("batches:list", workspace.slug)
    return _page(request, workspace, CodesForm(workspace), form)


def _ask(request: HttpRequest, form: CodesForm | FileForm, source: Source) -> Batch | None:
    """The batch; None, and the reason in the form, where there is none."""
    rows = form.rows if isinstance(form, FileForm) else ()
    wanted = form.cleaned_data
    try:
        batch = request_batch(source, wanted["format"], wanted["scale"], actor=actor_of(request), rows=rows)
    except BatchRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, "The batch is being made. This page shows how far it is.")
    return batch


def _page(request: HttpRequest, workspace: Workspace, form: CodesForm, file_form: FileForm) -> HttpResponse:
    found = Batch.objects.filter(workspace=workspace).select_related("created_by", "api_key").defer("code_ids")
    page = Paginator(found.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "workspace": workspace,
        "form": form,
        "file_form": file_form,
        "columns": COLUMNS,
        "most_codes": MOST_CODES,
        "most_rows": MOST_ROWS,
        "page": page,
        "rows": [(batch, kept_until(batch)) for batch in page],
    }
    return render(request, "links/batches.html", context)


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
