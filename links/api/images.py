"""The REST endpoint that hands out the picture of a code."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access import get_object
from links import pictures
from links.models import Code


class ImageOptionsSerializer(serializers.Serializer[dict[str, Any]]):
    """How a picture is asked for."""

    scale = serializers.IntegerField(
        min_value=pictures.SCALES[0],
        max_value=pictures.SCALES[-1],
        default=pictures.DEFAULT_SCALE,
        help_text="Width of a module in whole pixels.",
    )
    download = serializers.BooleanField(default=False, help_text="Save as a file instead of showing it.")


class CodeImageView(APIView):
    """The picture of one code, the same for ever, with its quiet zone of 4 modules."""

    @extend_schema(
        operation_id="codes_image",
        parameters=[
            OpenApiParameter("extension", str, OpenApiParameter.PATH, enum=list(pictures.CONTENT_TYPES)),
            ImageOptionsSerializer,
        ],
        responses={(200, kind): OpenApiTypes.BINARY for kind in pictures.CONTENT_TYPES.values()},
    )
    def get(self, request: Request, pk: str, extension: pictures.Extension) -> HttpResponseBase:
        """Draw the code as SVG or PNG."""
        options = ImageOptionsSerializer(data=request.query_params)
        options.is_valid(raise_exception=True)
        living = Code.objects.select_related("domain").filter(link__deleted_at=None)
        code = get_object(request, living, workspace_path="link__workspace", pk=pk)
        content = pictures.draw(code, extension, options.validated_data["scale"])
        response = HttpResponse(content, content_type=pictures.CONTENT_TYPES[extension])
        response["Cache-Control"] = "private, no-cache"
        response["Content-Disposition"] = content_disposition_header(
            options.validated_data["download"], pictures.filename_of(code, extension)
        )
        return _unless_known(request, response)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """The address names the format, so `Accept: image/png` is no reason to refuse; problems are told in JSON."""
        return super().perform_content_negotiation(request, force=True)


def _unless_known(request: Request, response: HttpResponse) -> HttpResponseBase:
    """The response with a strong ETag, or 304 to who has these very bytes."""
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request._request, etag=response["ETag"], response=response) or response
