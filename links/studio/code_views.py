"""The page of a code's picture: its style, how well it scans, and files of every format and size."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import get_object
from accounts.models import Workspace
from links import actions, pictures
from links.attachments import as_attachment
from links.code_forms import StyleField
from links.models import Code, Style
from links.pictures import Drawer
from links.qr.payloads.fields import FieldRefused
from links.studio import files
from links.studio.file_forms import FileChoice
from links.studio.pixel_gate import Busy
from links.studio.preview import Preview
from links.views import actor_of, in_workspace, takes_form, typed


class StyleChoice(forms.Form):
    """Which of the workspace's styles a code is drawn in."""

    style = StyleField()

    def __init__(self, data: object, workspace: Workspace, chosen: Style | None) -> None:
        super().__init__(data, initial={"style": chosen})  # type: ignore[arg-type]  # what a request has
        self.fields["style"].offer(workspace)  # type: ignore[attr-defined]


@takes_form
@in_workspace
def show_picture(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Look at a code as it is drawn today, choose its style, and download it."""
    code, drawer = _code(request, workspace, pk), Drawer.of(workspace.pk)
    form = StyleChoice(typed(request), workspace, code.style)
    if form.is_valid():
        try:
            actions.change_code(code, form.cleaned_data, actor=actor_of(request))
        except actions.StyleGone as gone:
            messages.error(request, str(gone))
        else:
            messages.success(request, "The style is saved. What is printed already stays as it is.")
        return redirect("links:picture", workspace.slug, code.pk)
    style = drawer.style_of(code)
    context = {
        "workspace": workspace,
        "code": code,
        "style": style,
        "form": form,
        "file_form": FileChoice(),
        "is_enforced": style is not None and style.is_enforced,
        **_previewed(code, drawer, style),
    }
    return render(request, "links/picture.html", context)


def _previewed(code: Code, drawer: Drawer, style: Style | None) -> dict[str, object]:
    """The preview, and why there is none where the style does not fit this code."""
    try:
        symbol = pictures.shown_symbol(code, style)
        return {"preview": Preview.of(symbol, drawer.look_of_style(style), pictures.caption_of(code))}
    except FieldRefused as refused:
        return {"preview": None, "refused": refused.advice}


@require_safe
@in_workspace
def download_picture(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The file of a code; back on its page with what to change where there is none."""
    code, form = _code(request, workspace, pk), FileChoice(request.GET)
    problems = [f"{form[field].label}: {' '.join(map(str, errors))}" for field, errors in form.errors.items()]
    if not problems:
        try:
            content = Drawer.of(workspace.pk).draw(code, form.chosen())
        except FieldRefused as refused:
            problems = [refused.advice]
        except pictures.DoesNotScan as refused:
            problems = [str(refused)]
        except Busy as busy:
            problems = [str(busy)]
        else:
            extension = form.cleaned_data["format"]
            response = HttpResponse(content, content_type=files.CONTENT_TYPES[extension])
            return as_attachment(response, pictures.filename_of(code, extension))
    for problem in problems:
        messages.error(request, problem)
    return redirect("links:picture", workspace.slug, code.pk)


def _code(request: HttpRequest, workspace: Workspace, pk: int) -> Code:
    living = Code.objects.filter(link__deleted_at=None, link__workspace=workspace, kind=Code.Kind.QR)
    with_parts = living.select_related("link", "domain", "style")
    return get_object(request, with_parts, workspace_path="link__workspace", pk=pk)
