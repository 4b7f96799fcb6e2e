"""Pages of the links dashboard: parse, call one action, answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import get_object, get_workspace
from accounts.models import User, Workspace
from links import actions, history
from links.code_forms import CodeChangeForm, CodeForm
from links.forms import LinkForm, NewLinkForm, SearchForm
from links.hosted.facts import facts
from links.hosted.stored import HEADINGS
from links.labels import CampaignGone
from links.models import Code, Link, LinkCounter, LinkQuerySet

P = ParamSpec("P")
PAGE_SIZE = 25
SHOWN_REVISIONS = 30

takes_form = require_http_methods(["GET", "HEAD", "POST"])


def in_workspace(
    view: Callable[Concatenate[HttpRequest, Workspace, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let members in, and read and write every moment in the workspace's time zone."""

    @wraps(view)
    def entered(request: HttpRequest, workspace: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        current = get_workspace(request, workspace)
        with timezone.override(ZoneInfo(current.current_timezone)):
            return view(request, current, *args, **kwargs)

    return login_required(entered)


@require_safe
@in_workspace
def list_links(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Links with their counts, searched and filtered; for htmx only the part that changes."""
    form = SearchForm(request.GET, workspace)
    wanted = form.cleaned_data if form.is_valid() else {}
    context = {
        "workspace": workspace,
        "form": form,
        "is_filtered": any(wanted.values()),
        # Where a campaign's own page sends people to find links for it.
        "chosen_campaign": request.GET.get("to"),
        **rows_of(request, _found(workspace, wanted)),
    }
    whole_page = "HX-Request" not in request.headers or "HX-History-Restore-Request" in request.headers
    response = render(request, "links/list.html" if whole_page else "links/_list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def rows_of(request: HttpRequest, links: LinkQuerySet) -> dict[str, Any]:
    """One page of links and their rows, as templates/links/_rows.html shows them."""
    newest_first = links.with_list_columns().order_by("-created_at", "-id")
    page = Paginator(newest_first, PAGE_SIZE).get_page(request.GET.get("page"))
    return {"page": page, "rows": [(link, first_code(link, Code.Kind.ALIAS)) for link in page]}


@require_safe
@in_workspace
def refresh_counts(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The counts of the rows that a page shows, each swapped into its own place."""
    shown = [int(text) for text in request.GET.getlist("link")[:PAGE_SIZE] if text.isdecimal() and len(text) < 19]
    counters = LinkCounter.objects.filter(link__workspace=workspace, link__deleted_at=None, link__in=shown)
    return render(request, "links/_counts.html", {"counters": counters})


@takes_form
@in_workspace
def create_link(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    form = NewLinkForm(typed(request), workspace=workspace, initial={"campaign": request.GET.get("campaign")})
    if form.is_valid():
        try:
            link = actions.create_link(workspace, actor=actor_of(request), **form.cleaned_data)
        except actions.CodeTaken as taken:
            form.add_error("alias", str(taken))
        except CampaignGone as gone:
            form.add_error("campaign", str(gone))
        except actions.StyleGone as gone:
            form.add_error("style", str(gone))
        else:
            messages.success(request, "The link is made. Download its code and print it.")
            return redirect("links:detail", workspace.slug, link.pk)
    return render(request, "links/create.html", {"workspace": workspace, "form": form, "kinds": HEADINGS})


@require_safe
@in_workspace
def show_link(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    return _link_page(request, workspace, pk, CodeForm(workspace=workspace))


@takes_form
@in_workspace
def add_code(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """One more code; what is wrong is said on the link's own page."""
    link, form = _link(request, workspace, pk), CodeForm(typed(request), workspace=workspace)
    if form.is_valid():
        try:
            code = actions.add_code(link, actor=actor_of(request), **form.cleaned_data)
        except actions.CodeTaken as taken:
            form.add_error("alias", str(taken))
        except actions.StyleGone as gone:
            form.add_error("style", str(gone))
        else:
            messages.success(request, f"The code “{code.path}” is made.")
            return redirect("links:detail", workspace.slug, pk)
    return _link_page(request, workspace, pk, form)


@takes_form
@in_workspace
def edit_code(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Say where a code is printed, and whether its scans are only counted."""
    living = Code.objects.filter(link__deleted_at=None, link__workspace=workspace).select_related("link", "domain")
    code = get_object(request, living, workspace_path="link__workspace", pk=pk)
    form = CodeChangeForm(typed(request), initial={"placement": code.placement, "counts_only": code.counts_only})
    if form.is_valid():
        actions.change_code(code, form.cleaned_data, actor=actor_of(request))
        messages.success(request, "The code is saved. Every scan follows it within a second.")
        return redirect("links:detail", workspace.slug, code.link_id)
    return render(request, "links/edit_code.html", {"workspace": workspace, "code": code, "form": form})


@takes_form
@in_workspace
def edit_link(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Change where a link leads, what it is called, what it belongs to and when it ends."""
    link = get_object(request, Link.objects.alive().filter(workspace=workspace).select_related("workspace"), pk=pk)
    form = LinkForm.of(link, typed(request))
    if form.is_valid():
        expected = form.cleaned_data["revision"]
        try:
            actions.change_link(link, form.changes(), actor=actor_of(request), expected_revision=expected)
        except actions.RevisionMoved as moved:
            form.show_what_moved(moved.link)
        except CampaignGone as gone:
            form.add_error("campaign", str(gone))
        else:
            messages.success(request, "The changes are saved. Every scan follows them within a second.")
            return redirect("links:detail", workspace.slug, pk)
    context = {"workspace": workspace, "link": link, "form": form, "kinds": HEADINGS}
    return render(request, "links/edit.html", context)


@dataclass(frozen=True)
class Step:
    """A change of state that asks before it acts."""

    question: str
    consequence: str
    button: str
    done: str
    act: Callable[[Link, actions.Actor], object]
    is_final: bool = False


def _end_now(link: Link, actor: actions.Actor) -> Link:
    now = timezone.now()
    return actions.change_link(link, {"expires_at": min(now, link.expires_at or now)}, actor=actor)


STEPS: Mapping[str, Step] = {
    "pause": Step(
        "Pause this link?",
        "Whoever scans its codes sees a page saying that the link is paused. Scans are still counted. "
        "You can resume it at any time.",
        "Pause",
        "The link is paused.",
        lambda link, actor: actions.change_link(link, {"is_paused": True}, actor=actor),
    ),
    "resume": Step(
        "Resume this link?",
        "Its codes lead to the destination again within a second.",
        "Resume",
        "The link is active again.",
        lambda link, actor: actions.change_link(link, {"is_paused": False}, actor=actor),
    ),
    "expire": Step(
        "End this link now?",
        "Whoever scans its codes sees a page saying that the link has expired. Scans are still counted. "
        "You can give it a later end by editing it.",
        "End now",
        "The link has ended.",
        _end_now,
    ),
    "delete": Step(
        "Delete this link?",
        "Its codes stop working for good and are never given to anything else. This cannot be undone. "
        "If you may need it again, pause it instead.",
        "Delete for good",
        "The link is deleted.",
        lambda link, actor: actions.delete_link(link, actor=actor),
        is_final=True,
    ),
}


@takes_form
@in_workspace
def confirm_step(request: HttpRequest, workspace: Workspace, pk: int, step: str) -> HttpResponse:
    """Ask on a page of its own, and act on POST."""
    link, chosen = _link(request, workspace, pk), STEPS[step]
    if request.method != "POST":
        return render(request, "links/confirm.html", {"workspace": workspace, "link": link, "step": chosen})
    chosen.act(link, actor_of(request))
    messages.success(request, chosen.done)
    if chosen.is_final:
        return redirect("links:list", workspace.slug)
    return redirect("links:detail", workspace.slug, pk)


@require_safe
@in_workspace
def refresh_verdict(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The verdict alone, for a page that waits for it."""
    return render(request, "links/_verdict.html", {"workspace": workspace, "link": _link(request, workspace, pk)})


def first_code(link: Link, kind: Code.Kind) -> Code | None:
    """The first code of a kind, else the first of all."""
    by_kind = sorted(link.codes.all(), key=lambda code: code.kind != kind)
    return by_kind[0] if by_kind else None


def actor_of(request: HttpRequest) -> actions.Actor:
    return actions.Actor(user=request.user if isinstance(request.user, User) else None)


def typed(request: HttpRequest) -> QueryDict | None:
    """What was sent with a form, even if it is nothing; None where the form is only asked for."""
    return request.POST if request.method == "POST" else None


def _found(workspace: Workspace, wanted: Mapping[str, Any]) -> LinkQuerySet:
    links = Link.objects.filter(workspace=workspace)
    links = links.in_state(wanted["state"]) if wanted.get("state") else links.alive()
    if campaign := wanted.get("campaign"):
        links = links.filter(campaign=None if campaign == SearchForm.NO_CAMPAIGN else int(campaign))
    if wanted.get("tag"):
        links = links.tagged(wanted["tag"])
    return links.search(wanted["q"]) if wanted.get("q") else links


def _link(request: HttpRequest, workspace: Workspace, pk: int) -> Link:
    return get_object(request, Link.objects.alive().filter(workspace=workspace), pk=pk)


def _link_page(request: HttpRequest, workspace: Workspace, pk: int, code_form: CodeForm) -> HttpResponse:
    living = Link.objects.alive().filter(workspace=workspace).with_list_columns()
    link = get_object(request, living, pk=pk)
    revisions = link.revisions.select_related("changed_by", "api_key").order_by("-number")
    context = {
        "workspace": workspace,
        "link": link,
        # People type the alias; a picture of it would pass scans off as typed visits.
        "code": first_code(link, Code.Kind.ALIAS),
        "picture": first_code(link, Code.Kind.QR),
        "code_form": code_form,
        "shown": link.hosted and facts(link.hosted["kind"], link.hosted["fields"]),
        "history": [(revision, history.sentences(revision.changes)) for revision in revisions[:SHOWN_REVISIONS]],
        "earlier_revisions": max(0, link.revision - SHOWN_REVISIONS),
    }
    return render(request, "links/detail.html", context)
