"""What a static code can say, over REST: a `kind`, and the fields of its dataclass in links/qr/payloads."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework_dataclasses.serializers import DataclassSerializer

from links.qr import payloads
from links.qr.payloads.fields import FieldRefused

_TAG = re.compile("[0-9]{2}")
_OFFSET = re.compile(r"(Z|[+-][0-9]{2}:?([0-9]{2})?)$", re.IGNORECASE)


class VerbatimField(serializers.CharField):
    """Text as it was sent: a password may end with a space."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "allow_blank": True} | options)


class ExactField(serializers.DecimalField):
    """A number of any number of decimals; how many a payload takes, and how large it may be, its class knows."""

    MAX_DIGITS: ClassVar = 30

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"max_digits": None, "decimal_places": None})

    def to_internal_value(self, data: Any) -> Decimal:
        number: Decimal = super().to_internal_value(data)
        if abs(number.adjusted()) > self.MAX_DIGITS or len(number.as_tuple().digits) > self.MAX_DIGITS:
            raise ValidationError(f"Use a number of at most {self.MAX_DIGITS} digits.")
        return number


@extend_schema_field({"type": "string", "description": "A date for whole days, or a date-time with its offset."})
class DayOrMomentField(serializers.Field[Any, Any, Any, Any]):
    """When an event begins or ends."""

    def to_internal_value(self, data: Any) -> date | datetime:
        text = str(data)
        if len(text) == len("2026-01-31"):
            return serializers.DateField().run_validation(text)  # type: ignore[no-any-return]
        moment: datetime = serializers.DateTimeField().run_validation(text)
        if not _OFFSET.search(text):
            raise ValidationError("Say by which clock: end the time with Z or with its offset, such as +02:00.")
        return moment

    def to_representation(self, value: date) -> str:
        return value.isoformat()


class PayloadSerializer(DataclassSerializer[Any]):
    """The fields of a payload, or of a part of it."""

    serializer_field_mapping = {  # noqa: RUF012 - its base class has it so
        **DataclassSerializer.serializer_field_mapping,
        str: VerbatimField,
        Decimal: ExactField,
    }

    @property
    def serializer_dataclass_field(self) -> type[serializers.Serializer[Any]]:
        """Parts of a payload are read by the same rules."""
        return PayloadSerializer

    def to_internal_value(self, data: Any) -> Any:
        """What a field is misspelt in cannot be put right once it is printed, so unknown ones are refused."""
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            raise ValidationError({str(name): [f"There are only {', '.join(self.fields)}."] for name in unknown})
        try:
            return super().to_internal_value(data)
        except FieldRefused as refused:
            raise ValidationError({refused.field: [refused.advice]}) from refused


class EventSerializer(PayloadSerializer):
    """An event; `uid` and `made` are new ones where they are not given."""

    starts = DayOrMomentField()
    ends = DayOrMomentField()
    uid = VerbatimField(default=lambda: str(uuid4()))
    made = serializers.DateTimeField(default=lambda: timezone.now().replace(microsecond=0))

    class Meta:
        dataclass = payloads.Event


def _serializer(kind: type) -> type[PayloadSerializer]:
    meta = type("Meta", (), {"dataclass": kind})
    return type(f"{kind.__name__}Serializer", (PayloadSerializer,), {"Meta": meta, "__doc__": kind.__doc__})


@extend_schema_field(
    {
        "type": "object",
        "description": "Data objects of the network: values by their tags, 01 to 99.",
        "additionalProperties": {"type": "string"},
        "examples": [{"01": "123e4567-e12b-12d1-a456-426655440000"}],
    }
)
class TaggedField(serializers.DictField):
    """Values by two digits of tag, as pairs."""

    child = VerbatimField()

    def to_internal_value(self, data: Any) -> tuple[tuple[int, str], ...]:  # type: ignore[override]  # what is encoded
        tagged = super().to_internal_value(data)
        if strange := [tag for tag in tagged if not _TAG.fullmatch(tag)]:
            raise ValidationError({tag: ["Write the tag as two digits, such as 01."] for tag in strange})
        return tuple((int(tag), value) for tag, value in tagged.items())


class TemplateSerializer(PayloadSerializer):
    """What a payment network, or whoever `identifier` names, wants to know."""

    data = TaggedField(required=False)  # type: ignore[assignment]  # serializers have an attribute of this name

    class Meta:
        dataclass = payloads.Template


CardAccountSerializer = _serializer(payloads.CardAccount)


@extend_schema_field(
    PolymorphicProxySerializer(
        "MerchantAccount", [CardAccountSerializer, TemplateSerializer], resource_type_field_name=None
    )
)
class AccountField(serializers.DictField):
    """An account with a card network where it has a `value`, else a template."""

    def to_internal_value(self, data: Any) -> Any:
        given = super().to_internal_value(data)
        asked = (CardAccountSerializer if "value" in given else TemplateSerializer)(data=given)
        asked.is_valid(raise_exception=True)
        return asked.validated_data


class MerchantPaymentSerializer(PayloadSerializer):
    """A payment that a merchant presents, as EMVCo and the national schemes upon it read it."""

    accounts = serializers.ListField(child=AccountField())
    unreserved = TemplateSerializer(many=True, required=False)

    class Meta:
        dataclass = payloads.MerchantPayment


KINDS: dict[str, type[PayloadSerializer]] = {
    "text": _serializer(payloads.PlainText),
    "url": _serializer(payloads.WebAddress),
    "vcard": _serializer(payloads.VCard),
    "mecard": _serializer(payloads.MeCard),
    "wifi": _serializer(payloads.Wifi),
    "mail": _serializer(payloads.Mail),
    "sms": _serializer(payloads.TextMessage),
    "phone": _serializer(payloads.PhoneCall),
    "geo": _serializer(payloads.Place),
    "event": EventSerializer,
    "swiss": _serializer(payloads.SwissBill),
    "upi": _serializer(payloads.UpiPayment),
    "emv": MerchantPaymentSerializer,
    "sepa": _serializer(payloads.SepaTransfer),
    "bitcoin": _serializer(payloads.BitcoinPayment),
    "ethereum": _serializer(payloads.EthereumPayment),
}


@extend_schema_field(PolymorphicProxySerializer("Payload", dict(KINDS), "kind"))
class PayloadField(serializers.DictField):
    """A payload by its kind."""

    kinds: ClassVar = KINDS

    def to_internal_value(self, data: Any) -> Any:
        given: Mapping[str, Any] = super().to_internal_value(data)
        kind = given.get("kind")
        if not isinstance(kind, str) or kind not in self.kinds:
            raise ValidationError({"kind": [f"Choose one of {', '.join(self.kinds)}."]})
        asked = self.kinds[kind](data={name: value for name, value in given.items() if name != "kind"})
        asked.is_valid(raise_exception=True)
        return asked.validated_data
