"""API keys as DRF authentication: Authorization: Bearer KEY."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey


class ApiKeyAuthentication(BaseAuthentication):
    """Sets request.auth to the ApiKey; request.user is whoever made the key."""
