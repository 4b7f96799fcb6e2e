"""Signed addresses for people who are not logged in: to confirm an address, to unsubscribe. They do not end."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from analytics.mailed.models import Recipient

_CONFIRM, _UNSUBSCRIBE = "mailed.confirm", "mailed.unsubscribe"


def unsubscribe_url(recipient: Recipient) -> str:
    return _url("mailed:unsubscribe", recipient, _UNSUBSCRIBE)


def confirm_url(recipient: Recipient) -> str:
    return _url("mailed:confirm", recipient, _CONFIRM)


def who_unsubscribes(token: str) -> Recipient | None:
    return _recipient(token, _UNSUBSCRIBE)


def who_confirms(token: str) -> Recipient | None:
    return _recipient(token, _CONFIRM)


def _url(name: str, recipient: Recipient, salt: str) -> str:
    token = signing.Signer(salt=salt).sign(str(recipient.pk))
    return f"{settings.PUBLIC_URL}{reverse(name, args=[token])}"


def _recipient(token: str, salt: str) -> Recipient | None:
    try:
        pk = signing.Signer(salt=salt).unsign(token)
    except signing.BadSignature:
        return None
    return Recipient.objects.select_related("report__workspace", "user").filter(pk=int(pk)).first()
