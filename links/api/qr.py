"""REST endpoint of static codes: any payload as a picture, nothing kept."""

import dataclasses
from collections.abc import Mapping
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
from links.api.certificates import CertificateSerializer
from links.api.images import DoesNotScan
from links.api.outputs import AnswersPictures, PictureSerializer, picture, refusal
from links.api.payloads import PayloadField
from links.api.styles import LookField
from links.models import Style
from links.pictures import least_level_of
from links.qr import symbologies
from links.qr.art import Art
from links.qr.certificate.certify import certify
from links.qr.matrix import LEVELS, Symbol, TextTooLong
from links.qr.payloads.bank import SymbolRequirement
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Style as Look
from links.qr.symbologies import SYMBOLOGIES
from links.studio import files, looks, static_codes
from links.studio.files import Format, Output


class StaticCodeSerializer(PictureSerializer):
    """What a static code says, and how it looks."""

    text = serializers.CharField(
        required=False, trim_whitespace=False, max_length=4000, help_text="Exactly what a scanner reads."
    )
    payload = PayloadField(required=False, help_text="Instead of `text`: fields that are written as phones expect.")
    symbology = serializers.ChoiceField(
        choices=["qr", *SYMBOLOGIES], default="qr", help_text="Others than QR codes are drawn in plain squares."
    )
    level = serializers.ChoiceField(
        choices=list(LEVELS), required=False, help_text="Exactly this error correction; else the strongest of its size."
    )
    style = serializers.IntegerField(  # type: ignore[assignment]  # fields have an attribute of this name
        required=False, min_value=1, max_value=2**63 - 1, help_text="A style's id."
    )
    look = LookField(required=False)
    caption = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="A line below, if the look has a caption."
    )
    format = serializers.ChoiceField(choices=list(files.CONTENT_TYPES), default="svg")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        for one, other in (("text", "payload"), ("style", "look")):
            if one in attrs and other in attrs:
                raise ValidationError({other: [f"Leave out this or “{one}”."]})
        if attrs["symbology"] != "qr":
            for name in ("style", "look", "level"):
                if name in attrs:
                    raise ValidationError({name: ["Leave this out: only QR codes have it."]})
        _check_requirement(static_codes.requirement_of(attrs.get("payload")), attrs)
        if "text" not in attrs and "payload" not in attrs:
            raise ValidationError({"payload": ["Say what the code is to hold: a “payload”, or a “text”."]})
        return attrs

    def output(self, extension: Format) -> Output:
        """As it was asked for, else as large as the payload has to be in print."""
        output, wanted = super().output(extension), self._requirement
        if wanted is None or any(getattr(output, way) for way in files.WAYS):
            return output
        return dataclasses.replace(output, symbol_mm=wanted.printed_mm)

    @property
    def _requirement(self) -> SymbolRequirement | None:
        return static_codes.requirement_of(self.validated_data.get("payload"))

    @property
    def _field(self) -> str:
        """What was sent."""
        return "text" if "text" in self.validated_data else "payload"

    def other_symbol(self) -> Art:
        """The picture of a symbol that is no QR code; raises ValidationError."""
        try:
            said = self.validated_data[self._field]
            text = said if self._field == "text" else said.encode()
            static_codes.refuse_what_is_blocked(text)
            return symbologies.compose(text, self.validated_data["symbology"])
        except FieldRefused as refused:
            raise ValidationError({self._field: [refused.advice]}) from refused

    def symbol(self, style: Style | None) -> Symbol:
        """Raises ValidationError."""
        asked, field = self.validated_data, self._field
        make = static_codes.symbol_of if field == "text" else static_codes.symbol_of_payload
        try:
            return make(asked[field], level=asked.get("level"), at_least=least_level_of(style))
        except TextTooLong as long:
            raise ValidationError({field: [str(long)]}) from long
        except FieldRefused as refused:
            raise ValidationError({field: [refused.advice]}) from refused

    def look_refusal(self, refused: FieldRefused) -> ValidationError:
        """Of the field that was sent: the caption, a part of the look, or the style as a whole."""
        if refused.field == "caption":
            return refusal(refused)
        if "style" in self.validated_data:
            return ValidationError({"style": [f"{refused.field}: {refused.advice}"]})
        return ValidationError({"look": {refused.field: [refused.advice]}})

    def style_and_look(self, request: Request) -> tuple[Style | None, Look]:
        """Of the style that is named, or the look that was sent or has to be; plain without either."""
        asked = self.validated_data
        if (wanted := self._requirement) and wanted.look:
            return None, wanted.look
        if "style" not in asked:
            return None, asked.get("look", looks.PLAIN)
        style = Style.objects.filter(workspace__in=workspaces_of(request), pk=asked["style"]).first()
        if style is None:
            raise ValidationError({"style": ["There is no such style."]})
        return style, looks.look_of(style)


def _check_requirement(wanted: SymbolRequirement | None, attrs: Mapping[str, Any]) -> None:
    """Raises ValidationError for what the payload's specification leaves no choice of."""
    if wanted and attrs["symbology"] != "qr":
        raise ValidationError({"symbology": ["Leave this out: this payload has to be a QR code."]})
    for name in ("style", "look"):
        if wanted and wanted.look and name in attrs:
            raise ValidationError({name: ["Leave this out: this payload has to be black on white, with its own mark."]})


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
            OpenApiParameter("level", str, enum=list(LEVELS)),
            OpenApiParameter("style", int, description="A style's id."),
            PictureSerializer,
        ],
        responses={(200, kind): OpenApiTypes.BINARY for kind in files.CONTENT_TYPES.values()},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Draw a text. The same address gives the same bytes."""
        return self._draw(request, request.query_params)

    def _draw(self, request: Request, data: Any) -> HttpResponseBase:
        asked = StaticCodeSerializer(data=data)
        asked.is_valid(raise_exception=True)
        extension = asked.validated_data["format"]
        try:
            is_qr = asked.validated_data["symbology"] == "qr"
            art = _styled(request, asked) if is_qr else asked.other_symbol()
            content = files.written(art, asked.output(extension))
        except FieldRefused as refused:  # the size
            raise refusal(refused) from refused
        return picture(request, content, extension, f"code.{extension}", download=asked.validated_data["download"])


def _styled(request: Request, asked: StaticCodeSerializer) -> Art:
    """A QR code in its look, which has to scan; raises DoesNotScan and ValidationError."""
    style, look = asked.style_and_look(request)
    symbol = asked.symbol(style)
    try:
        return _composed(symbol, look, style, asked.validated_data["caption"])
    except FieldRefused as refused:
        raise asked.look_refusal(refused) from refused


def _composed(symbol: Symbol, look: Look, style: Style | None, caption: str) -> Art:
    if look != looks.PLAIN and not (style and style.override_reason):
        certificate = certify(symbol, look, files.surroundings(caption))
        if certificate.verdict == "F":
            raise DoesNotScan(f"It would not scan reliably. {certificate.reason}")
    return files.composed(symbol, look, caption)


class StaticCertificateView(APIView):
    """How well a static code would scan."""

    @extend_schema(request=StaticCodeSerializer, responses=CertificateSerializer, operation_id="qr_certificate")
    def post(self, request: Request) -> Response:
        """Measure a payload in a look, before anything is drawn or saved. Of QR codes."""
        asked = StaticCodeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if asked.validated_data["symbology"] != "qr":
            raise ValidationError({"symbology": ["Certificates are of QR codes only."]})
        style, look = asked.style_and_look(request)
        try:
            around = files.surroundings(asked.validated_data["caption"])
            return Response(certify(asked.symbol(style), look, around).to_json())
        except FieldRefused as refused:
            raise asked.look_refusal(refused) from refused
