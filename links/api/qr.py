"""REST endpoint of static codes: any payload as a picture, nothing kept."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import workspaces_of
from links.api.certificates import LEVELS, CertificateSerializer
from links.api.images import DoesNotScan
from links.api.outputs import AnswersPictures, OutputSerializer, picture, refusal
from links.api.payloads import PayloadField
from links.api.styles import LookField
from links.models import Style
from links.pictures import least_level_of
from links.qr.certificate.certificate import Certificate
from links.qr.certificate.certify import certify
from links.qr.matrix import Symbol, TextTooLong
from links.qr.payloads.fields import PayloadRefused
from links.qr.styles import Style as Look
from links.studio import files, looks, static_codes


class StaticCodeSerializer(OutputSerializer):
    """What a static code says, and how it looks."""

    text = serializers.CharField(
        required=False, trim_whitespace=False, max_length=4000, help_text="Exactly what a scanner reads."
    )
    payload = PayloadField(required=False, help_text="Instead of `text`: fields that are written as phones expect.")
    level = serializers.ChoiceField(
        choices=LEVELS, required=False, help_text="Exactly this error correction; else the strongest of its size."
    )
    style = serializers.IntegerField(  # type: ignore[assignment]  # fields have an attribute of this name
        required=False, min_value=1, max_value=2**63 - 1, help_text="A style's id."
    )
    look = LookField(required=False)
    caption = serializers.CharField(required=False, default="", help_text="A line below, if the look has a caption.")
    format = serializers.ChoiceField(choices=list(files.CONTENT_TYPES), default="svg")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        for one, other in (("text", "payload"), ("style", "look")):
            if one in attrs and other in attrs:
                raise ValidationError({other: [f"Leave out this or “{one}”."]})
        if "text" not in attrs and "payload" not in attrs:
            raise ValidationError({"payload": ["Say what the code is to hold: a “payload”, or a “text”."]})
        return attrs

    def symbol(self, style: Style | None) -> Symbol:
        """Raises ValidationError."""
        asked = self.validated_data
        field = "text" if "text" in asked else "payload"
        pinned = getattr(asked.get("payload"), "symbol", None)
        try:
            text = asked["text"] if "text" in asked else asked["payload"].encode()
            level = pinned.level if pinned else asked.get("level")
            return static_codes.symbol_of(
                text, level=level, at_least=least_level_of(style), most=pinned.max_version if pinned else 40
            )
        except TextTooLong as long:
            raise ValidationError({field: [str(long)]}) from long
        except PayloadRefused as refused:
            raise ValidationError({field: [refused.advice]}) from refused

    def style_and_look(self, request: Request) -> tuple[Style | None, Look]:
        """Of the style that is named, or of the look that was sent; plain without either."""
        asked = self.validated_data
        if "style" not in asked:
            return None, asked.get("look", looks.PLAIN)
        style = Style.objects.filter(workspace__in=workspaces_of(request), pk=asked["style"]).first()
        if style is None:
            raise ValidationError({"style": ["There is no such style."]})
        return style, looks.look_of(style)


class StaticCodeView(AnswersPictures):
    """A static code."""

    @extend_schema(
        operation_id="qr_draw",
        request=StaticCodeSerializer,
        responses={(200, kind): OpenApiTypes.BINARY for kind in files.CONTENT_TYPES.values()}
        | {409: OpenApiResponse(description="It would not scan in this look.")},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Draw any payload. Nothing is kept; what is printed can neither be changed nor counted."""
        return self._draw(request, request.data)

    @extend_schema(
        operation_id="qr_draw_text",
        parameters=[
            OpenApiParameter("text", str, required=True, description="Exactly what a scanner reads."),
            OpenApiParameter("format", str, enum=list(files.CONTENT_TYPES), default="svg"),
            OpenApiParameter("level", str, enum=LEVELS),
            OpenApiParameter("style", int, description="A style's id."),
            OutputSerializer,
        ],
        responses={(200, kind): OpenApiTypes.BINARY for kind in files.CONTENT_TYPES.values()},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Draw a text. The same address gives the same bytes."""
        return self._draw(request, request.query_params)

    def _draw(self, request: Request, data: Any) -> HttpResponseBase:
        asked = StaticCodeSerializer(data=data)
        asked.is_valid(raise_exception=True)
        style, look = asked.style_and_look(request)
        symbol = asked.symbol(style)
        if look != looks.PLAIN and not (style and style.override_reason):
            _refuse_what_does_not_scan(certify(symbol, look))
        extension = asked.validated_data["format"]
        try:
            art = files.composed(symbol, look, asked.validated_data["caption"])
            content = files.written(art, asked.output(extension))
        except PayloadRefused as refused:
            raise refusal(refused) from refused
        return picture(request, content, extension, f"qr.{extension}", download=asked.validated_data["download"])


class StaticCertificateView(APIView):
    """How well a static code would scan."""

    @extend_schema(request=StaticCodeSerializer, responses=CertificateSerializer, operation_id="qr_certificate")
    def post(self, request: Request) -> Response:
        """Measure a payload in a look, before anything is drawn or saved."""
        asked = StaticCodeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        style, look = asked.style_and_look(request)
        return Response(certify(asked.symbol(style), look).to_json())


def _refuse_what_does_not_scan(certificate: Certificate) -> None:
    if certificate.verdict == "F":
        raise DoesNotScan(f"It would not scan reliably. {certificate.reason}")
