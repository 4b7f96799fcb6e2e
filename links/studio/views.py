"""Pages of the studio: styles of a workspace, and how they look and scan while somebody chooses."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_object
from accounts.models import Workspace
from links import labels
from links.models import Style
from links.pictures import least_level_of
from links.qr.matrix import Level
from links.qr.payloads.fields import FieldRefused
from links.qr.presets import PRESETS
from links.qr.styles import Style as Look
from links.studio import looks, saving
from links.studio.forms import StyleForm
from links.studio.gallery import Sample, presets
from links.studio.preview import Preview
from links.views import actor_of, in_workspace, takes_form

PAGE_SIZE = 24


@require_safe
@in_workspace
def list_styles(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The styles of a workspace with their verdicts, and presets to begin with."""
    styles = Style.objects.filter(workspace=workspace).order_by("-is_default", "key")
    page = Paginator(styles, PAGE_SIZE).get_page(request.GET.get("page"))
    symbols = saving.typical_symbols()
    samples = [Sample.of(style.name, symbols[least_level_of(style)], looks.look_of(style)) for style in page]
    context = {
        "workspace": workspace,
        "page": page,
        "styles": list(zip(page, samples, strict=True)),
        "presets": presets(symbols["M"]),
    }
    return render(request, "links/styles.html", context)


@takes_form
@in_workspace
def create_style(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A new style, from a preset where one is named."""
    name = request.GET.get("preset", "")
    return _edit(request, Style(workspace=workspace), PRESETS.get(name, looks.PLAIN), name if name in PRESETS else "")


@takes_form
@in_workspace
def edit_style(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """A style as it stands, and what people change of it."""
    style = get_object(request, Style.objects.all(), pk=pk, workspace=workspace)
    return _edit(request, style, looks.look_of(style), style.name)


@require_POST
@in_workspace
def preview_style(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What the form shows beside it while somebody chooses: nothing is saved."""
    form = StyleForm(request.POST, request.FILES, before=_shown_before(request, workspace))
    return render(request, "links/_style_preview.html", {"form": form, "preview": _preview(form), "is_swap": True})


def _shown_before(request: HttpRequest, workspace: Workspace) -> Look:
    """What the form showed at first: a style, a preset or a plain code."""
    pk = request.GET.get("style", "")
    style = workspace.styles.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
    return looks.look_of(style) if style else PRESETS.get(request.GET.get("preset", ""), looks.PLAIN)


@takes_form
@in_workspace
def delete_style(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    style = get_object(request, Style.objects.all(), pk=pk, workspace=workspace)
    if request.method == "POST":
        style.delete()
        messages.success(request, f"The style “{style}” is deleted. Its codes are drawn in the default from now on.")
        return redirect("links:styles", workspace=workspace.slug)
    context = {"workspace": workspace, "style": style, "codes": style.codes.filter(link__deleted_at=None).count()}
    return render(request, "links/delete_style.html", context)


def _edit(request: HttpRequest, style: Style, look: Look, name: str) -> HttpResponse:
    if request.method == "POST":
        form = StyleForm(request.POST, request.FILES, before=look, initial={"is_default": style.is_default})
        if form.is_valid() and _is_saved(request, style, form):
            return redirect("links:styles", workspace=style.workspace.slug)
        preview = _preview(form)
    else:
        form = StyleForm.showing(
            look,
            name=name,
            least_level=style.least_level,
            is_default=style.is_default,
            is_enforced=style.is_enforced,
            override_reason=style.override_reason,
        )
        preview = _shown(form, least_level_of(style), look)
    shown = urlencode({"style": style.pk} if style.pk else {"preset": request.GET.get("preset", "")})
    context = {"workspace": style.workspace, "style": style, "form": form, "preview": preview, "shown": shown}
    return render(request, "links/studio.html", context)


def _is_saved(request: HttpRequest, style: Style, form: StyleForm) -> bool:
    """Whether the style could be saved; else the form says why not."""
    try:
        saving.save(style, form.wanted(), actor_of(request))
    except saving.DoesNotScan as refused:
        form.add_error("override_reason", f"{refused} Change it, or say here why it is to be used all the same.")
    except FieldRefused as refused:
        form.refuse(refused)
    except labels.NameTaken as taken:
        form.add_error("name", str(taken))
    except saving.EnforcedIsDefault as refused:
        form.add_error("is_default", str(refused))
    except (saving.TooManyStyles, saving.StyleGone) as refused:
        form.add_error(None, str(refused))
    else:
        messages.success(request, f"The style “{style}” is saved. Its verdict is {style.certificate['verdict']}.")
        return True
    return False


def _preview(form: StyleForm) -> Preview | None:
    """None while something chosen cannot be drawn; the form says what."""
    if form.errors and not hasattr(form, "look"):
        return None
    return _shown(form, form.level, form.look)


def _shown(form: StyleForm, level: Level, look: Look) -> Preview | None:
    try:
        return Preview.of(saving.typical_symbol(level), look, saving.typical_address())
    except FieldRefused as refused:
        if form.is_bound:
            form.refuse(refused)
        return None
