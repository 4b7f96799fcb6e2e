"""Hosted pages over REST: a `kind`, and the fields of what is shown."""

from typing import Any, ClassVar
from uuid import uuid4

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from links.api.payloads import DayOrMomentField, PayloadField, PayloadSerializer
from links.hosted import content
from links.hosted.content import HostedEvent
from links.hosted.stored import SECURITIES, Stored
from links.qr import payloads
from links.qr.payloads.fields import FieldRefused

NEITHER = "Say where the link leads, or send “hosted”, the page that it shows."


@extend_schema_serializer(component_name="HostedContact")
class HostedContactSerializer(PayloadSerializer):
    """A contact; phones save it as a vCard 3.0."""

    class Meta:
        dataclass = payloads.VCard
        exclude = ("version",)


class HostedEventSerializer(PayloadSerializer):
    """An event. Times are shown on the clocks of `timezone`, which only an event of whole days needs not have."""

    starts = DayOrMomentField()
    ends = DayOrMomentField()
    timezone = serializers.CharField(required=False, help_text="Of the place where it is, such as Europe/Berlin.")
    uid = serializers.HiddenField(default=lambda: str(uuid4()))
    made = serializers.HiddenField(default=lambda: timezone.now().replace(microsecond=0))

    class Meta:
        dataclass = HostedEvent


@extend_schema_serializer(component_name="HostedNetwork")
class HostedNetworkSerializer(PayloadSerializer):
    """A network. Its password stands on the page, for everybody who scans the code."""

    security = serializers.ChoiceField(choices=list(SECURITIES), default="WPA")

    class Meta:
        dataclass = payloads.Wifi
        exclude = ("eap_method", "phase_2", "identity", "anonymous_identity")


KINDS: dict[str, type[PayloadSerializer]] = {
    "vcard": HostedContactSerializer,
    "event": HostedEventSerializer,
    "wifi": HostedNetworkSerializer,
}


@extend_schema_field(PolymorphicProxySerializer("Hosted", dict(KINDS), "kind"))
class HostedField(PayloadField):
    """A page that a link shows, whole: what is left out of a change is gone from it."""

    kinds: ClassVar = KINDS

    def to_representation(self, value: Stored) -> dict[str, Any]:
        return {"kind": value["kind"], **content.typed(value)}


def one_of_both(attrs: dict[str, Any], before: Stored | None, *, is_new: bool) -> dict[str, Any]:
    """Attributes of a link with its page as it is kept; refuses a destination beside a page, and a link with neither.

    Null means nothing, so that a link can be sent back as it was read.
    """
    given = {name: attrs.pop(name) for name in ("destination", "hosted") if name in attrs}
    chosen = {name: value for name, value in given.items() if value is not None}
    if len(chosen) == 2:
        raise ValidationError({"hosted": ["Leave out this or “destination”: a link leads somewhere or shows a page."]})
    has = "hosted" if before else "destination"
    if not chosen and (is_new or has in given):
        raise ValidationError({"destination": [NEITHER]})
    if "hosted" in chosen:
        try:
            chosen["hosted"] = content.hosted(chosen["hosted"], before)
        except FieldRefused as refused:
            raise ValidationError({"hosted": {refused.field: [refused.advice]}}) from refused
    return attrs | chosen
