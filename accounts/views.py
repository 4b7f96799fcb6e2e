"""Choosing a workspace, its settings, its API keys, and the password pages allauth does not answer as we need."""

from collections.abc import Callable

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_object, get_workspace, workspaces_of
from accounts.forms import ApiKeyForm, WorkspaceForm
from accounts.models import ApiKey, Membership, User


class SignedInRequest(HttpRequest):
    """What a view behind login_required gets."""

    user: User


@require_safe
@login_required
def choose_workspace(request: HttpRequest) -> HttpResponse:
    """Straight into the only workspace; a choice of several; a kind word where there is none."""
    workspaces = list(workspaces_of(request).order_by("name"))
    if len(workspaces) == 1:
        return redirect("accounts:workspace", workspaces[0].slug)
    return render(request, "accounts/workspaces.html", {"workspaces": workspaces})


@require_safe
@login_required
def open_workspace(request: HttpRequest, workspace: str) -> HttpResponse:
    """A workspace opens with its overview."""
    current = get_workspace(request, workspace)
    return redirect(f"{reverse('accounts:workspace', args=[current.slug])}/overview")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_settings(
    request: SignedInRequest, workspace: str, changed: Callable[[], object] = lambda: None
) -> HttpResponse:
    """Members see the settings, owners change them; `changed` is called in the transaction of a change."""
    current = get_workspace(request, workspace)
    is_owner = current.memberships.filter(user=request.user, role=Membership.Role.OWNER).exists()
    if request.method == "POST" and not is_owner:
        raise PermissionDenied("Only an owner of the workspace changes its settings.")
    # Another instance for the form: a refused name must not show up in the bar.
    edited = get_workspace(request, workspace)
    form = WorkspaceForm(_posted(request), instance=edited, read_only=not is_owner)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            changed()
        messages.success(request, "The settings are saved.")
        return redirect("accounts:settings", current.slug)
    context = {"workspace": current, "form": form, "is_owner": is_owner}
    return render(request, "accounts/settings.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def list_keys(request: SignedInRequest, workspace: str) -> HttpResponse:
    """A workspace's keys; a POST issues one, and its secret is on that one answer and nowhere else."""
    current = get_workspace(request, workspace)
    form, secret = ApiKeyForm(_posted(request)), ""
    if form.is_valid():
        _, secret = ApiKey.issue(current, form.cleaned_data["name"], request.user)
        form = ApiKeyForm()
    keys = current.api_keys.select_related("created_by").order_by("-id")
    context = {"workspace": current, "form": form, "secret": secret, "keys": keys, "now": timezone.now()}
    return render(request, "accounts/keys.html", context)


@require_POST
@login_required
def revoke_key(request: HttpRequest, workspace: str, key_id: int) -> HttpResponse:
    """End a key at once; revoking it again changes nothing."""
    current = get_workspace(request, workspace)
    key = get_object(request, current.api_keys.all(), pk=key_id)
    current.api_keys.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    messages.success(request, f"The key “{key.name}” is revoked: requests with it are refused from now on.")
    return redirect("accounts:keys", current.slug)


def reset_password(request: HttpRequest) -> HttpResponseBase:
    """allauth's page, unless no mail is set up: then say who can help instead of pretending to send."""
    if not settings.EMAIL_CONFIGURED:
        return render(request, "account/password_reset_by_operator.html")
    response: HttpResponseBase = allauth_views.password_reset(request)
    return response


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, also when it is empty: an empty form is wrong, not absent."""
    return request.POST if request.method == "POST" else None
