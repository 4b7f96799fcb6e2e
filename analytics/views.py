"""Dashboard views of statistics: the pages of a workspace, link, campaign and tag, and the small panel of a link."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import get_object, get_workspace
from analytics import panel
from analytics.pages import chosen as choices
from analytics.pages.cards import CARDS, cards
from analytics.pages.hours import HoursCard
from analytics.pages.losses import losses
from analytics.pages.page import build, marker
from analytics.pages.questions import Question
from analytics.reports import Subject
from links.models import Campaign, Link, Tag

P = ParamSpec("P")
LOGGED_OUT = "Log in again to see statistics."


def for_members(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Statistics change all the time, and only members see them.

    A logged-out reader is led to the login page; a part of a page is refused: the login page would be taken for it.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated and "HX-Request" in request.headers:
            return HttpResponseForbidden(LOGGED_OUT)
        return login_required(view)(request, *args, **kwargs)

    return require_safe(never_cache(entered))


@for_members
def overview(request: HttpRequest, workspace: str) -> HttpResponse:
    """A workspace as a whole: where it opens."""
    current = get_workspace(request, workspace)
    return _page(request, Subject.of(current), "analytics/overview.html", {})


@for_members
def link_statistics(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    link = _link_of(request, workspace, pk)
    return _page(request, Subject.of(link), "analytics/link_statistics.html", {"link": link})


@for_members
def campaign_statistics(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    campaigns = Campaign.objects.select_related("workspace")
    campaign = get_object(request, campaigns, pk=pk, workspace__slug=workspace)
    return _page(
        request, Subject.of(campaign), "analytics/group_statistics.html", {"group": campaign, "kind": "campaign"}
    )


@for_members
def tag_statistics(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    tag = get_object(request, Tag.objects.select_related("workspace"), pk=pk, workspace__slug=workspace)
    return _page(request, Subject.of(tag), "analytics/group_statistics.html", {"group": tag})


def _page(request: HttpRequest, subject: Subject, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; for htmx the part of it that changes; 204 for a reader who has already seen all there is."""
    chosen, form = choices.read(request.GET, subject.zone, timezone.now())
    question = Question.of(subject, chosen, timezone.now())
    context |= {"workspace": subject.workspace, "question": question, "form": form}
    with timezone.override(subject.zone):
        if part := request.GET.get("part"):
            return _part(request, question, part, context)
        seen = marker(subject, question.period)
        if request.GET.get("seen") == seen:
            return HttpResponse(status=204)
        is_whole = "HX-Request" not in request.headers or "HX-History-Restore-Request" in request.headers
        context["page"] = build(question, seen)
        response = render(request, template if is_whole else "analytics/_statistics.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _part(request: HttpRequest, question: Question, name: str, context: dict[str, Any]) -> HttpResponse:
    """One card by itself: what a page does not wait for."""
    if name == "losses":
        return render(request, "analytics/_losses.html", {**context, "losses": losses(question)})
    if name == "hours":
        return render(request, "analytics/_hours.html", {**context, "hours": HoursCard.of(question, may_wait=False)})
    if name in CARDS:
        return render(
            request, "analytics/_card.html", {**context, "card": cards(question, [name], may_wait=False)[name]}
        )
    return HttpResponse("There is no such part of the page.", status=404, content_type="text/plain")


@require_safe
@never_cache
def link_panel(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """The few numbers on a link's own page; 204 for a reader who has already seen all there is."""
    if not request.user.is_authenticated:
        return HttpResponseForbidden(LOGGED_OUT)
    link = _link_of(request, workspace, pk)
    chosen = panel.chosen_period(request.GET.get("period"))
    if request.GET.get("seen") == panel.marker(link, chosen, timezone.now()):
        return HttpResponse(status=204)
    context = {"workspace": link.workspace, "link": link, "panel": panel.build(link, chosen, timezone.now())}
    return render(request, "analytics/_panel.html", context)


def _link_of(request: HttpRequest, slug: str, pk: int) -> Link:
    links = Link.objects.alive().select_related("workspace", "counter")
    return get_object(request, links, pk=pk, workspace__slug=slug)
