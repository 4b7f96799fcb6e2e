"""REST endpoints of styles: how codes look, and the certificate that says how well they scan."""

import dataclasses
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import get_object, workspaces_of
from accounts.models import Workspace
from links import labels
from links.api.fields import NameField, workspace_field, workspace_of
from links.api.filters import NamedFilter
from links.api.views import actor_of
from links.models import Style
from links.names import MAX_STYLE_NAME, parse_style_name
from links.qr.payloads.fields import FieldRefused
from links.qr.styles import Style as Look
from links.studio import looks, saving


@extend_schema_field(
    {
        "type": "object",
        "description": "Shapes, colours, logo and frame; what is left out is as in a plain black-and-white code. "
        "`logo.png` takes a PNG, JPEG, WebP, GIF or SVG in base64 and is never given back; without it the logo stays.",
        "examples": [{"modules": "rounded", "foreground": "#1a237e", "eye_frame": "rounded"}],
    }
)
class LookField(serializers.JSONField):
    """How codes look; `before` is the style that it changes."""

    before: Style | None = None

    def to_internal_value(self, data: Any) -> Look:  # type: ignore[override]  # what renderers take
        if isinstance(data, str):
            raise serializers.ValidationError("Write it as an object, in the body of a POST.")
        try:
            return looks.parse(super().to_internal_value(data), self.before)
        except FieldRefused as refused:
            raise serializers.ValidationError({refused.field: [refused.advice]}) from refused


class StyleSerializer(serializers.ModelSerializer[Style]):
    """A style. Its certificate is of a typical code of this product."""

    workspace = serializers.SlugRelatedField[Workspace](slug_field="slug", read_only=True)
    certificate = serializers.DictField(read_only=True, help_text="Verdict A to F, what was measured, and what helps.")

    class Meta:
        model = Style
        fields = (
            "id", "workspace", "name", "look", "least_level", "is_default", "is_enforced", "certificate",
            "override_reason", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class StyleChangeSerializer(serializers.Serializer[Style]):
    """What may change of a style."""

    name = NameField(parse_style_name, max_length=MAX_STYLE_NAME, help_text="Unlike those of other styles.")
    look = LookField()
    least_level = serializers.ChoiceField(
        choices=Style.Level.choices, help_text="The least error correction of codes that are drawn first in this style."
    )
    is_default = serializers.BooleanField(help_text="Codes without a style of their own are drawn in it.")
    is_enforced = serializers.BooleanField(help_text="All codes are drawn in it.")
    override_reason = serializers.CharField(
        allow_blank=True, max_length=300, help_text="Why it is to be used although its certificate says F; kept."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["look"].before = self.instance  # type: ignore[attr-defined]
        return fields

    def wanted(self) -> saving.Wanted:
        names = [each.name for each in dataclasses.fields(saving.Wanted)]
        return saving.Wanted(**{name: value for name, value in self.validated_data.items() if name in names})


class NewStyleSerializer(StyleChangeSerializer):
    """A new style: its name, and what is unlike a plain code."""

    workspace = workspace_field()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "name"
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, "workspace": workspace_of(self.context["request"], attrs.get("workspace"))}


class StyleListView(generics.ListAPIView[Style]):
    """The styles of your workspaces, newest first; and new ones."""

    queryset = Style.objects.select_related("workspace").defer("logo")
    serializer_class = StyleSerializer
    filterset_class = NamedFilter

    def get_queryset(self) -> QuerySet[Style]:
        return super().get_queryset().filter(workspace__in=workspaces_of(self.request))

    @extend_schema(request=NewStyleSerializer, responses={201: StyleSerializer}, operation_id="styles_create")
    def post(self, request: Request) -> Response:
        """Create a style. It is certified first; one that does not scan needs an `override_reason`."""
        asked = NewStyleSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        style = Style(workspace=asked.validated_data["workspace"], look={})
        return Response(StyleSerializer(_saved(request, style, asked)).data, status=status.HTTP_201_CREATED)


class StyleView(APIView):
    """One style."""

    @extend_schema(responses=StyleSerializer, operation_id="styles_retrieve")
    def get(self, request: Request, pk: int) -> Response:
        """Read a style with its certificate."""
        return Response(StyleSerializer(_style(request, pk)).data)

    @extend_schema(request=StyleChangeSerializer, responses=StyleSerializer, operation_id="styles_change")
    def patch(self, request: Request, pk: int) -> Response:
        """Change a style: every code that has it is drawn so from now on. Printed ones stay as they are."""
        style = _style(request, pk)
        asked = StyleChangeSerializer(style, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        return Response(StyleSerializer(_saved(request, style, asked)).data)

    @extend_schema(request=None, responses={204: None}, operation_id="styles_delete")
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a style. Its codes are drawn in the default from now on."""
        _style(request, pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _saved(request: Request, style: Style, asked: StyleChangeSerializer) -> Style:
    try:
        return saving.save(style, asked.wanted(), actor_of(request))
    except saving.DoesNotScan as refused:
        raise ValidationError({"look": [str(refused)]}, code="does_not_scan") from refused
    except FieldRefused as refused:
        raise ValidationError({"look": {refused.field: [refused.advice]}}) from refused
    except labels.NameTaken as taken:
        raise ValidationError({"name": [str(taken)]}) from taken
    except saving.EnforcedIsDefault as refused:
        raise ValidationError({"is_default": [str(refused)]}) from refused
    except saving.TooManyStyles as many:
        raise ValidationError([str(many)]) from many
    except saving.StyleGone as gone:
        raise NotFound(str(gone)) from gone


def _style(request: Request, pk: int) -> Style:
    return get_object(request, Style.objects.select_related("workspace"), pk=pk)
