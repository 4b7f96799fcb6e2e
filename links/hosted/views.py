"""Dashboard pages of links that show a page of their own: made, edited, and looked at without a scan."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import get_object
from accounts.models import Workspace
from links import actions
from links.hosted import pages
from links.hosted.forms import FORMS, HostedLinkForm, NewHostedLinkForm, PageForm
from links.hosted.stored import HEADINGS
from links.labels import CampaignGone
from links.models import Code, Link
from links.views import actor_of, first_code, in_workspace, takes_form, typed

# What the page of static codes sends along: nothing is made yet, its form is only filled in here.
FROM_STATIC = "from-static"


@takes_form
@in_workspace
def create_hosted(request: HttpRequest, workspace: Workspace, kind: str) -> HttpResponse:
    """A link with a page, and its first code."""
    is_twin = FROM_STATIC in request.POST
    sent = None if is_twin else typed(request)
    form = NewHostedLinkForm(sent, workspace=workspace, initial={"campaign": request.GET.get("campaign")})
    page = _form_of(kind)(sent, initial=request.POST.dict() if is_twin else None)
    if all((form.is_valid(), page.is_valid())):
        try:
            link = actions.create_link(workspace, actor=actor_of(request), hosted=page.hosted, **form.cleaned_data)
        except actions.CodeTaken as taken:
            form.add_error("alias", str(taken))
        except CampaignGone as gone:
            form.add_error("campaign", str(gone))
        except actions.StyleGone as gone:
            form.add_error("style", str(gone))
        else:
            messages.success(request, "The page is made. Download its code and print it; you can edit the page later.")
            return redirect("links:detail", workspace.slug, link.pk)
    context = {"workspace": workspace, "form": form, "page_form": page, "kind": kind, "kinds": HEADINGS}
    return render(request, "links/create.html", context)


@takes_form
@in_workspace
def edit_hosted(request: HttpRequest, workspace: Workspace, pk: int, kind: str) -> HttpResponse:
    """Change what a link shows, or have it show a page from now on."""
    link = get_object(request, Link.objects.alive().filter(workspace=workspace).select_related("workspace"), pk=pk)
    form = HostedLinkForm.of(link, typed(request))
    page = _form_of(kind)(typed(request), stored=link.hosted)
    if all((form.is_valid(), page.is_valid())):
        expected, changes = form.cleaned_data["revision"], form.changes() | {"hosted": page.hosted}
        try:
            actions.change_link(link, changes, actor=actor_of(request), expected_revision=expected)
        except actions.RevisionMoved as moved:
            form.show_what_moved(moved.link)
            page.show_what_moved(moved.link.hosted)
        except CampaignGone as gone:
            form.add_error("campaign", str(gone))
        else:
            messages.success(request, "The page is saved. Every scan shows it within a second.")
            return redirect("links:detail", workspace.slug, pk)
    context = {"workspace": workspace, "link": link, "form": form, "page_form": page, "kind": kind, "kinds": HEADINGS}
    return render(request, "links/edit.html", context)


@require_safe
@in_workspace
def show_page(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The page as phones get it; looking at it here is no scan."""
    living = Link.objects.alive().filter(workspace=workspace).prefetch_related("codes")
    link = get_object(request, living, pk=pk)
    code = first_code(link, Code.Kind.QR)
    if link.hosted is None or code is None:
        raise Http404
    return HttpResponse(pages.page(json.dumps(link.hosted), code.path))


def _form_of(kind: str) -> type[PageForm]:
    if kind not in FORMS:
        raise Http404
    return FORMS[kind]
