"""The page of static codes: what they say, how they look, and the file; nothing of it is kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Workspace
from links.attachments import as_attachment
from links.hosted.stored import HEADINGS
from links.models import Style
from links.pictures import Drawer, least_level_of
from links.qr.matrix import TextTooLong
from links.qr.payloads.fields import FieldRefused
from links.studio import files, static_codes
from links.studio.code_views import StyleChoice
from links.studio.file_forms import FileChoice
from links.studio.looks import look_of
from links.studio.payload_forms import PayloadForm
from links.studio.pixel_gate import RETRY_SECONDS, Busy
from links.studio.preview import Preview
from links.studio.static_forms import FORMS
from links.views import in_workspace, takes_form, typed


@takes_form
@in_workspace
def static_code(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A form for one kind of payload; its preview for htmx, and its file where one is asked for."""
    form = FORMS.get(request.GET.get("kind", ""), FORMS["url"])(typed(request))
    required = static_codes.requirement_of(form.kind)
    styles = StyleChoice(typed(request), workspace, None)
    wanted = FileChoice(typed(request), symbol_mm=required.printed_mm if required else None)
    style = None
    if request.method == "POST" and styles.is_valid() and not (required and required.look):
        style = Drawer.of(workspace.pk).style_for(styles.cleaned_data["style"])
    preview = _preview(form, style) if request.method == "POST" else None
    context = {
        "workspace": workspace,
        "form": form,
        "style_form": styles,
        "file_form": wanted,
        "required": required,
        "preview": preview,
        "twin": next((name for name in HEADINGS if isinstance(form, FORMS[name])), None),
        "kinds": [(name, each.heading, isinstance(form, each)) for name, each in FORMS.items()],
    }
    if "HX-Request" in request.headers:
        return render(request, "links/_static_preview.html", context | {"is_swap": True})
    try:
        if preview is not None and styles.is_valid() and wanted.is_valid() and (file := _file(preview, style, wanted)):
            return file
    except Busy as busy:
        wanted.add_error("format", str(busy))
        response = render(request, "links/static.html", context, status=503)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    return render(request, "links/static.html", context)


def _preview(form: PayloadForm, style: Style | None) -> Preview | None:
    """None while the payload cannot be drawn; the form says why."""
    if not form.is_valid():
        return None
    try:
        symbol = static_codes.symbol_of_payload(form.payload, at_least=least_level_of(style))
        required = static_codes.requirement_of(form.payload)
        return Preview.of(symbol, (required and required.look) or look_of(style))
    except (FieldRefused, TextTooLong) as refused:
        form.add_error(None, refused.advice if isinstance(refused, FieldRefused) else str(refused))
        return None


def _file(preview: Preview, style: Style | None, wanted: FileChoice) -> HttpResponse | None:
    """None for what does not scan, or a size that it cannot have; the page says so. Raises Busy."""
    if preview.certificate.verdict == "F" and not (style and style.override_reason):
        wanted.add_error("format", f"This code would not scan reliably. {preview.certificate.reason}")
        return None
    extension = wanted.cleaned_data["format"]
    try:
        content = files.written(preview.art, wanted.chosen())
    except FieldRefused as refused:
        wanted.add_error("width" if "width" in wanted.fields else "dpi", refused.advice)
        return None
    return as_attachment(HttpResponse(content, content_type=files.CONTENT_TYPES[extension]), f"code.{extension}")
