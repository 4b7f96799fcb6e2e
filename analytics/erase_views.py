"""The page on which scans are erased: what goes is said first, and how far it is afterwards."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import get_workspace
from accounts.models import User, Workspace
from analytics.erasure.access import may_erase
from analytics.erasure.requests import Consequence, Days, ErasureRefused, request_erasure
from analytics.erasure.telling import state_of, told
from analytics.models import Erasure
from links import codes
from links.models import Code, Link

SHOWN = 50


class EraseForm(forms.Form):
    """Which scans are to go."""

    link = forms.CharField(
        label="Link",
        required=False,
        max_length=100,
        help_text="One of its codes, or its number. Left empty: every link of the workspace.",
    )
    first = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._workspace = workspace
        self.days: Days | None = None

    def clean_link(self) -> Link | None:
        text = self.cleaned_data["link"].strip()
        if not text:
            return None
        mine = Link.objects.filter(workspace=self._workspace)
        found = mine.filter(codes__in=Code.objects.filter(canonical=codes.canonical(text))).first()
        if found is None and text.isascii() and text.isdigit() and len(text) < 19:
            found = mine.filter(pk=int(text)).first()
        if found is None:
            raise ValidationError("This workspace has no such link.")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date):
            try:
                self.days = Days.parse(self._workspace, first, last)
            except ErasureRefused as refusal:
                self.add_error("last" if refusal.field == "to" else "first", str(refusal))
        return cleaned


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def erase(request: HttpRequest, workspace: str) -> HttpResponse:
    """Ask, say what would go, and only then write the erasure; owners only."""
    current = get_workspace(request, workspace)
    is_owner = may_erase(request, current)
    if request.method == "POST" and not is_owner:
        raise PermissionDenied("Only an owner of the workspace erases scans.")
    posted = request.POST if request.method == "POST" else None
    form = EraseForm(posted, workspace=current, initial={"link": request.GET.get("link", "")[:100]})
    context = {"workspace": current, "form": form, "is_owner": is_owner}
    if not form.is_valid() or form.days is None:
        return render(request, "analytics/erase.html", context | _progress(current))
    link: Link | None = form.cleaned_data["link"]
    if request.POST.get("sure") != "yes":
        consequence = Consequence.of(current, link, form.days)
        told_of = {"link": link, "days": form.days, "consequence": consequence}
        return render(request, "analytics/erase_confirm.html", context | told_of)
    request_erasure(current, link, form.days, user=request.user if isinstance(request.user, User) else None)
    messages.success(request, "The scans are being erased.")
    return redirect("analytics:erase", current.slug)


@require_safe
@never_cache
def erase_progress(request: HttpRequest, workspace: str) -> HttpResponse:
    """The list alone, for htmx. A logged-out reader gets 403, not the login page."""
    if not request.user.is_authenticated:
        return HttpResponseForbidden("Log in again to see how far it is.")
    current = get_workspace(request, workspace)
    return render(request, "analytics/_erasures.html", {"workspace": current} | _progress(current))


def _progress(workspace: Workspace) -> dict[str, Any]:
    erasures = list(
        Erasure.objects.filter(workspace_id=workspace.pk)
        .select_related("created_by", "api_key")
        .order_by("-pk")[:SHOWN]
    )
    links = Link.objects.in_bulk({erasure.link_id for erasure in erasures if erasure.link_id})
    rows = [
        {"erasure": one, "link": links.get(one.link_id or 0), "state": state_of(one), "told": told(one)}
        for one in erasures
    ]
    return {"erasures": rows, "is_working": any(one.done_at is None for one in erasures)}
