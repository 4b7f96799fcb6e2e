"""The one door from id to object: nothing of a workspace is read or written but through here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from accounts.models import ApiKey, User, Workspace

if TYPE_CHECKING:
    from rest_framework.request import Request

ModelT = TypeVar("ModelT", bound=Model)

# What a database or field raises for a value that cannot be an id at all: text, NUL characters, huge numbers.
_NOT_AN_ID = (ValueError, TypeError, OverflowError, ValidationError, DataError)


def workspaces_of(request: HttpRequest | Request) -> QuerySet[Workspace]:
    """The workspaces this request may touch: an API key's own one, or those its user is a member of."""
    key = getattr(request, "auth", None)
    if isinstance(key, ApiKey):
        return Workspace.objects.filter(pk=key.workspace_id)
    if isinstance(request.user, User):
        return Workspace.objects.filter(memberships__user=request.user)
    return Workspace.objects.none()


def get_workspace(request: HttpRequest | Request, slug: str) -> Workspace:
    """One workspace by its slug; to a stranger it does not exist (Http404)."""
    try:
        return workspaces_of(request).get(slug=slug)
    except (Workspace.DoesNotExist, *_NOT_AN_ID) as error:
        raise Http404("There is no such workspace, or you are not a member of it.") from error


def get_object(
    request: HttpRequest | Request, queryset: QuerySet[ModelT], *, workspace_path: str = "workspace", **lookup: Any
) -> ModelT:
    """One object of a workspace this request may touch; anything else does not exist (Http404).

    workspace_path is the way from the object to its workspace: "link__workspace" for a Code.
    """
    within = {f"{workspace_path}__in": workspaces_of(request)}
    try:
        return queryset.get(**within, **lookup)
    except (ObjectDoesNotExist, *_NOT_AN_ID) as error:
        raise Http404(f"There is no such {queryset.model._meta.verbose_name}.") from error
