"""Who may erase: owners, and whoever has an API key of the workspace."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import ApiKey, Membership, User, Workspace


def may_erase(request: HttpRequest | Request, workspace: Workspace) -> bool:
    key = getattr(request, "auth", None)
    if isinstance(key, ApiKey):
        return key.workspace_id == workspace.pk
    user = request.user
    return isinstance(user, User) and workspace.memberships.filter(user=user, role=Membership.Role.OWNER).exists()
