"""API keys as DRF authentication: Authorization: Bearer KEY."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey, User

# Often enough to see whether a key is still in use, seldom enough not to write with every request.
LAST_USED_STEP = timedelta(minutes=1)


class KeyHolder:
    """Who acts with a key that no person made, or whose maker is gone: authenticated, but nobody's account."""

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False
    pk = None

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def __str__(self) -> str:
        return f"API key {self.key}"


class ApiKeyAuthentication(BaseAuthentication):
    """Sets request.auth to the ApiKey; request.user is whoever made the key, else a KeyHolder."""

    def authenticate(self, request: Request) -> tuple[User | KeyHolder, ApiKey] | None:
        scheme, *credentials = get_authorization_header(request).decode("latin-1").split() or [""]
        if scheme.lower() != "bearer":
            return None
        if len(credentials) != 1:
            raise AuthenticationFailed("Write the header as “Authorization: Bearer KEY”, with one key.")
        key = _usable_key(credentials[0])
        _note_use(key)
        return key.created_by or KeyHolder(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _usable_key(secret: str) -> ApiKey:
    key = ApiKey.objects.select_related("workspace", "created_by").filter(digest=ApiKey.digest_of(secret)).first()
    if key is None:
        raise AuthenticationFailed("This API key does not exist. Copy it whole, from “qrp_” on, or create a new one.")
    if key.revoked_at is not None:
        raise AuthenticationFailed(f"The API key {key.prefix}… is revoked. Create a new one.")
    if key.expires_at is not None and key.expires_at <= timezone.now():
        raise AuthenticationFailed(f"The API key {key.prefix}… has expired. Create a new one.")
    return key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - LAST_USED_STEP:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_STEP)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular ships no types
    """Shows the key in the OpenAPI document as what it is: http bearer."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of a workspace: qrp_…"}
