"""Pages of campaigns and tags: lists, what a campaign holds, and links put into one, many at once."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_object
from accounts.models import Workspace
from links import actions, labels
from links.forms import AssignForm, CampaignForm, TagForm
from links.models import Campaign, Link, Tag
from links.views import PAGE_SIZE, actor_of, in_workspace, rows_of, takes_form, typed


@takes_form
@in_workspace
def list_campaigns(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A workspace's campaigns by name; a POST makes one."""
    form = CampaignForm(typed(request))
    if form.is_valid() and (made := _renamed(form, Campaign(workspace=workspace))):
        messages.success(request, f"The campaign “{made}” is made. Put links into it.")
        return redirect("links:campaign", workspace.slug, made.pk)
    campaigns = workspace.campaigns.with_link_counts().order_by("key")
    page = Paginator(campaigns, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "links/campaigns.html", {"workspace": workspace, "form": form, "page": page})


@require_safe
@in_workspace
def show_campaign(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """The links of a campaign, some of which may be ticked and taken out."""
    campaign = _campaign(request, workspace, pk)
    links = Link.objects.alive().filter(workspace=workspace, campaign=campaign)
    context = {"workspace": workspace, "campaign": campaign, **rows_of(request, links)}
    return render(request, "links/campaign.html", context)


@takes_form
@in_workspace
def rename_campaign(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    campaign = _campaign(request, workspace, pk)
    form = CampaignForm(typed(request), initial={"name": campaign.name})
    back = reverse("links:campaign", args=[workspace.slug, pk])
    return _rename_page(request, workspace, campaign, form, back)


@takes_form
@in_workspace
def delete_campaign(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Ask on a page of its own, and act on POST."""
    campaign = _campaign(request, workspace, pk)
    if request.method == "POST":
        actions.delete_campaign(campaign, actor=actor_of(request))
        messages.success(request, f"The campaign “{campaign}” is deleted. Its links go on without one.")
        return redirect("links:campaigns", workspace.slug)
    return render(request, "links/delete_campaign.html", {"workspace": workspace, "campaign": campaign})


@require_POST
@in_workspace
def assign_links(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Put ticked links into a campaign or out of theirs, and go back to the list they were ticked in."""
    form = AssignForm(request.POST, workspace)
    if form.is_valid():
        _assign(request, workspace, form)
    else:
        messages.warning(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect(_list_of(request, workspace))


def _assign(request: HttpRequest, workspace: Workspace, form: AssignForm) -> None:
    campaign = form.cleaned_data["campaign"]
    links = Link.objects.alive().filter(workspace=workspace, pk__in=form.cleaned_data["link"])
    try:
        moved = actions.assign_campaign(links, campaign, workspace=workspace, actor=actor_of(request))
    except labels.CampaignGone as gone:
        messages.warning(request, str(gone))
        return
    where = f"in the campaign “{campaign}”" if campaign else "in no campaign"
    messages.success(request, f"{moved} {'link is' if moved == 1 else 'links are'} now {where}.")


def _list_of(request: HttpRequest, workspace: Workspace) -> str:
    """Where links were ticked: a campaign's own page, or the list as it was narrowed."""
    came_from = request.POST.get("campaign_page", "")
    is_id = came_from.isascii() and came_from.isdecimal() and len(came_from) < 19
    if is_id and workspace.campaigns.filter(pk=came_from).exists():
        return reverse("links:campaign", args=[workspace.slug, int(came_from)])
    narrowed = QueryDict(request.POST.get("query", "")).urlencode()
    return reverse("links:list", args=[workspace.slug]) + (f"?{narrowed}" if narrowed else "")


@require_safe
@in_workspace
def list_tags(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A workspace's tags by name; links make them."""
    tags = workspace.tags.with_link_counts().order_by("key")
    page = Paginator(tags, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "links/tags.html", {"workspace": workspace, "page": page})


@takes_form
@in_workspace
def rename_tag(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    tag = _tag(request, workspace, pk)
    form = TagForm(typed(request), initial={"name": tag.name})
    return _rename_page(request, workspace, tag, form, reverse("links:tags", args=[workspace.slug]))


@takes_form
@in_workspace
def delete_tag(request: HttpRequest, workspace: Workspace, pk: int) -> HttpResponse:
    """Ask on a page of its own, and act on POST."""
    tag = _tag(request, workspace, pk)
    if request.method == "POST":
        actions.delete_tag(tag, actor=actor_of(request))
        messages.success(request, f"The tag “{tag}” is deleted.")
        return redirect("links:tags", workspace.slug)
    return render(request, "links/delete_tag.html", {"workspace": workspace, "tag": tag})


def _rename_page(
    request: HttpRequest, workspace: Workspace, named: Campaign | Tag, form: CampaignForm | TagForm, back: str
) -> HttpResponse:
    before = named.name
    if form.is_valid() and _renamed(form, named):
        messages.success(request, f"“{before}” is now “{named}”.")
        return redirect(back)
    context = {"workspace": workspace, "before": before, "form": form, "back": back}
    return render(request, "links/rename.html", context)


def _renamed(form: CampaignForm | TagForm, named: Campaign | Tag) -> Campaign | Tag | None:
    """The campaign or tag under its new name; None, and the reason beside the field, where that is taken."""
    try:
        return labels.rename(named, form.cleaned_data["name"])
    except labels.NameTaken as taken:
        form.add_error("name", str(taken))
        return None


def _campaign(request: HttpRequest, workspace: Workspace, pk: int) -> Campaign:
    campaign: Campaign = get_object(request, workspace.campaigns.with_link_counts(), pk=pk)
    return campaign


def _tag(request: HttpRequest, workspace: Workspace, pk: int) -> Tag:
    tag: Tag = get_object(request, workspace.tags.with_link_counts(), pk=pk)
    return tag
